"""Writes of orders that do more than store a record: they find the client, merge lines, and ship."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from facetry.domain.errors import InvalidValueError, ProductNotFoundError
from facetry.domain.keeping import PutRecord, Recorded, check_sound, put_record, record_of
from facetry.domain.order import OVER, SENT, Client, Order, OrderLine, OrderStatus
from facetry.domain.order_clients import client_by_id, client_of, of_client, revised_client
from facetry.domain.patching import ArrayAction
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey, changed
from facetry.domain.storable import check_storable
from facetry.domain.view import CatalogView


class PlaceOrder(msgspec.Struct, frozen=True, tag="place_order"):
    """Store a new order.

    Attributes:
        order: Its lines are counted anew where their id is 0.
        client: Who gives it: found by id, else by reference, else by e-mail address, or made. One who is found keeps
            what is known of them, and gets what was not. None for whom the order itself names.
        takes_unknown: Whether a line may name a SKU that the catalog does not have.
    """

    order: Order
    client: Client | None = None
    takes_unknown: bool = False


class ReviseOrder(msgspec.Struct, frozen=True, tag="revise_order"):
    """Change an order where it is spoken of.

    Attributes:
        key: Which.
        changes: Fields by name, values as JSON has them; of ``address`` only the parts that are given.
        lines: Likewise of its lines; one with the id of a line changes that one, one without is new.
        action: What becomes of the lines that are not named: with ``REPLACE`` they go, else they stay; ``REMOVE``
            takes away those that are.
        client: Fields of the client by name; they overwrite. With the id, or else the reference, of another client the
            order becomes theirs; an order without a client gets the one with the e-mail address, or a new one.
        parts_names: Whether first and last name come from one text: where that says what it has said before, they keep
            their parts.
    """

    key: RecordKey
    changes: dict[str, Any]
    lines: tuple[dict[str, Any], ...] | None = None
    action: ArrayAction = ArrayAction.REPLACE
    client: dict[str, Any] | None = None
    parts_names: bool = False


class LineShipment(msgspec.Struct, frozen=True):
    """The parcel that a line is in."""

    line_id: int
    tracking_number: str
    carrier: str = ""


class ShipOrder(msgspec.Struct, frozen=True, tag="ship_order"):
    """Note the parcels of an order: of the whole, or of single lines.

    Attributes:
        key: Which.
        at: Unix time.
        tracking_number: Of the whole; not looked at where there are lines.
        carrier: Likewise.
        ship_date: Likewise; None for now.
        lines: Each names another line.
    """

    key: RecordKey
    at: float
    tracking_number: str = ""
    carrier: str = ""
    ship_date: float | None = None
    lines: tuple[LineShipment, ...] = ()


OrderWrite = PlaceOrder | ReviseOrder | ShipOrder


def check_order_write(write: OrderWrite) -> None:
    """Check what can be told of a write without looking at the catalog.

    Raises:
        InvalidValueError: It holds a value that breaks a rule.
    """
    if isinstance(write, PlaceOrder):
        check_sound(write.order)
    check_storable("order", write)


def perform_on_orders(view: CatalogView, write: OrderWrite) -> Recorded:
    """Do a write that ``check_order_write`` has passed.

    Raises:
        RecordNotFoundError: There is no such order or client.
        RecordExistsError: The reference is taken.
        ProductNotFoundError: A line names a product that is not there.
        InsufficientStockError: There are fewer pieces than a line wants.
        InvalidValueError: A value breaks a rule, or an order that is over was to go on.
    """
    match write:
        case PlaceOrder():
            return _place(view, write)
        case ReviseOrder():
            return _revise(view, write)
        case ShipOrder():
            return _ship(view, write)


def _place(view: CatalogView, write: PlaceOrder) -> Recorded:
    order = msgspec.structs.replace(write.order, lines=tuple(_numbered(write.order.lines, 0)))
    if write.client is not None:
        order = of_client(order, client_of(view, write.client))
    elif order.client_id:
        order = of_client(order, client_by_id(view, order.client_id))
    recorded = put_record(view, PutRecord(order))
    assert isinstance(recorded.record, Order)  # noqa: S101 - narrows the union for the type checker
    if not write.takes_unknown:
        for line in recorded.record.lines:
            if line.sku and not line.product_id:
                raise ProductNotFoundError(line.sku)
    return recorded


def _revise(view: CatalogView, write: ReviseOrder) -> Recorded:
    old = _order(view, write.key)
    changes = dict(write.changes)
    if "address" in changes:
        given = _address(old, changes["address"]) if write.parts_names else changes["address"]
        changes["address"] = msgspec.to_builtins(old.address) | given
    if "status" in changes:
        changes = {"own_status": 0} | changes
    if write.lines is not None:
        changes["lines"] = list(_merged(old, write.lines, write.action))
    new = changed(old, changes)
    assert isinstance(new, Order)  # noqa: S101 - narrows the union for the type checker
    new = msgspec.structs.replace(
        new, lines=tuple(_numbered(new.lines, max((line.id for line in old.lines), default=0)))
    )
    if write.client is not None:
        new = of_client(new, revised_client(view, new, write.client))
    elif new.client_id != old.client_id:
        new = of_client(new, client_by_id(view, new.client_id) if new.client_id else Client())
    return put_record(view, PutRecord(new))


def _ship(view: CatalogView, write: ShipOrder) -> Recorded:
    old = _order(view, write.key)
    if old.status in OVER:
        raise InvalidValueError("status", f"is {old.status.name.lower()}, such an order is not shipped")
    order = msgspec.structs.replace(old, update_date=write.at)
    if write.lines:
        order = msgspec.structs.replace(order, lines=tuple(_tracked(order, write.lines)))
    else:
        order = msgspec.structs.replace(order, tracking_number=write.tracking_number, carrier=write.carrier)
    is_sent = not write.lines or all(line.tracking_number for line in order.lines)
    if is_sent:
        date = write.ship_date if write.ship_date is not None else old.ship_date or write.at
        order = msgspec.structs.replace(order, ship_date=date)
    # What has arrived already does not go back to being under way.
    if is_sent and old.status not in SENT:
        order = msgspec.structs.replace(order, status=OrderStatus.SHIPPED, own_status=0)
    return put_record(view, PutRecord(order))


def _order(view: CatalogView, key: RecordKey) -> Order:
    order = record_of(view, RecordKind.ORDER, key)
    assert isinstance(order, Order)  # noqa: S101 - narrows the union for the type checker
    return order


def _numbered(lines: tuple[OrderLine, ...], last: int) -> Iterator[OrderLine]:
    """Yield lines, those without an id with the next one."""
    for line in lines:
        if line.id:
            yield line
        else:
            last += 1
            yield msgspec.structs.replace(line, id=last)


def _address(old: Order, given: dict[str, str]) -> dict[str, str]:
    """Return the parts of an address to change; a name that only says the same as one text keeps its two parts."""
    name = " ".join(filter(None, (given.get("first_name", ""), given.get("last_name", ""))))
    if "first_name" in given and name == old.address.name:
        return {part: text for part, text in given.items() if part not in {"first_name", "last_name"}}
    return given


def _merged(old: Order, given: tuple[dict[str, Any], ...], action: ArrayAction) -> Iterator[dict[str, Any]]:
    """Yield the lines of an order after those that are given have changed it."""
    before = {line.id: line for line in old.lines}
    named = {line["id"]: line for line in given if line.get("id")}
    if unknown := sorted(named.keys() - before.keys()):
        raise InvalidValueError("order_product_id", f"{unknown[0]} is no line of order {old.id}")
    for line in old.lines:
        if line.id in named and action is not ArrayAction.REMOVE:
            yield _line_after(line, named[line.id])
        elif line.id not in named and action is not ArrayAction.REPLACE:
            yield msgspec.to_builtins(line)
    if action is not ArrayAction.REMOVE:
        yield from ({"id": 0} | line for line in given if not line.get("id"))


def _line_after(line: OrderLine, given: dict[str, Any]) -> dict[str, Any]:
    """Return a line after a change; one that names its product anew forgets the one before."""
    fields: dict[str, Any] = msgspec.to_builtins(line)
    names_another = ("sku" in given and given["sku"] != line.sku) or (
        "product_id" in given and given["product_id"] != line.product_id
    )
    if names_another:
        fields |= {"sku": "", "product_id": 0, "title": ""}
    return fields | given


def _tracked(order: Order, shipments: tuple[LineShipment, ...]) -> Iterator[OrderLine]:
    by_line = {shipment.line_id: shipment for shipment in shipments}
    if unknown := sorted(by_line.keys() - {line.id for line in order.lines}):
        raise InvalidValueError("order_product_id", f"{unknown[0]} is no line of order {order.id}")
    for line in order.lines:
        shipment = by_line.get(line.id)
        if shipment is None:
            yield line
        else:
            yield msgspec.structs.replace(line, tracking_number=shipment.tracking_number, carrier=shipment.carrier)
