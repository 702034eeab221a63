"""Number keys of literals."""

from __future__ import annotations

import pytest

from facetry.domain.search.fields import BUILT_IN, Field, Kind, Level
from facetry.domain.search.spans import DAY, FIRST, LAST, kind_name, range_span, span
from facetry.domain.search.values import date_key, decimal_key

PRICE = BUILT_IN["price"]
DATE = Field("made", Level.PRODUCT, Kind.DATE)
GRADE = Field("grade", Level.PRODUCT, Kind.SCALE, ("low", "high"))
ANY = Field("metal", Level.PRODUCT, Kind.ANY)


@pytest.mark.parametrize(
    ("field", "text", "keys"),
    [
        (PRICE, "499.99", (4_999_900, 4_999_900)),
        (PRICE, "-.00005", (0, -1)),
        (PRICE, "1e-999", (1, 0)),
        (PRICE, "1e300", (LAST - 1, LAST - 1)),
        (PRICE, "-1e300", (FIRST + 1, FIRST + 1)),
        (PRICE, "1,5", None),
        (PRICE, "1e999", None),
        (DATE, "20240531", (date_key("2024-05-31"), date_key("2024-05-31") + DAY - 1)),
        (DATE, "2024-05-31T00:00", (date_key("2024-05-31"),) * 2),
        (DATE, "May", None),
        (GRADE, "HIGH", (1, 1)),
        (GRADE, "highest", None),
        (ANY, "0.50", (decimal_key("0.5"),) * 2),
        (ANY, "x", None),
        (Field("note", Level.PRODUCT, Kind.TEXT), "5", None),
    ],
)
def test_a_literal_has_keys(field, text, keys):
    assert span(field, text) == keys


@pytest.mark.parametrize(
    ("low", "high", "keys"),
    [
        (None, None, (FIRST, LAST)),
        ("1", None, (10_000, LAST)),
        (None, "1", (FIRST, 9_999)),
        ("1", "2", (10_000, 19_999)),
        ("1.00005", "1.00015", (10_001, 10_001)),
        ("x", "2", None),
        ("1", "x", None),
    ],
)
def test_a_range_begins_at_one_literal_and_ends_below_another(low, high, keys):
    assert range_span(PRICE, low, high) == keys


def test_a_range_of_dates_ends_before_its_last_day():
    assert range_span(DATE, "2024-01-01", "2024-02-01") == (date_key("2024-01-01"), date_key("2024-02-01") - 1)


def test_every_kind_has_a_name():
    names = [kind_name(Field("f", Level.PRODUCT, kind, ("a", "b"))) for kind in Kind]
    assert names == [
        "a number",
        "a text",
        "a number",
        "an integer of 64 bits",
        "a decimal number",
        "true or false",
        "an ISO 8601 date or time such as 2024-05-31",
        "one of a, b",
        "a price such as 499.99",
    ]
