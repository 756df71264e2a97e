"""The contract as data: the OpenAPI document and the catalogue of requirements.

Holds no code. ``contract`` reads the files; the wheel carries them as ``customers_conformance.openapi``.
"""
