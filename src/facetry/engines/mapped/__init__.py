"""Engines whose state lies in a mapped file that all processes of a data directory share."""
