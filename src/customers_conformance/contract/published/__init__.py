"""Somebody's own OpenAPI document: read from a file that may mean harm, validated, and held against the contract."""
