"""The root of the tree of errors, from which all others come."""

from __future__ import annotations


class FacetryError(Exception):
    """Base of every error that Facetry raises on purpose.

    Attributes:
        code: Stable, machine-readable name of the kind of error.
        at: Of several things done together the position of the one that failed, where that is known.
    """

    code = "error"
    at: int | None = None

    def __init__(self, message: str) -> None:
        """Keep the message, in lower case and without a final dot."""
        super().__init__(message)
        self.message = message
