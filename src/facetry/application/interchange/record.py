"""One product as a file says it, before and after its values are read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from facetry.domain.catalog import Write

LONGEST_VALUE_SHOWN = 80
OTHER_ENCODING = "is not in the encoding of the file (name another, such as cp1252)"
"""The reason against bytes that are no text."""


class Problem(msgspec.Struct, frozen=True):
    """Why one value of a record cannot be stored; ``value`` None where the file has none."""

    field: str
    value: object
    reason: str


class Note(msgspec.Struct, frozen=True):
    """Something about a record that its owner may want to know, though it was stored.

    Attributes:
        kind: One of ``report.NOTES``.
        detail: What was found, in a few words.
    """

    kind: str
    detail: str = ""


class Record(msgspec.Struct, kw_only=True):
    """One product as a file says it.

    Attributes:
        line: The line of the file on which it begins, from 1.
        values: Raw values by the Catalog API's field names; what the file leaves out is not in it.
        problems: What is wrong with it already.
        notes: What is worth telling already.
        write: What storing it means, where the format says that itself; its name stands in ``values`` as ``sku``.
    """

    line: int
    values: dict[str, object]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    write: Write | None = None


class RecordReader(Protocol):
    """A format being read."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Return what the file calls a field, for the fields that it calls otherwise."""

    @property
    def ignored_columns(self) -> Sequence[str]:
        """Return the columns that are not read."""

    @property
    def skipped(self) -> int:
        """Return how many rows so far hold no product, or none that is wanted."""

    def records(self) -> Iterator[Record]:
        """Yield the products of the file, in its order."""


def printable(text: str) -> str:
    """Return a text on one line, with escapes for what cannot be printed; lone surrogates would stop any output."""
    return " ".join(text.split()) if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def shown(value: object) -> str:
    """Return a value in one short line."""
    if value is None:
        return ""
    # Unlike the faster encoder, this one takes the lone surrogates that stand for bytes of another encoding.
    text = printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST_VALUE_SHOWN else f"{text[: LONGEST_VALUE_SHOWN - 1]}…"
