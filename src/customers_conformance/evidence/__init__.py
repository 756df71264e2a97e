"""The exchanges of a run, by probe, live or recorded; written and read as HAR 1.2.

Knows bodies, the contract and the model. The judge, the checks and whoever runs them import it.
"""
