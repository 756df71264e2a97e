"""The checks: one module for each area of the catalogue; found by listing the package, never imported by name."""
