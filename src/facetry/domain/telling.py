"""Errors as plain values, for another process or a later moment, and made errors again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from facetry.domain.errors import FacetryError, StoreError

_TOLD_APART = frozenset({"message", "at"})


def told(error: FacetryError) -> dict[str, Any]:
    """Return what an error says of itself beside code, message and position, by the names of its attributes."""
    return {name: value for name, value in vars(error).items() if name not in _TOLD_APART}


def retold(code: str, message: str, fields: dict[str, Any]) -> FacetryError:
    """Return the error of a code, with a message and attributes; one of an unknown code becomes a ``StoreError``."""
    kind = next((kind for kind in _kinds(FacetryError) if kind.code == code), StoreError)
    error: FacetryError = kind.__new__(kind)
    FacetryError.__init__(error, message)
    vars(error).update({name: _frozen(value) for name, value in fields.items()})
    return error


def _kinds(kind: type[FacetryError]) -> Iterator[type[FacetryError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _frozen(value: object) -> object:
    """Return lists, which JSON makes of tuples, as tuples again."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
