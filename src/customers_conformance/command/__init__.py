"""The command line: options, what a person sees on the terminal, and the kill matrix as a command of its own.

Knows every package. Only ``__main__`` and the pytest plugin import it.
"""
