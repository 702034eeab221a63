"""Looking at all that a server needs, without touching it."""
