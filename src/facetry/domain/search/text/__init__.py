"""Finding what people type: what a search sees of a group's texts, and how it reads a query."""
