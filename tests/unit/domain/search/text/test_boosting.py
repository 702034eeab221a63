from __future__ import annotations

from typing import Any

import pytest

from facetry.domain.money import SCALE
from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Field, Kind, Level, Schema
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.rules import Boost, SearchRules
from facetry.domain.search.text.boosting import boost_sum, number_value
from facetry.domain.search.values import date_key, float_key
from facetry.testing.search_samples import group, product


def added(boost: Boost, *members: dict[str, Any], **asked: Any) -> float:
    query = SearchQuery(rules=SearchRules(boosts=(boost,)), **asked)
    products = [product(str(place), **fields) for place, fields in enumerate(members)]
    return boost_sum(query, Schema(query.attributes), group("g", *products))


def test_the_highest_number_of_any_product_counts():
    assert added(Boost("quantity", 2.0, 10.0), {"quantity": 3}, {"quantity": 30, "active": False}) == 2.0 * (30 / 40)
    stones = ({"carat": 0.5}, {"carat": 3.0})
    assert added(Boost("gemstones.carat"), {"gemstones": stones}, {}) == 3.0 / 4.0
    assert added(Boost("rank"), {"attributes": {"rank": ["9", "x", 4]}}) == 9.0 / 10.0


def test_prices_are_in_units_of_the_query_s_currency():
    priced = {"regular_price": 30 * SCALE, "currency": "EUR"}
    assert added(Boost("price", pivot=10.0), priced, currency="EUR") == 0.75
    assert added(Boost("price", pivot=10.0), priced) == 0.0


def test_what_has_no_number_or_a_negative_one_adds_nothing():
    assert added(Boost("rank"), {"attributes": {"rank": "high"}}) == 0.0
    assert added(Boost("rank"), {"attributes": {"rank": -5}}) == 0.0
    assert added(Boost("rank", weight=0.0), {"attributes": {"rank": 5}}) == 0.0


def test_boosts_add_up():
    rules = SearchRules(boosts=(Boost("quantity"), Boost("in_stock", 3.0)))
    one = group("g", product("1", quantity=1))
    assert boost_sum(SearchQuery(rules=rules), Schema(), one) == 0.5 + 1.5


@pytest.mark.parametrize(
    ("field", "key", "number"),
    [
        (BUILT_IN["price"], 15_000, 1.5),
        (BUILT_IN["quantity"], 7, 7.0),
        (BUILT_IN["active"], 1, 1.0),
        (Field("attributes.x", Level.PRODUCT, Kind.DECIMAL), float_key(2.5), 2.5),
        (Field("attributes.x", Level.PRODUCT, Kind.ANY), float_key(-2.5), -2.5),
        (Field("attributes.x", Level.PRODUCT, Kind.DATE), date_key("1970-01-02T12:00"), 1.5),
        (Field("attributes.x", Level.PRODUCT, Kind.SCALE, ("a", "b", "c")), 2, 2.0),
    ],
)
def test_a_key_stands_for_a_number_in_its_own_unit(field, key, number):
    assert number_value(field, key) == number


def test_attributes_count_by_the_type_that_they_were_given():
    grades = (AttributeDefinition("grade", Kind.SCALE, ("low", "mid", "high")),)
    assert added(Boost("grade"), {"attributes": {"grade": "high"}}, attributes=grades) == 2.0 / 3.0
