"""Elasticsearch as engine, through its official client."""
