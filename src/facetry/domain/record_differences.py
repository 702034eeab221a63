"""What a record has, place by place, as its history compares it."""

from __future__ import annotations

from collections.abc import Iterator

from facetry.domain.order import Address, Order
from facetry.domain.product_differences import Place
from facetry.domain.records import Record

LINES = "lines"
STATUS = "status"
_BOOKS = frozenset({"own_status", "product_id", "returns_as", "stones", "update_date", "updated"})
"""How the server keeps its books, and what says only that something has changed."""


def record_values(record: Record) -> dict[Place, object]:
    """Return what a record has: parts of an address, details and lines of an order each at a place of their own."""
    found: dict[Place, object] = {}
    for name in record.__struct_fields__:
        if name not in _BOOKS:
            found |= _entries(name, getattr(record, name))
    if isinstance(record, Order):
        # A status of the tenant's own is another one, though it means the same.
        found[STATUS,] = record.own_status or record.status
    return found


def _entries(name: str, value: object) -> Iterator[tuple[Place, object]]:
    match value:
        case Address():
            yield from (((name, part), getattr(value, part)) for part in value.__struct_fields__)
        case dict():
            yield from (((name, key), entry) for key, entry in value.items())
        case tuple() if name == LINES:
            yield from (((name, str(line.id)), line) for line in value)
        case _:
            yield (name,), value
