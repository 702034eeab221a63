"""What follows from a change of a gemstone, over the reference engine's view."""

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.money import MAX_PRICE
from facetry.domain.performing import perform
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.engines.memory.catalog import MemoryCatalog


@pytest.fixture
def view():
    return MemoryCatalog()


def put(view, **fields):
    return perform(view, PutRecord(Gemstone(**{"code": "a", "name": "n", "type": "diamond", **fields}))).record


def patch(view, **changes):
    return perform(view, PatchRecord(RecordKind.GEMSTONE, RecordKey(1), changes)).record


def put_ring(view, sku, *parts):
    perform(view, PutProduct(ProductContent(sku=sku, name="Ring", gemstones=parts)))


def test_a_part_gets_what_has_changed_and_keeps_the_rest(view):
    put(view, clarity="VS1", carat=1.0)
    other = {"code": "b", "clarity": "SI1"}
    put_ring(view, "R1", {"code": "a", "quantity": 2, "setting": "bezel", "clarity": "VS2", "color": "G"}, other)
    put_ring(view, "R2", other)
    before = view.product("R2")
    patch(view, clarity="IF", carat=1.2, quantity=9)
    assert view.product("R1").gemstones == (
        {"code": "a", "quantity": 2, "setting": "bezel", "clarity": "IF", "color": "G", "carat": 1.2},
        other,
    )
    assert view.product("R2") is before


def test_a_part_says_otherwise_until_the_stone_changes(view):
    put(view, clarity="VS1")
    put_ring(view, "R1", {"code": "a", "clarity": "VS2"})
    patch(view, quantity=3, price=10_000)
    assert view.product("R1").gemstones == ({"code": "a", "clarity": "VS2"},)


def test_what_is_emptied_goes_from_the_part(view):
    put(view, certificate_number="7", certificate_lab="GIA")
    put_ring(view, "R1", {"code": "a", "certificate_number": "7", "note": None})
    patch(view, certificate_number=None)
    assert view.product("R1").gemstones == ({"code": "a", "note": None},)


def test_finer_grades_are_followed_where_the_part_says_them(view):
    put(view, polish="G", symmetry="G")
    put_ring(view, "R1", {"code": "a", "polish": "G"})
    patch(view, polish="EX", symmetry="EX")
    assert view.product("R1").gemstones == ({"code": "a", "polish": "EX"},)


def test_a_new_code_is_followed(view):
    put(view)
    put_ring(view, "R1", {"code": "a"})
    patch(view, code="z")
    assert view.product("R1").gemstones == ({"code": "z"},)
    assert view.products_with("z") == [view.product("R1")]
    assert view.products_with("a") == []


def test_a_replaced_gemstone_is_followed_too(view):
    put(view, clarity="VS1")
    put_ring(view, "R1", {"code": "a", "clarity": "VS1"})
    perform(view, PutRecord(Gemstone(code="a", name="n", type="diamond", clarity="SI1"), replaces=True))
    assert view.product("R1").gemstones == ({"code": "a", "clarity": "SI1"},)


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"carat": 0.5, "price_per_carat": 20_000_000}, 10_000_000),
        ({"carat": 0.333, "price_per_carat": 10_000_000}, 3_330_000),
        ({"carat": 0.5, "price_per_carat": 20_000_000, "price": 7}, 7),
        ({"price_per_carat": 20_000_000}, None),
        ({"carat": 0.0, "price_per_carat": 20_000_000}, None),
        ({"carat": 0.5}, None),
    ],
)
def test_a_new_gemstone_is_priced_by_its_weight(view, fields, price):
    assert put(view, **fields).price == price


@pytest.mark.parametrize(
    ("changes", "prices"),
    [
        ({"price_per_carat": 11_000_000}, (22_000_000, 11_000_000)),
        ({"carat": 3}, (30_000_000, 10_000_000)),
        ({"price": 30_000_000}, (30_000_000, 15_000_000)),
        ({"price": 30_000_000, "price_per_carat": 5}, (30_000_000, 5)),
        ({"price": 30_000_000, "carat": 3}, (30_000_000, 10_000_000)),
        ({"price": 20_000_000, "carat": 4}, (20_000_000, 5_000_000)),
        ({"price": 20_000_000, "carat": 4, "price_per_carat": 10_000_000}, (20_000_000, 10_000_000)),
        ({"price": 20_000_000}, (20_000_000, 10_000_000)),
        ({"price": None}, (None, 10_000_000)),
        ({"price_per_carat": None}, (20_000_000, None)),
        ({"carat": None}, (20_000_000, 10_000_000)),
        ({"name": "m"}, (20_000_000, 10_000_000)),
    ],
)
def test_prices_agree_after_a_change(view, changes, prices):
    put(view, carat=2.0, price=20_000_000, price_per_carat=10_000_000)
    stone = patch(view, **changes)
    assert (stone.price, stone.price_per_carat) == prices


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"carat": 10_000}, "carat"),
        ({"carat": -1}, "carat"),
        ({"price": -1}, "price"),
        ({"cost": MAX_PRICE + 1}, "cost"),
        ({"price_per_carat": MAX_PRICE}, "price"),
    ],
)
def test_what_is_no_weight_or_price_is_refused_and_changes_nothing(view, changes, field):
    put(view, carat=2.0)
    before = view.record(RecordKind.GEMSTONE, RecordKey(1))
    with pytest.raises(InvalidValueError) as caught:
        patch(view, **changes)
    assert caught.value.field == field
    assert view.record(RecordKind.GEMSTONE, RecordKey(1)) == before


def test_a_new_gemstone_that_would_cost_too_much_is_refused(view):
    with pytest.raises(InvalidValueError, match="must be from 0"):
        put(view, carat=2.0, price_per_carat=MAX_PRICE)


def test_a_gemstone_that_is_replaced_costs_what_is_said_of_it(view):
    put(view, carat=2.0, price=20_000_000, price_per_carat=10_000_000)
    stone = Gemstone(code="a", name="n", type="diamond", carat=4.0, price=20_000_000, price_per_carat=10_000_000)
    replaced = perform(view, PutRecord(stone, replaces=True)).record
    assert (replaced.price, replaced.price_per_carat) == (20_000_000, 10_000_000)


def test_single_pictures_are_replaced_and_removed_by_their_places(view):
    put(view)
    assert patch(view, **{"certificate_images.1": "b"}).certificate_images == ("", "b")
    assert patch(view, **{"certificate_images.0": "a"}).certificate_images == ("a", "b")
    assert patch(view, **{"certificate_images.1": None}).certificate_images == ("a",)
    assert patch(view, **{"certificate_images.0": None}).certificate_images == ()


def test_single_details_are_replaced_and_removed(view):
    put(view, details={"depth": 61.0, "table": 57.0})
    stone = patch(view, **{"details.depth": 62.5, "details.table": None, "details.origin": "Yakutia"})
    assert stone.details == {"depth": 62.5, "origin": "Yakutia"}
    for name in ("images.x", "images.100", "images.-1", "name.0"):
        with pytest.raises(InvalidValueError, match="is no field of a gemstone"):
            patch(view, **{name: "x"})
    with pytest.raises(InvalidValueError, match="is no field of a gemstone"):
        patch(view, **{"none.depth": 1})
