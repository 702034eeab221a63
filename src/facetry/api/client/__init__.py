"""The Client API V1: one endpoint, ``auth`` + ``action`` + ``data``."""
