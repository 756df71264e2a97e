"""The end of a run: its deadline and what is reserved before it, signals, and whether the time will do."""
