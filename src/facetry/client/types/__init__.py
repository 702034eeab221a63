"""What the clients send and answer, as types."""
