"""Variations: what they have of their own, what they have from their parent, and how they follow it."""

import msgspec
import pytest

from facetry.domain.catalog import AllOrNone, DeleteGroup, DeleteProduct, PatchProduct, PutProduct
from facetry.domain.errors import InvalidValueError, ProductExistsError, ProductNotFoundError
from facetry.domain.patching import ProductKey, ProductPatch, TradePatch
from facetry.domain.performing import check, perform
from facetry.domain.product import ProductContent
from facetry.domain.trade import Trade, Variation
from facetry.domain.variations import PutVariation, variation_of
from facetry.engines.memory.catalog import MemoryCatalog

PARENT = ProductContent(
    sku="R",
    name="Ring",
    group_id="G",
    description="D",
    regular_price=1000,
    promotion_price=900,
    images=("i",),
    quantity=9,
    size="5",
    color="white",
    is_main=True,
    attributes={"style": "plain", "width": 2},
    trade=Trade(location="safe"),
)


@pytest.fixture
def view():
    view = MemoryCatalog()
    perform(view, PutProduct(PARENT))
    return view


def vary(view, sku="R-6", field="size", value="6", **more):
    return perform(view, PutVariation(ProductKey(sku="R"), sku, field, value, **more)).product


def patch(view, sku="R", **fields):
    return perform(view, PatchProduct(ProductKey(sku=sku), ProductPatch(**fields)))


def test_a_variation_has_the_rest_from_its_parent(view):
    made = vary(view, quantity=2)
    assert (made.product_id, made.sku, made.group_id, made.size, made.quantity) == (2, "R-6", "G", "6", 2)
    assert (made.name, made.description, made.images, made.color) == ("Ring", "D", ("i",), "white")
    assert (made.regular_price, made.promotion_price, made.is_main) == (1000, 900, False)
    assert made.attributes == {"style": "plain", "width": 2}
    assert made.trade == Trade(location="safe", variation=Variation("R", "size", "6"))
    assert view.product("R").is_main


def test_a_price_of_its_own_is_what_it_costs(view):
    made = vary(view, price=1200)
    assert (made.regular_price, made.promotion_price, made.quantity) == (1200, 1200, 0)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("color", "rose", ("5", "rose", {"style": "plain", "width": 2})),
        ("style", "halo", ("5", "white", {"style": "halo", "width": 2})),
        ("stone", "ruby", ("5", "white", {"style": "plain", "width": 2, "stone": "ruby"})),
    ],
)
def test_it_differs_in_one_field(view, field, value, expected):
    made = vary(view, field=field, value=value)
    assert (made.size, made.color, made.attributes) == expected


def test_a_variation_that_is_there_is_changed_where_the_write_speaks_of_it(view):
    first = vary(view, price=1200, quantity=3)
    assert vary(view, value="6.5") == view.product("R-6")
    second = view.product("R-6")
    assert (second.object_id, second.size, second.regular_price, second.quantity) == (first.object_id, "6.5", 1200, 3)
    third = vary(view, price=None, quantity=1)
    assert (third.regular_price, third.promotion_price, third.quantity) == (1000, 900, 1)


@pytest.mark.parametrize(("before", "after"), [("size", "style"), ("style", "size"), ("stone", "size")])
def test_a_variation_that_differs_in_another_field_has_the_former_one_from_its_parent(view, before, after):
    vary(view, field=before, value="x")
    made = vary(view, field=after, value="y")
    expected = {"size": "5", "style": "plain", "stone": None} | {after: "y"}
    assert {"size": made.size, **{name: (made.attributes or {}).get(name) for name in ("style", "stone")}} == expected


def test_skus_of_others_are_refused(view):
    perform(view, PutProduct(ProductContent(sku="X", name="x")))
    vary(view)
    for sku, more in (("X", {}), ("R", {}), ("R-6", {"is_new": True})):
        with pytest.raises(ProductExistsError, match=f"SKU {sku} exists"):
            vary(view, sku=sku, **more)
    with pytest.raises(ProductNotFoundError, match="SKU Q not found"):
        perform(view, PutVariation(ProductKey(sku="Q"), "Q-1", "size", "1"))
    with pytest.raises(InvalidValueError, match="R-6 is a variation itself"):
        perform(view, PutVariation(ProductKey(sku="R-6"), "R-6-1", "size", "1"))


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (PutVariation(ProductKey(sku="\ud800"), "A", "size", "1"), ProductNotFoundError),
        (PutVariation(ProductKey(1), " A", "size", "1"), InvalidValueError),
        (PutVariation(ProductKey(1), "A", " ", "1"), InvalidValueError),
        (PutVariation(ProductKey(1), "A", "size", ""), InvalidValueError),
    ],
)
def test_what_can_be_none_is_refused_without_a_catalog(write, error):
    with pytest.raises(error):
        check(write)


def test_what_is_as_the_parent_had_it_follows(view):
    vary(view, quantity=2)
    vary(view, "R-7", value="7", price=1500)
    patch(view, "R-7", description="mine", trade_changes=TradePatch(location="window"), attributes={"width": 3})
    patch(
        view,
        name="New",
        description="E",
        regular_price=2000,
        promotion_price=1800,
        size="5.5",
        quantity=1,
        group_id="H",
        attributes={"style": None, "width": 4, "more": "m"},
        trade_changes=TradePatch(location="shelf"),
    )
    six, seven = view.product("R-6"), view.product("R-7")
    assert (six.name, six.description, six.size, six.quantity, six.group_id) == ("New", "E", "6", 2, "H")
    assert (six.regular_price, six.promotion_price) == (2000, 1800)
    assert (six.attributes, six.trade.location) == ({"width": 4, "more": "m"}, "shelf")
    assert six.trade.variation == Variation("R", "size", "6")
    assert (seven.name, seven.description, seven.size, seven.group_id) == ("New", "mine", "7", "H")
    assert (seven.regular_price, seven.promotion_price) == (1500, 1500)
    assert (seven.attributes, seven.trade.location) == ({"width": 3, "more": "m"}, "window")


def test_its_own_attribute_does_not_follow(view):
    vary(view, "R-p", field="style", value="plain")
    patch(view, attributes={"style": "halo"}, replaces_attributes=True)
    assert view.product("R-p").attributes == {"style": "plain"}


def test_stock_alone_touches_no_variation(view):
    vary(view)
    before = view.product("R-6")
    patch(view, quantity=100)
    assert view.product("R-6") is before
    patch(view, "R-6", name="own")
    assert view.product("R").name == "Ring"
    patch(view, is_main=False)
    assert view.product("R-6").name == "own"


def test_parent_and_variations_are_stored_together_or_not_at_all(view):
    content = ProductContent(sku="N", name="n")
    whole = AllOrNone((PutProduct(content), PutVariation(ProductKey(sku="N"), "R", "size", "1")))
    with pytest.raises(ProductExistsError) as caught:
        perform(view, whole)
    assert caught.value.at == 1
    assert variation_of(content) is None


def test_a_price_that_names_its_currency_is_in_that_one(view):
    assert vary(view, price=1200, currency="EUR").currency == "EUR"
    assert vary(view, price=1300).currency == "EUR"
    again = vary(view, price=None)
    assert (again.regular_price, again.currency) == (1000, None)


def test_a_variation_says_the_value_that_it_has_by_now(view):
    vary(view)
    vary(view, "R-L", "length", "40")
    patch(view, "R-6", size="7")
    patch(view, "R-L", attributes={"length": 45})
    assert variation_of(view.product("R-6")) == Variation("R", "size", "7")
    assert variation_of(view.product("R-L")) == Variation("R", "length", "45")
    patch(view, "R-6", size=None)
    assert variation_of(view.product("R-6")) == Variation("R", "size", "7")


@pytest.mark.parametrize("nothing", ["", " ", "\x1f", None])
def test_a_field_that_says_nothing_leaves_the_value_as_it_was(view, nothing):
    vary(view)
    assert variation_of(patch(view, sku="R-6", size=nothing).product) == Variation("R", "size", "6")


def test_a_variation_in_another_group_is_none_any_more(view):
    vary(view)
    patch(view, "R-6", group_id="H")
    assert view.product("R-6").trade == Trade(location="safe")
    patch(view, group_id="H")
    assert view.product("R-6").group_id == "H"
    with pytest.raises(ProductExistsError):
        vary(view)


def test_a_variation_comes_along_where_its_parent_was_replaced_in_another_group(view):
    vary(view)
    perform(view, PutProduct(ProductContent(sku="R", name="Ring", group_id="H")))
    assert vary(view, value="8").group_id == "H"


def test_what_was_a_variation_of_a_deleted_product_may_have_some_of_its_own(view):
    vary(view)
    perform(view, DeleteProduct("R"))
    assert view.product("R-6").trade == Trade(location="safe")
    made = perform(view, PutVariation(ProductKey(sku="R-6"), "R-6-red", "color", "red")).product
    assert variation_of(made) == Variation("R-6", "color", "red")


def test_what_is_made_anew_with_a_parents_sku_has_none_of_its_variations(view):
    before = vary(view, quantity=2)
    perform(view, DeleteProduct("R"))
    perform(view, PutProduct(PARENT))
    patch(view, name="Other", regular_price=1)
    assert view.product("R-6") == msgspec.structs.replace(before, trade=Trade(location="safe"))
    with pytest.raises(ProductExistsError):
        vary(view, value="7")
    assert vary(view, "R-8", value="8").name == "Other"
    patch(view, name="Another")
    assert [view.product(sku).name for sku in ("R-6", "R-8")] == ["Ring", "Another"]


def test_a_variation_follows_into_the_group_of_its_parent_wherever_that_went(view):
    vary(view)
    perform(view, PutProduct(ProductContent(sku="R", name="Ring", group_id="H")))
    patch(view, name="Band")
    assert view.product("R-6").group_id == "H"
    assert [one.sku for one in view.variations("R")] == ["R-6"]


def test_a_deleted_group_takes_parent_and_variations(view):
    vary(view)
    assert perform(view, DeleteGroup("G")).skus == ("R", "R-6")
    assert [view.product("R"), view.product("R-6"), view.variations("R")] == [None, None, []]
