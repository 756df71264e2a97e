"""A module for each format of report: one with ``FILE`` (a name) and ``render`` (a run to the file's bytes).

Knows the model, and what makes text harmless. ``running.folder`` finds the formats by listing the package; nobody
imports one by name.
"""
