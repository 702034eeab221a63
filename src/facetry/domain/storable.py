"""What can be kept: values that JSON, in which everything is stored, holds unchanged."""

from __future__ import annotations

import math

import msgspec

from facetry.domain.errors import InvalidValueError


def is_unicode(text: str) -> bool:
    """Return whether a text is valid Unicode, without lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_storable(field: str, value: object) -> None:
    """Check a value that is to be stored.

    Raises:
        InvalidValueError: It holds a lone surrogate or a number that is not finite; names the field.
    """
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError as error:
        raise InvalidValueError(field, "must hold valid Unicode only") from error
    # What is not finite is written as null, so only where there is one need anybody look.
    if b"null" in encoded and not _is_finite(msgspec.to_builtins(value)):
        raise InvalidValueError(field, "must hold finite numbers only")


def _is_finite(value: object) -> bool:
    match value:
        case float():
            return math.isfinite(value)
        case dict():
            return all(map(_is_finite, value.values()))
        case list() | tuple():
            return all(map(_is_finite, value))
    return True
