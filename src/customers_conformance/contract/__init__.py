"""What is asked of a server: the catalogue, the document, the keywords, formats and patterns that they use.

Knows the model alone. Everything that judges or redacts may import it; what sends and the reference server do not.
"""
