"""Prices and counts as people type them."""

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import MAX_PRICE
from facetry.domain.typed_values import typed_count, typed_price


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("", None),
        ("  ", None),
        ("1290", 1290_0000),
        (" 1,290.50 ", 1290_5000),
        ("1.290,50", 1290_5000),
        ("0.0001", 1),
        ("€ 99", 99_0000),
        ("99 EUR", 99_0000),
        ("99.12340", 99_1234),
        ("100000000000", MAX_PRICE),
    ],
)
def test_prices_are_exact(text, minor):
    assert typed_price("price", text, "EUR") == minor


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "must be greater than 0 and at most 100000000000"),
        ("-5", "must not be negative"),
        ("100000000001", "must be at most 100000000000"),
        ("1.23456", "must have at most 4 decimals"),
        ("5 CHF", "must be in EUR"),
        ("cheap", "must be a price such as 1234.50, $1,234.50 or 99 EUR"),
        ("<script>", "must be a price such as 1234.50, $1,234.50 or 99 EUR"),
    ],
)
def test_what_is_no_price_is_refused(text, message):
    with pytest.raises(InvalidValueError) as caught:
        typed_price("price", text, "EUR")
    assert (caught.value.field, caught.value.message) == ("price", message)


def test_decimals_behind_a_sign_count_too():
    assert typed_price("price", "Rs. 5.5", "INR") == 5_5000
    with pytest.raises(InvalidValueError, match="at most 4 decimals"):
        typed_price("price", "€ 1.23456", "EUR")


@pytest.mark.parametrize(("text", "count"), [("", None), ("0", 0), ("12", 12), ("1,200", 1200)])
def test_counts_are_whole(text, count):
    assert typed_count("stock", text) == count


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "9007199254740993"])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(InvalidValueError) as caught:
        typed_count("stock", text)
    assert caught.value.field == "stock"
