"""Gemstones, listings, orders and clients as documents of ``/v2``."""

from __future__ import annotations

import hashlib
from enum import Enum

import msgspec

from facetry.api.native.conditions import shown_tag
from facetry.api.native.fields import Document
from facetry.domain.gemstone import Gemstone
from facetry.domain.guarding import tag_of
from facetry.domain.money import price_to_number
from facetry.domain.order import Order
from facetry.domain.order_statuses import Statuses
from facetry.domain.records import Record
from facetry.domain.times import iso_time

_PRICES = frozenset(
    {
        "buying_price",
        "cost",
        "discount_sum",
        "final_price",
        "original_price",
        "price",
        "price_per_carat",
        "shipping_price",
    }
)
_TIMES = frozenset({"created", "due_date", "order_date", "ship_date", "update_date", "updated"})
_HIDDEN = frozenset(
    {"certificate_images", "certificate_lab", "certificate_number", "own_status", "returns_as", "stones"}
)
"""How the server keeps its books, and what has another form."""
_NONE_AT_ZERO = frozenset({"channel", "client_id", "listing_id", "product_id"}) | _TIMES
_BUILT_IN = Statuses()


def record_document(record: Record, statuses: Statuses = _BUILT_IN) -> Document:
    """Return a record; statuses are the tenant's."""
    match record:
        case Gemstone():
            return _fields(record) | _certificate(record)
        case Order():
            own = own_status(record, statuses)
            named = {"own_status": own} if own else {}
            return _fields(record) | named | {"total": price_to_number(record.total)}
        case _:
            return _fields(record)


def record_tag(record: Record, statuses: Statuses = _BUILT_IN) -> str:
    """Return the tag of a record as it is shown: that of an order depends on what the tenant calls its status, too."""
    own = own_status(record, statuses) if isinstance(record, Order) else ""
    return shown_tag(tag_of(record), hashlib.blake2b(own.encode(), digest_size=4).hexdigest() if own else "")


def own_status(order: Order, statuses: Statuses) -> str:
    """Return what the tenant calls the status of its own that an order is in; empty where it is in none."""
    number = statuses.number(order)
    return "" if number == order.status.value else statuses.names[number]


def shown(name: str, value: object) -> object:
    """Return a value of a field as it is shown."""
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [shown("", one) for one in value]
    if name in _PRICES and isinstance(value, int):
        return price_to_number(value)
    return iso_time(value) if name in _TIMES and isinstance(value, float) else value


def _fields(thing: msgspec.Struct) -> Document:
    """Return what a thing has, by name; what it has not is left out."""
    values = ((name, getattr(thing, name)) for name in thing.__struct_fields__ if name not in _HIDDEN)
    return {name: shown(name, value) for name, value in values if not _is_missing(name, value)}


def _is_missing(name: str, value: object) -> bool:
    return value is None or value == "" or (name in _NONE_AT_ZERO and not value)


def _certificate(stone: Gemstone) -> Document:
    said: Document = {"lab": stone.certificate_lab, "number": stone.certificate_number}
    said["images"] = list(stone.certificate_images)
    certificate = {name: value for name, value in said.items() if value}
    return {"certificate": certificate} if certificate else {}
