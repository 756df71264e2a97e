"""The reference server: it keeps the whole contract, and on request breaks one sentence of it or keeps it oddly.

Knows no other package, only the model: its independence is the proof. ``command`` and the pytest plugin start it.
"""
