"""Everything that is to be kept, in MongoDB."""
