"""Tells whether a server keeps the contract of ``GET /api/governance/customers``."""
