"""The requests of a live run: those of the plan in its order, the generated ones, and whether the time will do.

Where the list is long, they are fewer.
"""
