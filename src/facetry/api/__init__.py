"""The surfaces: each translates one protocol to the use cases and back."""
