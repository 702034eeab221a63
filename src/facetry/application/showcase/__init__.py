"""The demo catalog of a jeweler and the drawn pictures of its pieces."""
