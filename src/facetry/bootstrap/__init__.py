"""Putting the program together: engines by URL, use cases over them, the server around them."""
