"""The search studio: searches tried out, and the rules that they follow."""
