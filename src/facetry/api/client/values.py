"""Readers of the names and lists in ``data``; ``record_fields`` has those of plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from facetry.domain.errors import InvalidValueError
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import entries, is_empty, long_text

Read = Callable[[str, object], object]
"""Gets the path of a value and the value."""

MAX_RECORDS = 20_000
"""So many records, or keys of records, a call may name; more would hold other calls up."""
_SEPARATORS = re.compile(r"[,;\n]")


def crumb(path: str, raw: object) -> str:
    """Return a type or a collection.

    Raises:
        InvalidValueError: It is no text, or has the sign that parts crumbs.
    """
    found = numbers.text(path, raw)
    if ">" in found:
        raise InvalidValueError(path, "must not contain >")
    return found


def id_number(path: str, raw: object) -> int:
    """Return an id.

    Raises:
        InvalidValueError: It is no whole number from 1.
    """
    try:
        found = numbers.whole(path, raw)
    except InvalidValueError:
        found = 0
    if not found:
        raise InvalidValueError(path, "must be a whole number from 1")
    return found


def choice_of(values: Mapping[str, object]) -> Read:
    """Return a reader of one of some words or numbers, in any case."""
    names = ", ".join(values)

    def read(path: str, raw: object) -> object:
        found = values.get(numbers.text(path, raw).lower())
        if found is None:
            raise InvalidValueError(path, f"must be one of {names}")
        return found

    return read


def long_texts(path: str, raw: object) -> tuple[str, ...]:
    """Return the texts of a list, or the one that stands for itself; blank ones are passed over.

    Raises:
        InvalidValueError: One is no text, or there are too many.
    """
    found = enumerate(entries(path, raw))
    return tuple(
        one.strip() if isinstance(one, str) else long_text(f"{path}[{at}]", one)
        for at, one in found
        if not is_empty(one)
    )


def words(path: str, raw: object) -> tuple[str, ...]:
    """Return the texts of a list, or of one text in which commas, semicolons or line ends part them.

    Raises:
        InvalidValueError: One is no text, or there are too many.
    """
    return long_texts(path, [word.strip() for word in _SEPARATORS.split(raw)] if isinstance(raw, str) else raw)


def keys_of(path: str, raw: object) -> list[object]:
    """Return the keys of a list, of a text with commas between them, or the one that stands for itself.

    Raises:
        InvalidValueError: There are too many.
    """
    # One more part than there may be is enough to see that there are too many.
    found: list[object] = [*raw.split(",", MAX_RECORDS)] if isinstance(raw, str) else [raw]
    if isinstance(raw, list):
        found = raw
    if len(found) > MAX_RECORDS:
        raise InvalidValueError(path, f"must be at most {MAX_RECORDS}")
    return found


def as_given(path: str, raw: object) -> object:  # noqa: ARG001 - it has the form of a reader
    """Return a value as it is, to be read later, when more is known."""
    return raw
