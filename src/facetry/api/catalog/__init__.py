"""The Catalog API v1."""
