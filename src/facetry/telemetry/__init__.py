"""What a process tells about itself: a line for each request, a JSON log, and metrics summed over all workers."""
