"""Facetry: a self-hosted, multi-tenant product catalog and search server."""
