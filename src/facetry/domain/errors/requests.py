"""Errors about the form of a request, before anybody looks at what it says."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class MalformedBodyError(FacetryError):
    """Say that a request's body cannot be read as what it claims to be."""

    code = "malformed_body"


class BadDocumentError(FacetryError):
    """Say that a document has not the form that it must have.

    Attributes:
        pointer: JSON pointer of the part that has another one.
    """

    code = "bad_document"

    def __init__(self, pointer: str, message: str) -> None:
        """Name the place beside the message."""
        super().__init__(message)
        self.pointer = pointer


class UnacceptedTypeError(MalformedBodyError):
    """Say that a request's body has a media type that is not read here."""

    code = "unaccepted_type"


class ActionNotFoundError(FacetryError):
    """Say that there is no action of this name."""

    code = "action_not_found"


class DataMissingError(FacetryError):
    """Say that an action that needs data was called without any."""

    code = "data_missing"


class LineTooLongError(FacetryError):
    """Say that a line of many is longer than any may be."""

    code = "too_large"

    def __init__(self, message: str = "the line is too long") -> None:
        """Say so."""
        super().__init__(message)
