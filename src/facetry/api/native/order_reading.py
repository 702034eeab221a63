"""From documents of orders to the writes that they ask for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from facetry.api.native import record_bodies as bodies
from facetry.api.native.client_reading import check_named, client_values
from facetry.api.native.parameters import Parameters
from facetry.api.native.record_lists import Test, Wanted, named
from facetry.api.native.record_reading import Form, Values, check_id, number, one_of, price
from facetry.domain.channels import Channel, channel_of
from facetry.domain.errors import BadParameterError, InvalidValueError, ReadOnlyError
from facetry.domain.hints import near
from facetry.domain.order import Address, Client, Order, OrderLine, OrderStatus
from facetry.domain.order_rules import MAX_LINES
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.ordering import LineShipment, PlaceOrder, ReviseOrder, ShipOrder
from facetry.domain.record_values import country, currency, percent, text
from facetry.domain.records import RecordKey
from facetry.domain.selling import SoldAction
from facetry.domain.tenant import TenantSettings
from facetry.domain.times import unix_time

REFERENCE, CLIENT_ID, STATUS, DATE_FROM, DATE_TO = "reference", "client_id", "status", "date_from", "date_to"
FILTERS = (REFERENCE, CLIENT_ID, STATUS, DATE_FROM, DATE_TO)
MAX_ID = 2**53 - 1
BUILT_IN = {status.name.lower(): status.value for status in OrderStatus}
"""The statuses that every tenant has, by their names here."""
_LINE_NAMES = ("product_id", "sku", "title")
_ADDRESS = Form({"country": country}, dict.fromkeys(Address.__struct_fields__, ""))
_LINE = Form(
    {
        **dict.fromkeys(("id", "product_id", "listing_id", "amount"), number),
        **dict.fromkeys(("price", "original_price", "buying_price"), price),
        "stock_action": one_of(*(action.value for action in SoldAction)),
    },
    {
        **dict.fromkeys(("id", "product_id", "listing_id"), 0),
        "amount": 1,
        **dict.fromkeys(("price", "original_price", "buying_price")),
        **dict.fromkeys(("sku", "title", "comment", "stock_action", "tracking_number", "carrier"), ""),
    },
)


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

    def placed(self, body: bodies.Order) -> PlaceOrder:
        """Return the write that stores a new order.

        Raises:
            InvalidValueError: A value is not allowed, or there are no lines.
        """
        check_id(body)
        values = {"order_date": self.now, "currency": self.currency} | self._values(body)
        if not body.lines:
            raise InvalidValueError("lines", "must not be left out or empty")
        given = _client(body)
        if given is not None and not given.get("id"):
            check_named(given, "client.")
        client = None if given is None else {"created": self.now, "updated": self.now} | given
        fields = values | {
            "client_id": values.get("client_id") or 0,
            "address": _address(body),
            "lines": [{"id": 0} | line for line in _lines(body, is_new=True)],
            "update_date": self.now,
        }
        order = msgspec.convert(fields, Order)
        return PlaceOrder(order, None if client is None else msgspec.convert(client, Client), takes_unknown=True)

    def revised(self, body: bodies.Order, key: RecordKey, old: Order | None) -> ReviseOrder:
        """Return the write that changes an order where a document speaks of it.

        Args:
            body: The document.
            key: Which order.
            old: What is there.

        Raises:
            InvalidValueError: A value is not allowed.
        """
        changes = self._values(body, old) | {"update_date": self.now}
        if body.address is not UNSET:
            changes["address"] = _address(body, old)
        lines = None
        if body.lines is not UNSET:
            if not body.lines:
                raise InvalidValueError("lines", "must not be empty")
            lines = tuple(_lines(body, old))
        given = _client(body)
        client = None if given is None else given | {"updated": self.now}
        return ReviseOrder(key, changes, lines, client=client)

    def shipped(self, body: bodies.Shipment, order_id: int) -> ShipOrder:
        """Return the write that notes the parcels of an order.

        Raises:
            InvalidValueError: A value is not allowed, or there is no parcel.
        """
        key = RecordKey(order_id)
        if body.lines:
            for name in ("tracking_number", "carrier", "ship_date"):
                if getattr(body, name):
                    raise InvalidValueError(name, "cannot stand beside lines, which have their own")
            return ShipOrder(key, self.now, lines=tuple(_parcels(body)))
        tracking_number = text("tracking_number", body.tracking_number)
        if not tracking_number:
            raise InvalidValueError("tracking_number", "must not be left out, unless lines have their own")
        date = None if body.ship_date is None else unix_time("ship_date", body.ship_date)
        return ShipOrder(key, self.now, tracking_number, text("carrier", body.carrier), date)

    def wanted(self, parameters: Parameters) -> Wanted:
        """Return which orders a list is to have.

        Raises:
            BadParameterError: A parameter is not allowed.
        """
        code = named(parameters, REFERENCE)
        client = str(parameters.integer(CLIENT_ID, 0, 1, MAX_ID)) if CLIENT_ID in parameters else ""
        tests: list[Test] = []
        if client:
            tests.append(lambda order: order.client_id == int(client))
        if STATUS in parameters:
            tests.append(self._has_status(parameters.text(STATUS)))
        if DATE_FROM in parameters or DATE_TO in parameters:
            first, last = parameters.time(DATE_FROM, 0.0), parameters.end(DATE_TO, math.inf)
            tests.append(lambda order: first <= order.order_date <= last)
        return Wanted(key=RecordKey(code=code) if code else None, link=client, tests=tuple(tests))

    def _has_status(self, name: str) -> Test:
        """Return the test that an order is in a status: in a built-in one also by one of the tenant's own."""
        try:
            wanted = self._number(STATUS, name)
        except InvalidValueError as error:
            raise BadParameterError(STATUS, error.message) from error
        changes = self.statuses.changes(wanted)
        if not changes["own_status"]:
            return lambda order: order.status.value == wanted
        return lambda order: self.statuses.number(order) == wanted

    def _values(self, body: bodies.Order, old: Order | None = None) -> Values:
        values = _form(self.channels, self.currency, self.now).read(body, old)
        if body.client is None:
            values.setdefault("client_id", 0)
        return values | self._status(body)

    def _status(self, body: bodies.Order) -> dict[str, int]:
        """Return what to change so that an order is in the status that a document names."""
        own, status = body.own_status or UNSET, body.status
        if status is None:
            raise InvalidValueError("status", "must not be empty")
        if own is not UNSET:
            changes = self.statuses.changes(self._number("own_status", own))
            means = OrderStatus(changes["status"]).name.lower()
            if not changes["own_status"]:
                raise InvalidValueError("own_status", f"must be a status of your own; write {means} to status")
            if status is not UNSET and self._number("status", status) != changes["status"]:
                raise InvalidValueError("status", f"must be what own_status means, which is {means}")
            return changes
        if status is not UNSET:
            return self.statuses.changes(self._number("status", status))
        return {} if body.own_status is UNSET else {"own_status": 0}

    def _number(self, path: str, name: str) -> int:
        """Return the number of a status; the names that every tenant has count before those that it gives."""
        built_in = BUILT_IN.get("_".join(name.strip().lower().replace("-", " ").replace("_", " ").split()))
        if built_in is not None:
            return built_in
        if not name.strip().isdecimal():
            try:
                return self.statuses.read(path, name)
            except InvalidValueError:
                pass
        names = [*BUILT_IN, *(own for number, own in self.statuses.names.items() if number not in BUILT_IN.values())]
        raise InvalidValueError(path, f"must be one of {', '.join(names)}{near(name, names)}")


def order_reader(settings: TenantSettings, now: float) -> OrderReader:
    """Return what reads the orders of a tenant at a time."""
    statuses = statuses_of(settings.client_api.statuses)
    return OrderReader(statuses, settings.client_api.channels, settings.currency, now)


def _form(channels: tuple[Channel, ...], own_currency: str, now: float) -> Form:
    """Return the plain fields of an order."""
    return Form(
        {
            "channel": lambda path, raw: channel_of(path, raw, channels).number,
            "client_id": number,
            "currency": currency,
            **dict.fromkeys(("order_date", "due_date", "ship_date"), unix_time),
            **dict.fromkeys(("shipping_price", "discount_sum", "final_price"), price),
            "discount_rate": percent,
        },
        {
            **dict.fromkeys(("reference", "account_id", "store_name", "shipping_type"), ""),
            **dict.fromkeys(("tracking_number", "carrier", "comments"), ""),
            **dict.fromkeys(("channel", "client_id"), 0),
            "currency": own_currency,
            "order_date": now,
            **dict.fromkeys(("due_date", "ship_date", "shipping_price", "discount_rate", "discount_sum")),
            "final_price": None,
            **dict.fromkeys(("is_gift", "is_archived"), False),
        },
    )


def _client(body: bodies.Order) -> dict[str, Any] | None:
    """Return what a document says of the client; None where it says nothing of them."""
    given = body.client
    if given is UNSET or given is None:
        return None
    values = client_values(given, path="client.")
    ids = {one for one in (given.id, body.client_id) if isinstance(one, int)}
    if len(ids) > 1:
        raise InvalidValueError("client.id", "is another one than client_id")
    for one in ids:
        values["id"] = number("client.id", one)
    return values


def _address(body: bodies.Order, old: Order | None = None) -> Values:
    if body.address is UNSET:
        return {}
    if body.address is None:
        return dict.fromkeys(Address.__struct_fields__, "")
    return _ADDRESS.read(body.address, old.address if old is not None else None, "address.")


def _lines(body: bodies.Order, old: Order | None = None, *, is_new: bool = False) -> list[Values]:
    """Return the fields of lines; all of a new order are new."""
    lines = body.lines or ()
    if len(lines) > MAX_LINES:
        raise InvalidValueError("lines", f"must be at most {MAX_LINES}")
    before = {line.id: line for line in old.lines} if old is not None else {}
    return [_line(at, line, before, is_new=is_new) for at, line in enumerate(lines)]


def _line(at: int, line: bodies.OrderLine, before: dict[int, OrderLine], *, is_new: bool) -> Values:
    path = f"lines[{at}]."
    known = before.get(line.id) if isinstance(line.id, int) else None
    if line.id and is_new:
        raise ReadOnlyError(path + "id", "is given by the server: leave it out")
    values = _LINE.read(line, known, path)
    if not line.id and not any(values.get(name) for name in _LINE_NAMES):
        raise InvalidValueError(path + "sku", "must not be left out where there is no product_id and no title")
    return values


def _parcels(body: bodies.Shipment) -> list[LineShipment]:
    if len({parcel.id for parcel in body.lines}) < len(body.lines):
        raise InvalidValueError("lines", "must name each line once")
    found = []
    for at, parcel in enumerate(body.lines):
        tracking_number = text(f"lines[{at}].tracking_number", parcel.tracking_number)
        if not tracking_number:
            raise InvalidValueError(f"lines[{at}].tracking_number", "must not be empty")
        found.append(LineShipment(parcel.id, tracking_number, text(f"lines[{at}].carrier", parcel.carrier)))
    return found
