"""The end of a run: its deadline, what is reserved before it, and signals."""
