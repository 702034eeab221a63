"""Errors about searches."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class SearchError(FacetryError):
    """Say what of a search cannot be read.

    Attributes:
        pointer: JSON pointer of the part of the request; empty for the whole.
        position: Offset of the character in a text of the filter language, from 0; None elsewhere.
    """

    code = "bad_search"

    def __init__(self, pointer: str, message: str, position: int | None = None) -> None:
        """Name the place beside the message."""
        super().__init__(message)
        self.pointer = pointer
        self.position = position


class SearchTimeoutError(FacetryError):
    """Say that a search took longer than its caller wanted to wait."""

    code = "search_timeout"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the search was not done in time")
