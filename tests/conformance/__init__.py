"""The pytest front end: one test per requirement; see ``customers_conformance.pytest_plugin``.

Shipped as ``customers_conformance.tests``. Knows the plugin's fixtures alone; pytest finds it.
"""
