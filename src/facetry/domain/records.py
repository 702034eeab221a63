"""What a tenant keeps beside its products: gemstones, listings, orders, clients, and what is remembered of writes.

All are records: each kind counts its ids from 1 and never uses one again, may have a unique code, and is found by the
links that it names. They are written in the same transactions as products; see ``catalog``.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from facetry.domain.bulk_edit import BulkEdit
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.listing import Batch, Listing
from facetry.domain.order import Client, Order
from facetry.domain.record import RecordKind
from facetry.domain.repeat import Repeat
from facetry.domain.sale import Sale
from facetry.domain.settings_version import SettingsVersion

Record = Gemstone | Listing | Batch | Order | Client | Sale | Repeat | SettingsVersion | BulkEdit

_KINDS: tuple[type[Record], ...] = (Gemstone, Listing, Batch, Order, Client, Sale, Repeat, SettingsVersion, BulkEdit)
TYPES: Mapping[RecordKind, type[Record]] = {one.kind: one for one in _KINDS}
"""The type of each kind."""
MAX_PLACES = 100
"""So many entries of a list can be replaced by their places."""


class RecordKey(msgspec.Struct, frozen=True, tag="record", tag_field="of"):
    """Which record of its kind: by id, or by code where the id is 0."""

    id: int = 0
    code: str = ""

    def __str__(self) -> str:
        """Return it as an error message names it."""
        return str(self.id) if self.id else self.code


def changed(record: Record, changes: dict[str, object]) -> Record:
    """Return a record with some fields replaced, or single entries of fields that have them; it keeps its id.

    Raises:
        InvalidValueError: A field is not there or has another type.
    """
    fields = msgspec.to_builtins(record) | {"id": record.id}
    for name, value in changes.items():
        field, _, entry = name.partition(".")
        if field not in record.__struct_fields__ or (entry and not _has_entry(getattr(record, field), entry)):
            raise InvalidValueError(name, f"is no field of a {record.kind.value}")
        if entry and isinstance(getattr(record, field), dict):
            fields[field] = _with_entry(fields.get(field, {}), entry, value)
        elif entry:
            fields[field] = _with_place([*fields.get(field, ())], int(entry), value)
        elif field != "id":
            fields[field] = value
    try:
        found: Record = msgspec.convert(fields, type=type(record))
    except msgspec.ValidationError as error:
        raise InvalidValueError(record.kind.value, str(error)) from error
    return found


def _has_entry(value: object, name: str) -> bool:
    return isinstance(value, dict) or (isinstance(value, tuple) and name.isdecimal() and int(name) < MAX_PLACES)


def _with_place(entries: list[object], place: int, value: object) -> list[object]:
    """Return texts with the one at a place replaced; empty ones stand before it, none behind the last."""
    padded = [*entries, *[""] * (place + 1 - len(entries))]
    padded[place] = value or ""
    while padded and not padded[-1]:
        padded.pop()
    return padded


def _with_entry(entries: dict[str, object], name: str, value: object) -> dict[str, object]:
    """Return entries with one replaced, or removed by None."""
    kept = {**entries, name: value}
    return {key: one for key, one in kept.items() if one is not None or key != name}
