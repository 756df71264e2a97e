"""Servers written from the sentences of the requirements alone, each with the sentence that it breaks, or keeps oddly.

``answers``, ``asked`` and ``server`` are one server that keeps every sentence; ``faulty`` changes the least of it that
breaks one, ``conforming`` as much as the sentences allow. All but ``conducting`` know nothing of the suite.
"""
