"""What edits do to one product."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.catalog import PatchProduct
from facetry.domain.editing import edited, rounded, write_of
from facetry.domain.edits import (
    AddCategory,
    AddStock,
    AddToPrice,
    PriceField,
    RemoveCategory,
    ReplaceCategory,
    Rounding,
    ScalePrice,
    SetActive,
    SetPrice,
    SetStock,
    check_edit,
)
from facetry.domain.errors import InsufficientStockError, InvalidValueError
from facetry.domain.patching import ProductKey
from facetry.domain.product import MAX_QUANTITY, ProductContent, completed, stored
from facetry.domain.stocking import ChangeStock

MARKED_DOWN = {"regular_price": 1_000_000, "promotion_price": 899_900}


def product(**fields):
    return stored(completed(ProductContent(sku="R1", name="Ring", **fields)), "0" * 24, 1)


def prices(edit, **fields):
    after = edited(edit, product(**fields), "USD")
    return after.regular_price, after.promotion_price


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (SetPrice(500_000, "USD"), (500_000, 500_000)),
        (SetPrice(500_000, "USD", PriceField.REGULAR), (500_000, 899_900)),
        (SetPrice(500_000, "USD", PriceField.PROMOTION), (1_000_000, 500_000)),
        (AddToPrice(100, "USD"), (1_000_100, 900_000)),
        (AddToPrice(-1, "USD", PriceField.PROMOTION), (1_000_000, 899_899)),
        (AddToPrice(10_000, "USD", rounding=Rounding.ENDING_99), (1_009_900, 909_900)),
        (ScalePrice(100_000), (1_100_000, 989_900)),
        (ScalePrice(-333_333, rounding=Rounding.EXACT), (666_667, 599_934)),
        (ScalePrice(50_000, PriceField.REGULAR, Rounding.TEN), (1_100_000, 899_900)),
    ],
)
def test_prices(edit, expected):
    assert prices(edit, **MARKED_DOWN) == expected


def test_a_promotion_price_that_only_is_the_regular_one_follows_it():
    assert prices(SetPrice(50_000, "USD", PriceField.REGULAR), regular_price=70_000) == (50_000, 50_000)


def test_an_amount_is_of_one_currency_and_a_percentage_of_all():
    with pytest.raises(InvalidValueError, match="is EUR, and the amount is given in USD"):
        prices(AddToPrice(1, "USD"), currency="EUR", regular_price=1)
    assert prices(ScalePrice(1_000_000), currency="EUR", regular_price=20_000) == (40_000, 40_000)


@pytest.mark.parametrize("edit", [AddToPrice(1, "USD"), ScalePrice(10_000)])
def test_without_a_price_nothing_can_be_calculated(edit):
    with pytest.raises(InvalidValueError, match="is missing"):
        write_of(edit, product(), "USD")


def test_no_price_falls_to_nothing():
    with pytest.raises(InvalidValueError, match="greater than 0"):
        write_of(AddToPrice(-1_000_000, "USD"), product(**MARKED_DOWN), "USD")


@given(
    st.fractions(min_value=Fraction(1, 1000), max_value=10**12),
    st.sampled_from([Rounding.EXACT, Rounding.CENT, Rounding.TENTH, Rounding.WHOLE, Rounding.FIVE, Rounding.TEN]),
)
def test_rounding_is_that_of_decimals_half_up(price, rounding):
    step = {"exact": 1}.get(rounding.value) or int(Decimal(rounding.value) * 10_000)
    steps = Fraction(price, step)
    whole = steps.numerator // steps.denominator
    # Only how the rest compares with a half counts, so that a decimal of few digits stands for it.
    rest = steps - whole
    near = Decimal("0.5") if rest == Fraction(1, 2) else Decimal("0.4") if rest < Fraction(1, 2) else Decimal("0.6")
    expected = (whole + int(near.quantize(Decimal(1), ROUND_HALF_UP))) * step
    assert rounded(price, rounding) == expected


@given(
    st.integers(min_value=1, max_value=10**10),
    st.sampled_from([(Rounding.ENDING_99, 9900), (Rounding.ENDING_95, 9500)]),
)
def test_endings_are_the_nearest(price, case):
    rounding, ending = case
    found = rounded(Fraction(price), rounding)
    assert found % 10_000 == ending
    assert abs(found - price) <= 5_000


def test_stock():
    ring = product(quantity=3)
    assert edited(SetStock(7), ring, "USD").quantity == 7
    assert edited(AddStock(-3), ring, "USD").quantity == 0
    assert write_of(AddStock(2), ring, "USD", "why") == ChangeStock(ProductKey(sku="R1"), 2, "why")
    with pytest.raises(InsufficientStockError):
        write_of(AddStock(-4), ring, "USD")


CATEGORY = ("Jewelry>Rings>Halo", "Gifts")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (AddCategory("Sale > Rings"), (*CATEGORY, "Sale>Rings")),
        (AddCategory(" Jewelry > Rings > Halo "), CATEGORY),
        (RemoveCategory("Jewelry > Rings"), ("Gifts",)),
        (RemoveCategory("Jewelry > Ring"), CATEGORY),
        (ReplaceCategory("Jewelry", "Fine > Jewels"), ("Fine>Jewels>Rings>Halo", "Gifts")),
        (ReplaceCategory("Jewelry > Rings > Halo", "Gifts"), ("Gifts",)),
        (ReplaceCategory("", "Gifts"), ("Gifts",)),
        (ReplaceCategory("Nowhere", "Gifts"), CATEGORY),
    ],
)
def test_categories(edit, expected):
    assert edited(edit, product(category=CATEGORY), "USD").category == expected


def test_replacing_all_categories_by_the_one_there_is_changes_nothing():
    assert write_of(ReplaceCategory("", "A > B"), product(category=("A>B",)), "USD") is None


def test_what_changes_nothing_is_no_write():
    ring = product(quantity=3, **MARKED_DOWN)
    assert write_of(SetStock(3), ring, "USD") is None
    assert write_of(SetActive(active=True), ring, "USD") is None
    write = write_of(SetActive(active=False), ring, "USD")
    assert isinstance(write, PatchProduct)
    assert write.patch.active is False


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        *((SetPrice(0, "USD"), "amount"), (SetPrice(10**15 + 1, "USD"), "amount"), (AddToPrice(0, "USD"), "amount")),
        *((ScalePrice(0), "amount"), (ScalePrice(-1_000_000), "amount"), (ScalePrice(10_000_001), "amount")),
        *((SetStock(-1), "amount"), (SetStock(MAX_QUANTITY + 1), "amount"), (AddStock(0), "amount")),
        *((AddCategory(" > "), "category"), (RemoveCategory(""), "category"), (AddCategory("x" * 501), "category")),
        *((ReplaceCategory("a", ""), "category"), (ReplaceCategory(">", "a"), "old_category")),
        (AddCategory("\ud800"), "category"),
    ],
)
def test_edits_that_no_product_could_take(edit, field):
    with pytest.raises(InvalidValueError) as refused:
        check_edit(edit)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "edit",
    [
        SetPrice(1, "USD"),
        AddToPrice(-1, "USD"),
        ScalePrice(-999_999),
        SetStock(0),
        AddStock(-1),
        SetActive(active=False),
    ],
)
def test_edits_that_products_can_take(edit):
    check_edit(edit)
