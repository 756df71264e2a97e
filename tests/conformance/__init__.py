"""The pytest front end: one test per requirement; see ``customers_conformance.pytest_plugin``."""
