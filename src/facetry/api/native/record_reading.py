"""Reading the fields of gemstones, listings, orders and clients, each with what reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from facetry.api.native.record_rendering import shown
from facetry.domain.errors import InvalidValueError, ReadOnlyError
from facetry.domain.hints import near
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.product import MAX_QUANTITY
from facetry.domain.record_values import text, texts

Values = dict[str, Any]
"""Fields as they are stored, by name."""
Reader = Callable[[str, Any], object]
"""Gets the path and a value that is not empty; returns what is stored, or raises ``InvalidValueError``."""


class Form:
    """The plain fields of a kind of document: each with what reads it, and what it is without a value."""

    def __init__(
        self, readers: Mapping[str, Reader], empty: Mapping[str, object], required: tuple[str, ...] = ()
    ) -> None:
        """Read fields; a text that has no reader of its own is read as text, a list as texts.

        Args:
            readers: By the names of fields.
            empty: Every field, with what it is without a value.
            required: Those that are never without one.
        """
        self._readers = readers
        self._empty = empty
        self._required = frozenset(required)

    def read(self, body: msgspec.Struct, old: msgspec.Struct | None = None, path: str = "") -> Values:
        """Return what a document says, by field.

        Args:
            body: The document.
            old: What is there: what is sent as it is shown stays as it is, though it could not be sent anew.
            path: What the names in errors begin with.

        Raises:
            InvalidValueError: A value is not allowed, or a field that needs one is emptied.
        """
        values: Values = {}
        for name, empty in self._empty.items():
            given = getattr(body, name)
            if given is UNSET:
                continue
            if is_kept(old, name, given):
                values[name] = msgspec.to_builtins(getattr(old, name))
            elif given is None or given == "":
                if name in self._required:
                    raise InvalidValueError(path + name, "must not be empty")
                values[name] = empty
            else:
                values[name] = self._readers.get(name, _plain)(path + name, given)
        return values


def is_kept(old: object, name: str, given: object) -> bool:
    """Return whether a value is what an answer shows of a field now."""
    if old is None or given is None:
        return False
    value = [*given] if isinstance(given, tuple) else given
    return bool(shown(name, getattr(old, name)) == value)


def price(path: str, number: float) -> int:
    """Return a price from 0 in ten-thousandths.

    Raises:
        InvalidValueError: It is negative, too high, or not exact.
    """
    if not 0 <= number <= MAX_PRICE // SCALE:
        raise InvalidValueError(path, f"must be from 0 to {MAX_PRICE // SCALE}")
    minor = round(number * SCALE)
    # Each price is the number nearest to its decimals, so what comes back as another one has more of them.
    if minor / SCALE != number:
        raise InvalidValueError(path, "must have at most 4 decimals")
    return minor


def pieces(path: str, count: int) -> int:
    """Return a number of pieces from 0.

    Raises:
        InvalidValueError: It is negative or too high.
    """
    return _within(path, count, 0)


def number(path: str, count: int) -> int:
    """Return an id, or a number of pieces that are not none.

    Raises:
        InvalidValueError: It is less than 1, or too high.
    """
    return _within(path, count, 1)


def one_of(*names: str) -> Reader:
    """Return the reader of one of some names, which has a hint at the nearest."""

    def read(path: str, raw: str) -> str:
        found = raw.strip().lower()
        if found not in names:
            raise InvalidValueError(path, f"must be one of {', '.join(names)}{near(raw, names)}")
        return found

    return read


def check_id(body: msgspec.Struct) -> None:
    """Check that the document of a new thing does not number it.

    Raises:
        ReadOnlyError: It does.
    """
    if getattr(body, "id", UNSET) not in {UNSET, None}:
        raise ReadOnlyError("id", "is given by the server: leave it out")


def _within(path: str, count: int, lowest: int) -> int:
    if not lowest <= count <= MAX_QUANTITY:
        raise InvalidValueError(path, f"must be {lowest} to {MAX_QUANTITY}")
    return count


def _plain(path: str, value: object) -> object:
    if isinstance(value, str):
        return text(path, value)
    return texts(path, [*value]) if isinstance(value, tuple) else value
