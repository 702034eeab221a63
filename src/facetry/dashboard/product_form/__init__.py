"""The form of a product: what it shows, and what a visitor has typed into it."""
