"""The contract behind Python's frameworks: each module is a program that says where it listens."""
