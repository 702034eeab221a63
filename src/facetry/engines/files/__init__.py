"""Engines whose state is plain files in the data directory."""
