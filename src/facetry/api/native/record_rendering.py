"""Gemstones, listings, orders and clients as documents of ``/v2``."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.api.native.fields import Document
from facetry.domain.gemstone import Gemstone
from facetry.domain.money import price_to_number
from facetry.domain.order import Order
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
_HIDDEN = frozenset({"certificate_images", "certificate_lab", "certificate_number", "returns_as", "stones"})
"""How the server keeps its books, and what has another form."""
_NONE_AT_ZERO = frozenset({"channel", "client_id", "listing_id", "own_status", "product_id"}) | _TIMES


def record_document(record: Record) -> Document:
    """Return a record."""
    match record:
        case Gemstone():
            return _fields(record) | _certificate(record)
        case Order():
            return _fields(record) | {"total": price_to_number(record.total)}
        case _:
            return _fields(record)


def _fields(thing: msgspec.Struct) -> Document:
    """Return what a thing has, by name; what it has not is left out."""
    values = ((name, getattr(thing, name)) for name in thing.__struct_fields__ if name not in _HIDDEN)
    return {name: _shown(name, value) for name, value in values if not _is_missing(name, value)}


def _is_missing(name: str, value: object) -> bool:
    return value is None or value == "" or (name in _NONE_AT_ZERO and not value)


def _shown(name: str, value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [_shown("", one) for one in value]
    if name in _PRICES and isinstance(value, int):
        return price_to_number(value)
    return iso_time(value) if name in _TIMES and isinstance(value, float) else value


def _certificate(stone: Gemstone) -> Document:
    said: Document = {"lab": stone.certificate_lab, "number": stone.certificate_number}
    said["images"] = list(stone.certificate_images)
    certificate = {name: value for name, value in said.items() if value}
    return {"certificate": certificate} if certificate else {}
