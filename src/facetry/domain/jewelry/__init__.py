"""What the jewelry trade writes, and what it means: grades, finenesses, weights, and queries in its words."""
