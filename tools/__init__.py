"""Tools of the developers: what writes the generated pages."""
