"""What a caller asks for, read and checked, and the three calls of Python: ``run``, ``judge`` and ``verify``.

The command and the pytest plugin read their options here, too.
"""
