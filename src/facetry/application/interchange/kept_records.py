"""Gemstones, clients, listings and orders as lines of JSON, each with its ``kind``: written, and read back.

What is kept by an id of the catalog's own is told so that another catalog knows it: products by SKU, gemstones by code.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import msgspec

from facetry.application.interchange.record import Problem, Record
from facetry.application.records import PAGE, Records
from facetry.domain.gemstone import Gemstone
from facetry.domain.order import Client, Order
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.restoring import RESTORED, RestoredRecord, RestoreRecord

KIND = "kind"
_TYPES = {kind.value: one for kind, one in RESTORED.items()}
_CREATED, _STONES, _IN_CATALOG = "client_created", "stones", "in_catalog"
Values = dict[str, Any]


def is_record(values: Values) -> bool:
    """Return whether a line holds a record; any other is a product's, which may have a ``kind`` of its own."""
    kind = values.get(KIND)
    if not isinstance(kind, str) or kind not in _TYPES:
        return False
    return "sku" not in values or (kind == RecordKind.LISTING.value and "channel" in values)


def read_record(line: int, values: Values, refused: Collection[str] = ()) -> Record:
    """Return the record that a line holds, or what is wrong with it.

    Args:
        line: Its number.
        values: The line; see ``is_record``.
        refused: Kinds that are not to be written.
    """
    kind = values[KIND]
    if kind in refused:
        return _failed(line, values, Problem(KIND, kind, "must not be written with this key"))
    if unknown := sorted(values.keys() - _NAMES[kind]):
        return _failed(line, values, Problem(unknown[0], None, "is no field of this kind of record"))
    try:
        write = _write(kind, {name: value for name, value in values.items() if name != KIND})
    except msgspec.ValidationError as error:
        return _failed(line, values, Problem(kind, None, str(error)))
    return Record(line=line, values={"sku": _name(kind, values)}, write=write)


async def record_chunks(records: Records, tenant: str) -> AsyncIterator[tuple[int, bytes]]:
    """Yield how many records, and their lines, page by page: each kind behind those that it names, ascending by id."""
    encode = msgspec.json.Encoder().encode_lines
    for kind in RESTORED:
        last = 0
        while page := await records.after(tenant, kind, last, PAGE):
            last = page[-1].id
            yield len(page), encode(await _lines(records, tenant, page))  # type: ignore[arg-type]  # of these kinds


async def _lines(records: Records, tenant: str, page: Sequence[RestoredRecord]) -> list[Values]:
    orders = [one for one in page if isinstance(one, Order)]
    stones = await _found(records, tenant, RecordKind.GEMSTONE, {number for one in orders for number in one.stones})
    clients = await _found(records, tenant, RecordKind.CLIENT, {one.client_id for one in orders if one.client_id})
    codes = {number: one.code for number, one in stones.items() if isinstance(one, Gemstone)}
    moments = {number: one.created for number, one in clients.items() if isinstance(one, Client)}
    return [_order_line(one, codes, moments) if isinstance(one, Order) else _line(one) for one in page]


async def _found(records: Records, tenant: str, kind: RecordKind, numbers: Collection[int]) -> dict[int, object]:
    wanted = sorted(numbers)
    found = await records.find(tenant, kind, [RecordKey(number) for number in wanted]) if wanted else ()
    return {number: one for number, one in zip(wanted, found, strict=True) if one is not None}


def _line(record: RestoredRecord) -> Values:
    values = msgspec.to_builtins(record)
    return {KIND: record.kind.value, **{name: value for name, value in values.items() if name not in _OURS}}


_OURS = frozenset({"record", "product_id"})
"""What means something in one catalog only."""
_NAMES = {kind: {KIND, *_OURS, *one.__struct_encode_fields__} for kind, one in _TYPES.items()}
_NAMES[RecordKind.ORDER.value] |= {_CREATED, _STONES}


def _order_line(order: Order, codes: dict[int, str], moments: dict[int, float]) -> Values:
    values = _line(order)
    if order.client_id in moments:
        values[_CREATED] = moments[order.client_id]
    else:
        values.pop("client_id", None)
    if order.lines:
        values["lines"] = [_without_id(line) for line in values["lines"]]
    # A stone that is gone has no stock that anything could go back to.
    values[_STONES] = {codes[number]: pieces for number, pieces in order.stones.items() if number in codes}
    return values if values[_STONES] else {name: value for name, value in values.items() if name != _STONES}


def _without_id(line: Values) -> Values:
    """Return a line of an order that says of its product only whether the catalog had it."""
    kept = {name: value for name, value in line.items() if name != "product_id"}
    return {**kept, _IN_CATALOG: True} if line.get("product_id") else kept


class _OrderParts(msgspec.Struct, frozen=True):
    """What a line of an order has beside the order itself."""

    client_created: float = 0.0
    stones: dict[str, int] = {}


class _LineParts(msgspec.Struct, frozen=True):
    id: int
    in_catalog: bool = False


def _write(kind: str, values: Values) -> RestoreRecord:
    """Return the write that stores a record again.

    Raises:
        ValidationError: It has another form.
    """
    if kind != RecordKind.ORDER.value:
        return RestoreRecord(_converted(kind, values))
    parts = msgspec.convert(values, type=_OrderParts)
    lines = msgspec.convert(values.get("lines", ()), type=tuple[_LineParts, ...])
    order = _converted(kind, {name: value for name, value in values.items() if name not in {_STONES, _CREATED}})
    known = tuple(line.id for line in lines if line.in_catalog)
    return RestoreRecord(order, parts.client_created, known, parts.stones)


def _converted(kind: str, values: Values) -> RestoredRecord:
    own = {name: value for name, value in values.items() if name not in _OURS}
    return msgspec.convert({**own, "record": kind}, type=_TYPES[kind])


def _failed(line: int, values: Values, problem: Problem) -> Record:
    return Record(line=line, values={"sku": _name(values[KIND], values)}, problems=(problem,))


def _name(kind: str, values: Values) -> str:
    """Return how a report calls a record."""
    name = values.get("code") or values.get("reference") or values.get("external_id") or values.get("id") or ""
    return f"{kind} {name}"
