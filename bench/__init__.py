"""Benchmarks: one command each, one table; ``python -m bench`` runs all of them and writes ``RESULTS.md``."""
