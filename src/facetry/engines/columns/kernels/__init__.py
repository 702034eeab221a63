"""Loops over the arrays of segments, compiled; each releases the interpreter while it runs."""
