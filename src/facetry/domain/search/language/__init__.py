"""The filter language: as text, as JSON, as a syntax tree, and what a tree means under a tenant's fields."""
