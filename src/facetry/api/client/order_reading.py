"""From what clients send of orders to the writes that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from facetry.api.client.order_fields import (
    ADDRESS,
    CLIENT_TABLE,
    LINE_TABLE,
    NAME,
    PARCEL_TABLE,
    PARCELS_TABLE,
    SHIPMENT_TABLE,
    order_table,
)
from facetry.api.client.record_fields import Faults, RecordTable
from facetry.domain.channels import Channel
from facetry.domain.errors import FacetryError
from facetry.domain.order import Address, Client, Order, OrderLine
from facetry.domain.order_rules import MAX_LINES
from facetry.domain.order_statuses import Statuses
from facetry.domain.ordering import LineShipment, PlaceOrder, ReviseOrder, ShipOrder
from facetry.domain.patching import ArrayAction
from facetry.domain.records import RecordKey
from facetry.domain.trade_terms.plain import is_empty

_LINE_NAMES = ("product_id", "sku", "title")
_CLIENT_NAMES = ("id", "reference", "name", "username", "email", "company", "phone")
_ACTIONS = {action.value: action for action in ArrayAction}
Values = dict[str, Any]


@dataclass(frozen=True)
class OrderReader:
    """Reads orders of a tenant.

    Attributes:
        statuses: The tenant's.
        channels: Those that the tenant has beside those that all have.
        currency: That of orders that name none.
        now: Unix time.
    """

    statuses: Statuses
    channels: tuple[Channel, ...]
    currency: str
    now: float

    @property
    def table(self) -> RecordTable:
        """The fields of an order."""
        return order_table(self.statuses, self.channels)

    def placed(self, raw: object) -> PlaceOrder | FacetryError:
        """Return the write that stores a new order, or what is wrong with it."""
        faults = Faults()
        values = self._read(raw, faults, is_new=True)
        if values.pop("id", 0):
            faults.invalid.append(("order_id", "is given by us; the channel's number is order_unique"))
        if not values.get("lines"):
            faults.missing.append("products")
        if "client" in values and not any(values["client"].get(name) for name in _CLIENT_NAMES):
            faults.missing.append("client.name")
        if (error := faults.error()) is not None:
            return error
        given = values.pop("client", None)
        client = None if given is None else msgspec.convert({"created": self.now} | given, Client)
        fields: Values = (
            {"order_date": self.now, "currency": self.currency} | _without_blanks(values) | {"update_date": self.now}
        )
        fields["address"] = msgspec.convert(_split(values.pop("address", {})), Address)
        fields["lines"] = tuple(msgspec.convert({"id": 0} | line, OrderLine) for line in values["lines"])
        return PlaceOrder(msgspec.convert(fields, Order), client, takes_unknown=True)

    def revised(self, raw: object, actions: Mapping[str, object]) -> ReviseOrder | FacetryError:
        """Return the write that changes an order, or what is wrong with it.

        Args:
            raw: What is said of it.
            actions: What becomes of lines that are not named, as ``products``.
        """
        faults = Faults()
        values = self._read(raw, faults)
        # With an id the reference is to be changed like any other field; without one it tells which order is meant.
        key = RecordKey(values.pop("id")) if values.get("id") else RecordKey(code=values.pop("reference", ""))
        if not key.id and not key.code:
            faults.missing.append("order_id")
        action = _action(actions, faults)
        lines = values.pop("lines", None)
        if lines is not None and not lines and action is ArrayAction.REPLACE:
            faults.invalid.append(("products", "must not be empty"))
        if (error := faults.error()) is not None:
            return error
        client = values.pop("client", None)
        if "address" in values:
            values["address"] = _split(values["address"])
        values["update_date"] = self.now
        return ReviseOrder(key, values, None if lines is None else tuple(lines), action, client, parts_names=True)

    def shipped(self, raw: object) -> ShipOrder | FacetryError:
        """Return the write that notes the parcel of an order, or what is wrong with it."""
        faults = Faults()
        values: Values = SHIPMENT_TABLE.read(raw, faults)
        key = _key(values, faults)
        number = values.get("tracking_number", "")
        if not number:
            faults.missing.append("tracking_number")
        error = faults.error()
        return error or ShipOrder(key, self.now, number, values.get("carrier", ""), values.get("ship_date"))

    def shipped_apart(self, raw: object) -> ShipOrder | FacetryError:
        """Return the write that notes the parcels of lines, or what is wrong with it."""
        faults = Faults()
        values: Values = PARCELS_TABLE.read(raw, faults)
        key = _key(values, faults)
        parcels = [_parcel(at, entry, faults) for at, entry in enumerate(_lines(values.get("lines"), faults))]
        if not parcels:
            faults.missing.append("products")
        elif len({parcel.line_id for parcel in parcels}) < len(parcels):
            faults.invalid.append(("products", "must name each line once"))
        error = faults.error()
        return error or ShipOrder(key, self.now, lines=tuple(parcels))

    def _read(self, raw: object, faults: Faults, *, is_new: bool = False) -> Values:
        """Return the fields of an order; of the address its parts, of the status both its numbers."""
        read = self.table.read(raw, faults)
        values: Values = {name: value for name, value in read.items() if not name.startswith(ADDRESS)}
        address = {name.removeprefix(ADDRESS): value for name, value in read.items() if name.startswith(ADDRESS)}
        if address:
            values["address"] = address
        if "own_status" in values:
            values |= self.statuses.changes(values["own_status"])
        if "currency" in values:
            values["currency"] = values["currency"] or self.currency
        if "lines" in values:
            lines = _lines(values["lines"], faults)
            values["lines"] = [_line(at, one, faults, is_new=is_new) for at, one in enumerate(lines)]
        _read_client(values, faults, self.now)
        return values


def _read_client(values: Values, faults: Faults, now: float) -> None:
    if "client" not in values:
        return
    raw = values.pop("client")
    if is_empty(raw) or raw == {}:
        values["client_id"] = 0
        return
    fields: Values = CLIENT_TABLE.read(raw, faults, "client.")
    other = values.pop("client_id", 0)
    if other and fields.setdefault("id", other) not in {0, other}:
        faults.invalid.append(("client.client_id", "is another one than client_id"))
    if isinstance(raw, dict):
        values["client"] = fields | {"updated": now}


def _line(at: int, raw: object, faults: Faults, *, is_new: bool) -> Values:
    """Return the fields of a line; all of a new order are new, whatever numbers they come with."""
    path = f"products[{at}]."
    values = LINE_TABLE.read(raw, faults, path)
    if is_new:
        values.pop("id", None)
    if isinstance(raw, dict) and not values.get("id") and not any(values.get(name) for name in _LINE_NAMES):
        faults.missing.append(f"{path}sku")
    return values


def _parcel(at: int, raw: object, faults: Faults) -> LineShipment:
    path = f"products[{at}]."
    values: Values = PARCEL_TABLE.read(raw, faults, path)
    for name, target in (("order_product_id", "id"), ("tracking_number", "tracking_number")):
        if not values.get(target):
            faults.missing.append(path + name)
    return LineShipment(values.get("id", 0), values.get("tracking_number", ""), values.get("carrier", ""))


def _key(values: Values, faults: Faults) -> RecordKey:
    key = RecordKey(values.get("id", 0), values.get("code", ""))
    if not key.id and not key.code:
        faults.missing.append("order_id")
    return key


def _lines(value: object, faults: Faults) -> list[object]:
    """Return the lines of an order, none of which is read where there are too many."""
    if is_empty(value):
        return []
    lines = value if isinstance(value, list) else [value]
    if len(lines) > MAX_LINES:
        faults.invalid.append(("products", f"must be at most {MAX_LINES}"))
        return lines[:1]
    return lines


def _without_blanks(values: Values) -> Values:
    """Return fields without a date that is only there to be none."""
    return {name: value for name, value in values.items() if name != "order_date" or value}


def _split(address: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of an address with the name as first and last one: the last word is the last name."""
    parts = {name: text for name, text in address.items() if name != NAME}
    if NAME in address:
        *first, last = address[NAME].split() or [""]
        parts |= {"first_name": " ".join(first) or last, "last_name": last if first else ""}
    return parts


def _action(actions: Mapping[str, object], faults: Faults) -> ArrayAction:
    raw = actions.get("products", ArrayAction.REPLACE.value)
    action = _ACTIONS.get(raw) if isinstance(raw, str) else None
    if action is None:
        faults.invalid.append(("actions.products", f"must be {', '.join(_ACTIONS)}"))
    return action or ArrayAction.REPLACE
