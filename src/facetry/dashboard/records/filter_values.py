"""Values of filters, as somebody has typed them into the form of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidValueError

Value = TypeVar("Value")


def filter_value(
    query: Values, name: str, read: Callable[[str, object], Value], errors: dict[str, str]
) -> Value | None:
    """Return the value of a filter; None where there is none, or where it is wrong, which is noted."""
    written = query.text(name)
    if not written:
        return None
    try:
        return read(name, written)
    except InvalidValueError as error:
        errors[name] = error.message
        return None
