"""Facetry's own API, ``/v2``."""
