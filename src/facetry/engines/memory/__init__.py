"""The reference engines: everything in the memory of one process, written to be read."""
