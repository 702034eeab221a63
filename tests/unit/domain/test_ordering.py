"""Writes of orders, where they do not need a store; what they do in one is in the conformance suite."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.catalog import PutProduct, Write
from facetry.domain.errors import InvalidValueError
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.order import Client, Order, OrderLine, OrderStatus, nameless_link
from facetry.domain.ordering import LineShipment, PlaceOrder, ReviseOrder, ShipOrder
from facetry.domain.patching import ArrayAction
from facetry.domain.performing import perform
from facetry.domain.product import MAX_QUANTITY, ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.trade import Trade
from facetry.engines.memory.catalog import MemoryCatalog

ORDER = RecordKind.ORDER


@pytest.mark.parametrize(
    "write",
    [
        PlaceOrder(Order(reference="O", lines=(OrderLine(id=0, sku="R"),)), Client(name="A"), takes_unknown=True),
        ReviseOrder(
            RecordKey(code="O"), {"status": 2, "address": {"zip": "1"}}, ({"id": 1},), ArrayAction.REMOVE, {"name": "B"}
        ),
        ShipOrder(RecordKey(1), 1.5, "T", "C", 2.5, (LineShipment(1, "T"),)),
    ],
)
def test_a_write_reaches_another_process_whole(write):
    assert msgspec.json.decode(msgspec.json.encode(write), type=Write) == write


@pytest.fixture
def view():
    view = MemoryCatalog()
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", quantity=5)))
    return view


def test_a_plain_record_keeps_the_same_rules(view):
    perform(view, PutRecord(Order(lines=(OrderLine(id=1, sku="R1", amount=2),))))
    assert view.product("R1").quantity == 3
    perform(view, PatchRecord(ORDER, RecordKey(1), {"status": 8}))
    assert view.product("R1").quantity == 5
    with pytest.raises(InvalidValueError, match="is canceled, which is final"):
        perform(view, PatchRecord(ORDER, RecordKey(1), {"status": 2}))


@pytest.mark.parametrize(
    ("trade", "expected"),
    [
        (None, (5, ListingStatus.ACTIVE)),
        (Trade(auto_refill=True), (5, ListingStatus.ACTIVE)),
        (Trade(unrepeatable=True), (0, ListingStatus.ENDED)),
    ],
)
def test_listings_come_back_with_the_stock_where_they_may(view, trade, expected):
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", quantity=5, trade=trade)))
    perform(view, PutRecord(Listing(sku="R1", channel=1000, quantity=5)))
    line = OrderLine(id=1, sku="R1", amount=2, stock_action="revise")
    perform(view, PlaceOrder(Order(lines=(line,))))
    perform(view, ReviseOrder(RecordKey(1), {"status": OrderStatus.CANCELED.value}))
    (listing,) = view.linked(RecordKind.LISTING, "R1")
    assert (listing.quantity, listing.status) == expected


def test_a_status_set_without_a_number_of_the_tenants_own_drops_that(view):
    perform(view, PlaceOrder(Order(status=OrderStatus.IN_PRODUCTION, own_status=12)))
    perform(view, ReviseOrder(RecordKey(1), {"comments": "c"}))
    assert view.record(ORDER, RecordKey(1)).own_status == 12
    perform(view, ReviseOrder(RecordKey(1), {"status": 2}))
    assert view.record(ORDER, RecordKey(1)).own_status == 0


def test_of_many_who_share_an_address_one_is_read(view):
    for number in range(3):
        perform(view, PlaceOrder(Order(), Client(reference=f"C{number}", email="Shop@example.com")))
    perform(view, PlaceOrder(Order(), Client(email="guest@example.com")))
    assert view.linked(RecordKind.CLIENT, "shop@example.com", 1) == [
        Client(id=1, reference="C0", email="Shop@example.com")
    ]
    assert view.linked(RecordKind.CLIENT, nameless_link("SHOP@example.com")) == []
    assert [one.id for one in view.linked(RecordKind.CLIENT, nameless_link("Guest@example.com"))] == [4]


def test_no_more_come_back_than_can_be_counted(view):
    perform(view, PlaceOrder(Order(lines=(OrderLine(id=0, sku="R1", amount=5),))))
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", quantity=MAX_QUANTITY)))
    perform(view, ReviseOrder(RecordKey(1), {"status": OrderStatus.CANCELED.value}))
    assert view.product("R1").quantity == MAX_QUANTITY
