"""A module for each format of report: one with ``FILE`` (a name) and ``render`` (a run to the file's bytes)."""
