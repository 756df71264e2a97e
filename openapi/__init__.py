"""The contract as data: the OpenAPI document and the catalogue of requirements."""
