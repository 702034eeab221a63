"""Where two states of a product differ, and what leads from one to the other."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from facetry.domain.errors import InvalidValueError
from facetry.domain.patching import ProductPatch, TradePatch, patched
from facetry.domain.product import ProductContent, completed, stored
from facetry.domain.product_differences import differing, patch_to, values_of
from facetry.domain.trade import Trade, Variation

CONTENT = ProductContent(
    sku="R1",
    name="Ring",
    group_id="G",
    regular_price=100_0000,
    images=("https://a/1.jpg",),
    attributes={"finish": "matte", "karat": 18},
    metals=({"name": "gold"},),
    trade=Trade(location="A", quantity_alert=2),
)
RING = stored(completed(CONTENT), f"{1:024x}", 1)


def test_what_is_so_already_needs_no_patch():
    assert patch_to(RING, CONTENT) == ProductPatch()


def test_only_what_differs_is_spoken_of():
    wanted = replace(
        CONTENT,
        name="Band",
        attributes={"karat": 18.0, "stone": "ruby"},
        metals=(),
        trade=Trade(location="A", videos=("https://a/v",)),
    )
    patch = patch_to(RING, wanted)
    assert patch == ProductPatch(
        name="Band",
        metals=(),
        attributes={"finish": None, "karat": 18.0, "stone": "ruby"},
        trade_changes=TradePatch(quantity_alert=None, videos=("https://a/v",)),
    )
    assert patched(RING, patch).attributes == {"karat": 18.0, "stone": "ruby"}


@pytest.mark.parametrize(
    "wanted",
    [
        replace(CONTENT, regular_price=120_0000),
        replace(CONTENT, regular_price=None),
        replace(CONTENT, promotion_price=90_0000),
        replace(CONTENT, quantity=0, active=False, is_main=True, currency="EUR"),
        replace(CONTENT, attributes=None, trade=Trade(variation=Variation("R0", "size", "52"))),
        ProductContent(sku="R1", name="x", metals=(), gemstones=(), trade=Trade()),
    ],
)
def test_a_patched_product_is_all_that_was_wanted(wanted):
    assert values_of(completed(patched(RING, patch_to(RING, wanted)))) == values_of(completed(wanted))


def test_a_promotion_that_was_none_follows_the_price():
    patch = patch_to(RING, replace(CONTENT, regular_price=120_0000))
    assert (patch.regular_price, patch.promotion_price, patch.name) == (120_0000, 120_0000, UNSET)


def test_what_cannot_be_stored_is_refused():
    with pytest.raises(InvalidValueError, match="must not be empty"):
        patch_to(RING, replace(CONTENT, name=""))


def test_places_name_attributes_one_by_one():
    other = replace(RING, attributes={"finish": "polished", "a/b": 1}, quantity=3, trade=Trade())
    assert [*differing(values_of(RING), values_of(other))] == [
        ("quantity",),
        ("attributes", "finish"),
        ("attributes", "karat"),
        ("quantity_alert",),
        ("location",),
        ("attributes", "a/b"),
    ]
