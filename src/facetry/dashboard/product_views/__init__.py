"""Products as pages show them: names of fields, values, cells and changes."""
