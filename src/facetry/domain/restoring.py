"""Records as a file has kept them: stored again under their ids, without what a first write of them would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from facetry.domain.errors import InvalidValueError, RecordExistsError, RecordNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import LAST_ID, Recorded, check_sound, fresh_id, saved
from facetry.domain.listing import Listing
from facetry.domain.money import MAX_PRICE
from facetry.domain.offering import check_offer
from facetry.domain.order import Client, Order, OrderLine
from facetry.domain.order_rules import checked_lines
from facetry.domain.product import MAX_QUANTITY
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.view import CatalogView

RestoredRecord = Gemstone | Client | Listing | Order
RESTORED: Mapping[RecordKind, type[RestoredRecord]] = {one.kind: one for one in (Gemstone, Client, Listing, Order)}
"""The kinds that can be restored, each behind those that it names."""
LAST_MOMENT = 253_402_300_799.0
"""Unix time of the end of the year 9999, the last that can be written as a date."""
CLIENT_TYPES = ("regular", "reseller")
_AMOUNTS = ("price", "cost", "price_per_carat", "shipping_price", "discount_sum", "final_price")
_NAMED = ("client_id", "product_id")
_NAMED_BY_LINES = ("id", "product_id", "listing_id")
"""Ids of a line and of what it names; no API takes or gives any that a float cannot hold."""
_LINE_AMOUNTS = ("price", "original_price", "buying_price")
_MOMENTS = ("order_date", "due_date", "update_date", "ship_date", "created", "updated")


class RestoreRecord(msgspec.Struct, frozen=True, tag="restore_record"):
    """Store a record as it was, under the id that it had; nothing is taken from stock or given back.

    One that has a code or a reference takes the place of the record that has the same. Any other takes the place of
    the record with its id, if that is the same one: a client made at the same time, an order of the same date, a
    listing of the same product in the same place.

    Attributes:
        record: What is kept of its products by id is found by SKU.
        client_created: Of an order, when its client was made; tells apart clients that have no reference.
        in_catalog: Of an order, the ids of lines whose product is looked for; the others were never of the catalog.
        stones: Of an order, how many of each gemstone, by its code, went out of stock with it.
    """

    record: RestoredRecord
    client_created: float = 0.0
    in_catalog: tuple[int, ...] = ()
    stones: dict[str, int] = {}


def check_restoring(write: RestoreRecord) -> None:
    """Check what can be told of a write without looking at the catalog.

    Raises:
        InvalidValueError: It holds a value that breaks a rule, or says neither id nor code.
    """
    record = write.record
    check_sound(record)
    if not 0 <= record.id <= LAST_ID or not (record.id or record.unique):
        raise InvalidValueError("id", f"must be from 1 to {LAST_ID}")
    if isinstance(record, Listing):
        check_offer(record)
    elif isinstance(record, Client) and record.type not in CLIENT_TYPES:
        raise InvalidValueError("type", f"must be {' or '.join(CLIENT_TYPES)}")
    elif isinstance(record, Order):
        for line in checked_lines(record.lines):
            _check_within(line, _LINE_AMOUNTS, MAX_PRICE)
            _check_within(line, _NAMED_BY_LINES, MAX_QUANTITY)
        # They go back to stock where the order is canceled.
        if not all(0 <= pieces <= MAX_QUANTITY for pieces in write.stones.values()):
            raise InvalidValueError("stones", f"must be 0 to {MAX_QUANTITY}")
    _check_within(record, _NAMED, MAX_QUANTITY)
    _check_within(record, _AMOUNTS, MAX_PRICE)
    _check_within(record, _MOMENTS, LAST_MOMENT)


def restore_record(view: CatalogView, write: RestoreRecord) -> Recorded:
    """Store a record as it was.

    Raises:
        RecordExistsError: Another record has its id.
        RecordNotFoundError: An order's client or a gemstone in it is not there.
    """
    record = write.record
    old = _known(view, record)
    number = old.id if old is not None else _own_id(view, record)
    fresh = msgspec.structs.replace(record, id=number)
    if isinstance(fresh, Order):
        order = _ordered(view, write, fresh)
        # Not by the rules of orders, which would move the stock: that is what the file says of it already.
        view.save_record(order)
        return Recorded(order, created=old is None)
    if isinstance(fresh, Listing):
        fresh = msgspec.structs.replace(fresh, product_id=_product_id(view, fresh.sku))
    return Recorded(saved(view, old, fresh), created=old is None)


def _known(view: CatalogView, record: RestoredRecord) -> RestoredRecord | None:
    """Return the record whose place another one takes; None where it takes none's."""
    key = RecordKey(code=record.unique) if record.unique else RecordKey(record.id)
    old = view.record(record.kind, key)
    if old is None or record.unique:
        return old  # type: ignore[return-value]  # it is of the same kind
    if old.unique or _identity(old) != _identity(record):  # type: ignore[arg-type]  # it is of the same kind
        raise RecordExistsError(record.kind.value, str(record.id))
    return old  # type: ignore[return-value]  # it is of the same kind


def _identity(record: RestoredRecord) -> tuple[object, ...]:
    """Return what never changes of a record that has neither code nor reference."""
    match record:
        case Client():
            return (record.created,)
        case Order():
            return (record.order_date,)
        case Listing():
            return record.sku, record.channel, record.account_id
    return ()


def _own_id(view: CatalogView, record: RestoredRecord) -> int:
    """Return the id that a record had, or another one where that is taken; what names it does so by its code then."""
    if not record.id or view.record(record.kind, RecordKey(record.id)) is not None:
        return fresh_id(view, record.kind)
    view.claim_id(record.kind, record.id)
    return record.id


def _ordered(view: CatalogView, write: RestoreRecord, order: Order) -> Order:
    """Return an order that names client, products and gemstones as they are called here."""
    client = _client_id(view, order, write.client_created) if order.client_id else 0
    lines = tuple(_with_product(view, line, write.in_catalog) for line in order.lines)
    return msgspec.structs.replace(order, client_id=client, lines=lines, stones=dict(_stones(view, write.stones)))


def _client_id(view: CatalogView, order: Order, created: float) -> int:
    key = RecordKey(code=order.customer) if order.customer else RecordKey(order.client_id)
    client = view.record(RecordKind.CLIENT, key)
    if not isinstance(client, Client) or not (order.customer or client.created == created):
        raise RecordNotFoundError("client", str(key))
    return client.id


def _with_product(view: CatalogView, line: OrderLine, in_catalog: tuple[int, ...]) -> OrderLine:
    listing = view.record(RecordKind.LISTING, RecordKey(line.listing_id)) if line.listing_id else None
    is_another = isinstance(listing, Listing) and listing.sku != line.sku
    return msgspec.structs.replace(
        line,
        product_id=_product_id(view, line.sku) if line.id in in_catalog else 0,
        listing_id=0 if is_another else line.listing_id,
    )


def _product_id(view: CatalogView, sku: str) -> int:
    product = view.product(sku) if sku else None
    return product.product_id if product is not None else 0


def _stones(view: CatalogView, stones: Mapping[str, int]) -> Iterable[tuple[int, int]]:
    for code, pieces in stones.items():
        stone = view.record(RecordKind.GEMSTONE, RecordKey(code=code)) if code else None
        if stone is None:
            raise RecordNotFoundError("gemstone", code)
        yield stone.id, pieces


def _check_within(thing: object, names: Iterable[str], most: float) -> None:
    for name in names:
        value = getattr(thing, name, None)
        if value is not None and not 0 <= value <= most:
            raise InvalidValueError(name, f"must be from 0 to {most:.0f}")
