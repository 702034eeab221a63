from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.jewelry.carats import amount, rounded, shortest, value


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1/2", "0.50"),
        ("1 and 1/2", "1.50"),
        ("2 - 3/4", "2.75"),
        (".5", "0.5"),
        ("0,5", "0.5"),
        ("5/0", "0"),
        ("", "0"),
    ],
)
def test_amounts(number, expected):
    assert amount(number) == Decimal(expected)


def test_halves_are_rounded_up():
    assert [str(rounded(Decimal(number))) for number in ("0.125", "0.124", "1")] == ["0.13", "0.12", "1.00"]


@given(st.decimals(min_value="0.01", max_value="999.99", places=2))
def test_a_weight_survives_being_written(number):
    assert value(shortest(number)) == number
    assert value(f"{shortest(number)} ct") == number


def test_zeros_that_say_nothing_are_left_out():
    assert [shortest(Decimal(text)) for text in ("0.50", "10", "100.00", "1E+2")] == ["0.5", "10", "100", "100"]
