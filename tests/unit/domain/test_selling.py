"""Stock, over the reference engine's view."""

from __future__ import annotations

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.errors import InsufficientStockError, InvalidValueError, ProductNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.patching import ProductKey
from facetry.domain.performing import perform
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.selling import (
    SellProduct,
    SoldAction,
    check_sale,
    follow_stock,
    give_back,
    product_of,
    take_stock,
)
from facetry.domain.stones_taken import StonesTaken
from facetry.domain.trade import Trade
from facetry.engines.memory.catalog import MemoryCatalog

PARTS = (
    *({"code": "a", "quantity": 2}, {"code": "b"}, {"code": "gone"}, {"name": "no code"}, {"code": 5}),
    *({"code": "c", "quantity": "2"}, {"code": "c", "quantity": -3}, {"code": "c", "quantity": 0}),
)
ENDED = ListingStatus.ENDED


@pytest.fixture
def view():
    view = MemoryCatalog()
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", quantity=3, gemstones=PARTS)))
    for code in "abc":
        perform(view, PutRecord(Gemstone(code=code, name=code, type="ruby", quantity=5)))
    return view


def stones(view):
    return [view.record(RecordKind.GEMSTONE, RecordKey(code=code)).quantity for code in "abc"]


def test_taking_and_giving_back_leaves_all_as_it_was(view):
    taken = StonesTaken(view)
    assert take_stock(view, view.product("R1"), 2, taken) == 1
    assert (view.product("R1").quantity, stones(view)) == (1, [1, 3, 5])
    assert give_back(view, view.product("R1"), 2, taken) == 3
    assert taken.numbers == {}
    assert (view.product("R1").quantity, stones(view)) == (3, [5, 5, 5])


def test_stones_that_were_never_counted_are_not_owed(view):
    taken = StonesTaken(view)
    assert take_stock(view, view.product("R1"), 3, taken) == 0
    assert (stones(view), taken.numbers) == ([0, 2, 5], {1: 5, 2: 3})
    assert give_back(view, view.product("R1"), 3, taken) == 3
    assert (stones(view), taken.numbers) == ([5, 5, 5], {})


def test_what_is_not_there_cannot_be_taken(view):
    with pytest.raises(InsufficientStockError) as caught:
        take_stock(view, view.product("R1"), 4, StonesTaken(view))
    assert (caught.value.sku, caught.value.left) == ("R1", 3)
    assert caught.value.message == "product with SKU R1 has 3 in stock, 4 are wanted"
    assert (view.product("R1").quantity, stones(view)) == (3, [5, 5, 5])


def test_a_product_is_found_by_id_before_its_sku(view):
    assert product_of(view, ProductKey(1)).sku == product_of(view, ProductKey(1, "R1")).sku == "R1"
    with pytest.raises(ProductNotFoundError, match=r"^product 2 not found$"):
        product_of(view, ProductKey(2, "R1"))
    with pytest.raises(InvalidValueError, match="that is R1, for good"):
        product_of(view, ProductKey(1, "R9"))


@pytest.mark.parametrize(
    ("trade", "action", "left", "expected"),
    [
        (None, SoldAction.NO_ACTION, 2, None),
        (Trade(), SoldAction.NO_ACTION, 0, None),
        (Trade(), SoldAction.REVISE, 2, (2, ListingStatus.ACTIVE)),
        (None, SoldAction.REVISE, 0, (0, ENDED)),
        (None, SoldAction.REMOVE, 2, (0, ENDED)),
        (Trade(unrepeatable=True), SoldAction.NO_ACTION, 2, (0, ENDED)),
        (Trade(auto_refill=True), SoldAction.NO_ACTION, 2, (2, ListingStatus.ACTIVE)),
        (Trade(auto_refill=True), SoldAction.REMOVE, 2, (0, ENDED)),
    ],
)
def test_listings_follow(view, trade, action, left, expected):
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", quantity=left, trade=trade)))
    for listing in (Listing(sku="R1", channel=1, quantity=9), Listing(sku="R1", channel=1, quantity=9, status=ENDED)):
        perform(view, PutRecord(listing))
    changed = list(follow_stock(view, view.product("R1"), left, action))
    first, second = view.linked(RecordKind.LISTING, "R1")
    assert (second.quantity, second.status) == (9, ENDED)
    assert (first.quantity, first.status) == (expected or (9, ListingStatus.ACTIVE))
    assert changed == ([1] if expected else [])


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"quantity": 0}, "quantity", "must be at least 1"),
        ({"quantity": 2**53}, "quantity", "must be at least 1"),
        ({"order_ref": "a\tb"}, "order_ref", "must not contain control characters"),
        ({"order_ref": "x" * 201}, "order_ref", "must have at most 200 characters"),
        ({"order_ref": "\ud800"}, "order_ref", "must hold valid Unicode only"),
    ],
)
def test_a_sale_is_checked(fields, field, message):
    with pytest.raises(InvalidValueError) as caught:
        check_sale(SellProduct(ProductKey(1), **{"quantity": 1, **fields}))
    assert (caught.value.field, caught.value.message) == (field, message)


def test_a_repeat_is_known_by_product_and_reference(view):
    sold = perform(view, SellProduct(ProductKey(1), 2, order_ref="O"))
    again = perform(view, SellProduct(ProductKey(sku="R1"), 2, order_ref="O"))
    assert (sold.left, sold.is_repeat, again.left, again.is_repeat) == (1, False, 1, True)
    with pytest.raises(InvalidValueError, match="is that of a sale of 2"):
        perform(view, SellProduct(ProductKey(1), 1, order_ref="O"))
    assert view.product("R1").quantity == 1
