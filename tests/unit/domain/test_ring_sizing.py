"""Which products are rings, and how their sizes are spelled and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.patching import ProductPatch, patched
from facetry.domain.ring_sizing import circumference_of, is_ring, spelled_size
from facetry.domain.trade_terms.ring_sizes import ring_circumference, rules
from facetry.testing.samples import content
from facetry.testing.search_samples import product

RING = ("Jewelry>Rings",)


@pytest.mark.parametrize(
    "category",
    [
        *("ring", "RINGS", "Jewelry>Rings", "Rings > Gold", "Engagement Rings", "Damen Ringe", "Verlobungsringe"),
        *("Wedding Bands", "Eternity band", "Bagues", "anillos", "Bridal Set", "Bague de fiançailles"),
    ],
)
def test_a_crumb_says_that_it_is_a_ring(category):
    assert is_ring(("Sale", category))


@pytest.mark.parametrize(
    "category",
    [
        *("earrings", "Ear Rings", "Watches>Bands", "Key rings", "Nose Ring", "toe rings", "Ohrringe", "Ring boxes"),
        *("necklace", "", " > ", "bring", "Napkin rings"),
    ],
)
def test_nothing_else_is_one(category):
    assert not is_ring((category,))


def test_a_product_in_no_category_is_none():
    assert not is_ring(())


@pytest.mark.parametrize(
    ("written", "spelled", "circumference"),
    [
        ("US 6 1/2", "6.5", "53.14"),
        ("6½", "6.5", "53.14"),
        ("size 6.50", "6.5", "53.14"),
        ("6 1/3", "6.3333", "52.72"),
        ("10", "10", "62.08"),
        ("L½ UK", "L 1/2", "51.88"),
        ("m", "M", "52.5"),
        ("Z+1", "Z+1", "70"),
        ("EU 52", "52", "52"),
        ("52,5", "52.5", "52.5"),
        ("52 mm", "52", "52"),
        ("EU 38", "EU 38", "38"),
        ("38mm", "38 mm", "38"),
        ("17.3 mm", "17.3 mm", "54.35"),
        ("Japan 12", "JP 12", "52.36"),
        ("it 12", "IT 12", "52"),
        ("7-9", "7-9", None),
        ("38", "38", None),
        ("99 mm", "99 mm", None),
        ("Adjustable", "Adjustable", None),
        ("", "", None),
    ],
)
def test_a_ring_size_has_one_spelling_and_a_circumference(written, spelled, circumference):
    assert spelled_size(RING, written) == spelled
    assert circumference_of(content("A", category=RING, size=written)) == circumference
    assert circumference_of(content("A", category=RING, size=spelled)) == circumference


def test_the_size_of_anything_else_stays_and_has_none():
    assert spelled_size(("bracelet",), "US 6 1/2") == "US 6 1/2"
    assert circumference_of(content("A", category=("bracelet",), size="6.5")) is None
    assert circumference_of(content("A", category=RING, size=None)) is None


@given(
    st.sampled_from([name for rule in rules().values() for name in rule.names]),
    st.one_of(
        st.decimals(0, 80, places=2).map(str),
        st.sampled_from([f"{letter}{half}" for letter in "ABCGLMTYZ" for half in ("", " 1/2", ".5")]),
    ),
)
def test_a_spelling_is_read_as_the_same_size_again(name, size):
    written = f"{name} {size}"
    spelled = spelled_size(RING, written)
    assert spelled_size(RING, spelled) == spelled
    if spelled != written:
        assert ring_circumference("size", spelled) == ring_circumference("size", written)


def test_a_patch_spells_the_size_that_it_gives_by_the_type_after_it():
    old = product("A", category=("Jewelry>Chains",), size="US 7 1/2")
    assert patched(old, ProductPatch(name="n")).size == "US 7 1/2"
    assert patched(old, ProductPatch(size="US 8 1/2")).size == "US 8 1/2"
    assert patched(old, ProductPatch(size="US 8 1/2", type="rings")).size == "8.5"
    assert patched(old, ProductPatch(size=None, type="rings")).size is None
