"""One run: plan, collect, judge, and the folder that holds what came of it.

Knows every package but ``command``, which imports it, as the pytest plugin does.
"""
