"""Generated catalogs in the shapes that searches are measured on, and the questions asked of them."""
