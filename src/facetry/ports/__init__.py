"""What the application needs from technology: one Protocol a file, its contract in its docstrings."""
