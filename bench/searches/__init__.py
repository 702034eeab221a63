"""What searches of ``/v2`` cost: the engine alone, the service over HTTP, other engines beside it."""
