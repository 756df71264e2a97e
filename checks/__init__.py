"""The checks: one module for each area of the catalogue; found by listing the package, never imported by name.

Know evidence, bodies, contract and model, and bind themselves in ``judging.registry``; nobody imports them.
"""
