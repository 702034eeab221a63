"""Plain values of records: names, texts and lists as forms and JSON have them."""

from __future__ import annotations

from collections.abc import Iterable

from facetry.domain.errors import InvalidValueError
from facetry.domain.hints import near
from facetry.domain.product import identifier_problem
from facetry.domain.trade_terms import numbers

MAX_ENTRIES = 1_000
"""So many entries a list in a record may have."""


def is_empty(value: object) -> bool:
    """Return whether a value says that there is nothing."""
    return not value or value.isspace() if isinstance(value, str) else value is None


def long_text(path: str, raw: object) -> str:
    """Return a text of any length without blanks at its ends; a number is the text it is written as.

    Raises:
        InvalidValueError: It is neither.
    """
    return raw.strip() if isinstance(raw, str) else numbers.text(path, raw)


def identifier(path: str, raw: object) -> str:
    """Return a SKU, a model or the code of a gemstone.

    Raises:
        InvalidValueError: It can be none.
    """
    found = long_text(path, raw)
    problem = identifier_problem(found)
    if problem:
        raise InvalidValueError(path, problem)
    return found


def entries(path: str, raw: object) -> list[object]:
    """Return the entries of a list; what is none is one with a single entry.

    Raises:
        InvalidValueError: There are too many.
    """
    found = raw if isinstance(raw, list) else [raw]
    if len(found) > MAX_ENTRIES:
        raise InvalidValueError(path, f"must be at most {MAX_ENTRIES}")
    return found


def unknown_field(path: str, name: str, names: Iterable[str]) -> InvalidValueError:
    """Return the error of a name that is none, with what is near it."""
    return InvalidValueError(path, f"is no field here{near(name, names)}")
