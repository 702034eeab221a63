"""What the trade writes into one field of a form or one cell of a list, read as one value each."""
