"""Reading a record of ``data`` by a table of its fields: every fault is named with its path, not only the first."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from facetry.api.client.action import FieldNote
from facetry.domain.errors import FacetryError, InvalidFieldsError, InvalidValueError, MissingFieldsError
from facetry.domain.times import iso_time
from facetry.domain.trade_terms.prices import price

MAX_HINTS = 20
"""So many faults of a record are told with a hint at most."""
_LONGEST_NAME = 100
Reader = Callable[[str, object], object]
"""Gets the path and a value that is not empty; returns what is stored, or raises ``InvalidValueError``."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of a record.

    Attributes:
        name: As clients write it.
        target: What it is stored as.
        reader: Reads it.
        type: For the documentation.
        about: Likewise.
        empty: What is stored where it is given empty: null or the empty text.
        aliases: Other names that are taken.
    """

    name: str
    target: str
    reader: Reader
    type: str
    about: str
    empty: object = None
    aliases: tuple[str, ...] = ()

    def note(self, *, is_required: bool = False) -> FieldNote:
        """Return how it is documented."""
        return FieldNote(self.name, self.type, self.about, is_required)


@dataclass(slots=True)
class Faults:
    """What is wrong with a record.

    Attributes:
        missing: Paths of mandatory fields that are not there.
        invalid: Path and message of each value that is not allowed.
        unread: Paths of the fields, by their first names, that are there with such a value.
    """

    missing: list[str] = field(default_factory=list)
    invalid: list[tuple[str, str]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def error(self) -> FacetryError | None:
        """Return the error to end in, None where nothing is wrong; what is missing is told first."""
        # What is there and wrong was not read, but is not missing.
        missing = tuple(name for name in self.missing if name not in self.unread)
        if missing:
            return MissingFieldsError(missing)
        return InvalidFieldsError(tuple(self.invalid)) if self.invalid else None


class RecordTable:
    """The fields that records of a kind may have."""

    def __init__(self, fields: Sequence[RecordField], passed_over: Iterable[str] = ()) -> None:
        """Know fields; those that are passed over may stand there, as in what an export gave, but are not read."""
        self.fields = tuple(fields)
        self._by_name = {name: one for one in fields for name in (one.name, *one.aliases)}
        self._passed_over = frozenset(passed_over)

    def read(self, raw: object, faults: Faults, path: str = "") -> dict[str, object]:
        """Return what a record says, by target; what is not given is not there."""
        if not isinstance(raw, dict):
            faults.invalid.append((path.rstrip(".") or "data", "must be an object"))
            return {}
        values: dict[str, object] = {}
        by_name = self._by_name
        for name, value in raw.items():
            one = by_name.get(name)
            if one is None:
                if name not in self._passed_over:
                    faults.invalid.append((path + name, self._unknown(name, hints=len(faults.invalid) < MAX_HINTS)))
                continue
            # As ``is_empty`` says; this is looked at for every field of every record.
            is_given = (value and not value.isspace()) if isinstance(value, str) else value is not None
            try:
                values[one.target] = one.reader(path + name, value) if is_given else one.empty
            except InvalidValueError as error:
                faults.invalid.append((error.field, error.message))
                faults.unread.add(path + one.name)
            except InvalidFieldsError as error:
                faults.invalid += error.faults
                faults.unread.add(path + one.name)
        return values

    def _unknown(self, name: str, *, hints: bool) -> str:
        near = _nearest(name, tuple(self._by_name)) if hints and len(name) <= _LONGEST_NAME else ""
        return f"is no field here{f', did you mean {near}?' if near else ''}"


@lru_cache(maxsize=1_000)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    """Return the known name that is most like another one, empty where none is; that takes long."""
    return next(iter(difflib.get_close_matches(name, known, 1)), "")


def as_it_is(_: str, raw: object) -> object:
    """Return a value that is read elsewhere."""
    return raw


def money(path: str, raw: object) -> int:
    """Return a price from 0 in ten-thousandths."""
    found = price(path, raw)
    if found.currency is not None:
        raise InvalidValueError(path, "must be a number alone; the currency stands in currency")
    return found.minor


def shown_time(seconds: float | None) -> str | None:
    """Return a time as answers write it; None where there is none."""
    return iso_time(seconds) if seconds else None


def records_of(data: object) -> list[object]:
    """Return the records of ``data``: those of a list, or the one that it is."""
    return data if isinstance(data, list) else [data]


def notes(table: RecordTable, required: Iterable[str] = ()) -> tuple[FieldNote, ...]:
    """Return how the fields of a table are documented."""
    mandatory = set(required)
    return tuple(one.note(is_required=one.name in mandatory) for one in table.fields)
