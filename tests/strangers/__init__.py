"""Servers in frameworks that are not ours, and recordings of other tools, each with the verdicts that it must get."""
