"""Work that goes on beside the requests."""
