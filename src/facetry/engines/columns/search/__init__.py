"""Searches of ``/v2`` over a snapshot: filters, facets, order and pages, given what the text matches."""
