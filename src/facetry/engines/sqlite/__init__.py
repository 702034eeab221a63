"""The embedded catalog store: one SQLite database in a data directory that one process owns."""
