"""What is asked of a server: the catalogue, the document, the keywords, formats and patterns that they use.

Knows no other room, only what stands below them all. Everything that judges or redacts may import it; what sends and
the reference server do not. ``published`` holds somebody else's document against it.
"""
