"""Prices as integers: what is read, how it is rounded, how it is shown."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.money import MAX_PRICE, SCALE, parse_price, price_from_number, price_to_number, price_to_text

prices = st.integers(0, MAX_PRICE)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("5.99", 59_900),
        (".5", 5_000),
        ("+5", 50_000),
        ("-5", -50_000),
        ("007.50", 75_000),
        ("0", 0),
        ("-0", 0),
        ("0.00005", 0),
        ("0.00015", 2),
        ("0.00025", 2),
        ("0.000250001", 3),
        ("100000000000", MAX_PRICE),
    ],
)
def test_a_plain_decimal_is_read(text, minor):
    assert parse_price(text) == minor


@pytest.mark.parametrize(
    "text", ["", " ", "5.", "1e3", "5,99", "NaN", "inf", " 5", "5 ", "5\n", "--5", "٥", "0x5", "1_0"]
)
def test_anything_else_is_none(text):
    assert parse_price(text) is None


@pytest.mark.parametrize(
    ("number", "minor"), [(5, 50_000), (5.99, 59_900), (1e3, 10_000_000), (0.1 + 0.2, 3_000), (1e-9, 0), (-0.0, 0)]
)
def test_a_number_is_read_in_any_notation(number, minor):
    assert price_from_number(number) == minor


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_no_price(number):
    assert price_from_number(number) is None


@pytest.mark.parametrize("huge", [1e300, 10**40, 1e21])
def test_a_huge_price_is_more_than_the_most(huge):
    assert price_from_number(huge) > MAX_PRICE
    assert price_from_number(-huge) < -MAX_PRICE


def test_a_huge_text_is_more_than_the_most():
    assert parse_price("9" * 10_000) > MAX_PRICE
    assert parse_price("0." + "9" * 10_000) == SCALE


@pytest.mark.parametrize(("minor", "number"), [(80_000, 8), (59_900, 5.99), (1, 0.0001), (MAX_PRICE, 10**11)])
def test_a_whole_price_is_a_whole_number(minor, number):
    shown = price_to_number(minor)
    assert (shown, type(shown)) == (number, type(number))


@pytest.mark.parametrize(("minor", "text"), [(80_000, "8"), (59_900, "5.99"), (1, "0.0001"), (-5_000, "-0.5")])
def test_a_price_is_shown_as_short_as_it_can_be(minor, text):
    assert price_to_text(minor) == text


@given(prices)
def test_every_price_survives_json_and_text(minor):
    assert price_from_number(price_to_number(minor)) == minor
    assert parse_price(price_to_text(minor)) == minor


@given(st.decimals(0, 10**11, places=8))
def test_more_decimals_are_rounded_to_even(value):
    exact = value * SCALE
    assert parse_price(format(value, "f")) == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))


@given(st.text(max_size=20))
def test_no_text_makes_it_fail(text):
    parsed = parse_price(text)
    assert parsed is None or isinstance(parsed, int)


@given(st.floats())
def test_no_number_makes_it_fail(number):
    parsed = price_from_number(number)
    assert (parsed is None) == (not math.isfinite(number))
