"""Buckets of histograms."""

from __future__ import annotations

import itertools

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import BUILT_IN, Field, Kind, Level
from facetry.domain.search.histogram import MAX_BUCKETS, buckets, interval_problem
from facetry.domain.search.query import HistogramFacet
from facetry.domain.search.spans import DAY
from facetry.domain.search.values import HIGHEST, date_key, decimal_key, float_key

PRICE, QUANTITY, IN_STOCK = BUILT_IN["price"], BUILT_IN["quantity"], BUILT_IN["in_stock"]
CARAT = Field("gemstones.carat", Level.STONE, Kind.DECIMAL)
MADE = Field("attributes.made", Level.PRODUCT, Kind.DATE)
GRADE = Field("attributes.grade", Level.PRODUCT, Kind.SCALE, ("low", "mid", "high"))


def edges(field, lowest, highest, interval="", most=10):
    """Return where the buckets begin, and where the last one ends."""
    found = buckets(HistogramFacet("f", field, interval, most), lowest, highest)
    assert all(one[1] + 1 == other[0] for one, other in itertools.pairwise(found))
    return [*(first for first, _ in found), found[-1][1] + 1]


def decimals(*texts):
    return [decimal_key(text) for text in texts]


def days(*texts):
    return [date_key(text) for text in texts]


def test_prices_are_cut_at_multiples_of_the_interval():
    assert edges(PRICE, 190_000, 450_000, "12.5") == [125_000, 250_000, 375_000, 500_000]
    assert edges(PRICE, 0, 0, "0.0001") == [0, 1]
    assert edges(PRICE, 1, 4, "0.00015") == [0, 2, 3, 5]
    assert edges(PRICE, -1, 0, "100") == [-1_000_000, 0, 1_000_000]


def test_decimals_are_cut_where_their_texts_are():
    found = edges(CARAT, *decimals("0.3", "0.7"), "0.1")
    assert found == decimals("0.3", "0.4", "0.5", "0.6", "0.7", "0.8")
    assert edges(CARAT, *decimals("-0.3", "0.1"), "0.25") == decimals("-0.5", "-0.25", "0", "0.25")


def test_integers_are_cut_at_whole_numbers():
    assert edges(QUANTITY, 0, 9, "2.5") == [0, 3, 5, 8, 10]
    assert edges(QUANTITY, 7, 9) == [7, 8, 9, 10]
    assert edges(QUANTITY, 0, 21) == [0, 5, 10, 15, 20, 25]
    assert edges(QUANTITY, 0, 240) == list(range(0, 275, 25))


@pytest.mark.parametrize(
    ("lowest", "highest", "most", "expected"),
    [
        ("0", "10", 11, range(12)),
        ("0", "10", 10, range(0, 14, 2)),
        ("1", "1000", 1, [0, 2000]),
        ("19.99", "19.99", 10, [19, 20]),
        ("-1", "1", 1, [-2, 0, 2]),
        ("-1000", "-1", 1, [-1000, 0]),
        ("1e300", "1e300", 10, None),
    ],
)
def test_without_an_interval_the_smallest_round_one_is_taken(lowest, highest, most, expected):
    if expected is None:
        assert edges(CARAT, *decimals(lowest, highest), most=most) == [decimal_key("1e300"), decimal_key("1e300") + 1]
    else:
        wanted = [float_key(float(edge)) for edge in expected]
        assert edges(CARAT, *decimals(lowest, highest), most=most) == wanted


def test_the_smallest_round_prices_are_whole_ten_thousandths():
    assert edges(PRICE, 0, 5, most=3) == [0, 2, 4, 6]
    assert edges(PRICE, 10_000, 10_100, most=50) == list(range(10_000, 10_106, 5))


def test_dates_are_cut_at_days_weeks_months_quarters_and_years():
    begin, end = days("2024-01-30T12:00", "2024-03-05T23:59:59.999999")
    assert edges(MADE, begin, begin, "day") == days("2024-01-30", "2024-01-31")
    assert edges(MADE, begin, end, "week")[::5] == days("2024-01-29", "2024-03-04")
    assert edges(MADE, begin, end, "month") == days("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01")
    assert edges(MADE, begin, end, "quarter") == days("2024-01-01", "2024-04-01")
    assert edges(MADE, begin, end, "year") == days("2024-01-01", "2025-01-01")


@pytest.mark.parametrize(
    ("begin", "end", "first", "last", "number"),
    [
        ("2024-01-30", "2024-02-08", "2024-01-30", "2024-02-09", 10),
        ("2024-01-30", "2024-03-05", "2024-01-29", "2024-03-11", 6),
        ("2024-01-30", "2024-10-05", "2024-01-01", "2024-11-01", 10),
        ("2022-11-30", "2024-10-05", "2022-10-01", "2025-01-01", 9),
        ("2016-11-30", "2024-10-05", "2016-01-01", "2025-01-01", 9),
        ("1890-11-30", "2024-10-05", "1880-01-01", "2040-01-01", 8),
    ],
)
def test_dates_without_an_interval_take_a_sensible_one(begin, end, first, last, number):
    found = edges(MADE, *days(begin, end))
    assert [found[0], found[-1]] == days(first, last)
    assert len(found) == number + 1


def test_dates_at_the_ends_of_the_calendar_are_counted():
    lowest, highest = date_key("0001-01-01T00:00+23:59"), date_key("9999-12-31T23:59-23:59")
    found = edges(MADE, lowest, highest, most=1)
    assert found == [lowest, highest + 1]
    assert edges(MADE, date_key("9999-12-31"), date_key("9999-12-31"), "year") == [
        date_key("9999-01-01"),
        date_key("9999-12-31") + DAY,
    ]


def test_scales_and_booleans_have_a_bucket_a_value():
    assert buckets(HistogramFacet("f", GRADE), 0, 2) == ((0, 0), (1, 1), (2, 2))
    assert buckets(HistogramFacet("f", IN_STOCK), 0, 1) == ((0, 0), (1, 1))


def test_huge_numbers_end_where_keys_do():
    top = float_key(1.7976931348623157e308)
    assert edges(CARAT, top, top, "1e308") == [float_key(1e308), HIGHEST]
    assert edges(CARAT, -top - 1, -top - 1, "1e308")[1] == float_key(-1e308)


def test_too_many_buckets_are_refused():
    assert len(edges(PRICE, 0, MAX_BUCKETS * 10_000 - 1, "1")) == MAX_BUCKETS + 1
    with pytest.raises(SearchError) as caught:
        edges(PRICE, 0, MAX_BUCKETS * 10_000, "1")
    assert caught.value.pointer == "/facets"
    assert caught.value.message == "interval of f makes 1001 buckets; at most 1000 are answered"


@pytest.mark.parametrize(
    ("field", "interval", "problem"),
    [
        (PRICE, "12.5", None),
        (PRICE, "0.0001", None),
        (PRICE, "0.00009", "must be at least 0.0001"),
        (PRICE, "0", "must be a number above 0"),
        (PRICE, "-1", "must be a number above 0"),
        (PRICE, "x", "must be a number above 0"),
        (QUANTITY, "0.5", "must be at least 1"),
        (CARAT, "1e-5", None),
        (CARAT, "1e-999", "must be a number above 0"),
        (MADE, "quarter", None),
        (MADE, "1", "must be day, week, month, quarter or year"),
        (GRADE, "1", "must not be given: every value is a bucket"),
    ],
)
def test_an_interval_must_fit_its_field(field, interval, problem):
    assert interval_problem(field, interval) == problem
    if problem:
        with pytest.raises(SearchError, match=f"interval of f {problem}"):
            edges(field, 0, 1, interval)
