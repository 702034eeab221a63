"""The use cases: one module per group, handed their ports."""
