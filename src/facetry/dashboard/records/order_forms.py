"""The forms on the page of an order: its status, its parcels, its notes; and the writes that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from facetry.dashboard.records.forms import Texts
from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidValueError
from facetry.domain.order import Order, OrderLine, OrderStatus
from facetry.domain.order_rules import can_become
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.ordering import LineShipment, OrderWrite, ReviseOrder, ShipOrder
from facetry.domain.record_values import text
from facetry.domain.records import RecordKey
from facetry.domain.tenant import TenantSettings
from facetry.domain.times import iso_time, unix_time

STATUS, NUMBER, CARRIER, DATE, NOTES = "status", "tracking_number", "carrier", "ship_date", "comments"
SEPARATE = "separate"
"""Says that each line has a parcel of its own."""
OrderForm = Callable[[Values, Order, TenantSettings, float], OrderWrite]
"""Returns the write that a form asks for, at a Unix time; raises ``InvalidValueError``."""


def line_field(name: str, line: OrderLine) -> str:
    """Return the name of a field of a line."""
    return f"{name}.{line.id}"


def shown_order(order: Order, statuses: Statuses) -> dict[str, str]:
    """Return what the forms show of an order."""
    shown = {
        STATUS: str(statuses.number(order)),
        NUMBER: order.tracking_number,
        CARRIER: order.carrier,
        DATE: iso_time(order.ship_date)[:10] if order.ship_date else "",
        NOTES: order.comments,
    }
    for line in order.lines:
        shown |= {line_field(NUMBER, line): line.tracking_number, line_field(CARRIER, line): line.carrier}
    return shown


def sent_order(values: Values, order: Order, statuses: Statuses) -> Texts:
    """Return what the forms show after one of them was sent."""
    return {name: values.text(name, before) for name, before in shown_order(order, statuses).items()}


def next_statuses(order: Order, statuses: Statuses) -> Iterator[int]:
    """Yield the numbers of the statuses that an order may get into, that which it is in included."""
    for number in statuses.names:
        if can_become(order.status, OrderStatus(statuses.changes(number)["status"])):
            yield number


def status_form(values: Values, order: Order, settings: TenantSettings, now: float) -> OrderWrite:
    """Return the write that puts an order into a status.

    Raises:
        InvalidValueError: There is none of this number.
    """
    statuses = statuses_of(settings.client_api.statuses)
    changes = statuses.changes(statuses.read(STATUS, values.text(STATUS)))
    return ReviseOrder(RecordKey(order.id), {**changes, "update_date": now})


def notes_form(values: Values, order: Order, _: TenantSettings, now: float) -> OrderWrite:
    """Return the write that replaces the notes of an order.

    Raises:
        InvalidValueError: They are too long.
    """
    notes = "\n".join(values.text(NOTES).splitlines())
    return ReviseOrder(RecordKey(order.id), {NOTES: text(NOTES, notes), "update_date": now})


def shipment_form(values: Values, order: Order, _: TenantSettings, now: float) -> OrderWrite:
    """Return the write that notes the parcels of an order.

    Raises:
        InvalidValueError: There is no tracking number, or a value is not allowed.
    """
    if values.flag(SEPARATE):
        lines = tuple(_parcels(values, order))
        if not lines:
            raise InvalidValueError(SEPARATE, "must have a tracking number for a line at least")
        return ShipOrder(RecordKey(order.id), now, lines=lines)
    number = text(NUMBER, values.text(NUMBER))
    if not number:
        raise InvalidValueError(NUMBER, "must not be empty")
    date = unix_time(DATE, values.text(DATE)) if values.text(DATE) else None
    return ShipOrder(RecordKey(order.id), now, number, text(CARRIER, values.text(CARRIER)), date)


def _parcels(values: Values, order: Order) -> Iterator[LineShipment]:
    for line in order.lines:
        name, carrier = line_field(NUMBER, line), line_field(CARRIER, line)
        if number := text(name, values.text(name)):
            yield LineShipment(line.id, number, text(carrier, values.text(carrier)))


FORMS: Mapping[str, OrderForm] = {"status": status_form, "shipment": shipment_form, "notes": notes_form}
"""What the forms of an order are sent to, below its path."""
