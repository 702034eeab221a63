"""What is wrong with the fields of a form, to be shown beside them."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.domain.errors import InvalidFieldsError, InvalidValueError

FIELD_ERRORS = (InvalidValueError, InvalidFieldsError)
"""Errors that name fields: caught by who shows a form."""


def field_errors(error: InvalidValueError | InvalidFieldsError) -> Mapping[str, str]:
    """Return what is wrong by the name of the field."""
    if isinstance(error, InvalidValueError):
        return {error.field: error.message}
    return dict(error.faults)
