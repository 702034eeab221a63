"""Filters as JSON: what is read, what is refused and where."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.language.documents import read_filter
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.language.syntax import MAX_CONDITIONS, MAX_DEPTH


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"color": "Red"}, "color = Red"),
        ({"color": ["Red", "Rose"]}, "color IN [Red, Rose]"),
        ({"price": {"gte": 1, "lt": 5.5}}, "price >= 1 AND price < 5.5"),
        ({"color": "Red", "size": 6, "in_stock": True}, "color = Red AND size = 6 AND in_stock = true"),
        ({"field": "price", "lt": 500}, "price < 500"),
        ({"field": "price", "gt": 1, "lte": 500}, "price > 1 AND price <= 500"),
        ({"field": "and", "eq": False}, '"and" = false'),
        ({"field": "color", "in": ["Red"]}, "color IN [Red]"),
        ({"field": "color", "not_in": ["Red"], "ne": ""}, 'color NOT IN [Red] AND color != ""'),
        ({"price": {"between": [1, 2]}}, "price BETWEEN 1 AND 2"),
        ({"price": {"not_between": [1, 2]}}, "price NOT BETWEEN 1 AND 2"),
        ({"price": {"exists": True}}, "price EXISTS"),
        ({"price": {"exists": False}}, "price NOT EXISTS"),
        ([{"a": 1}, {"b": 2}], "a = 1 AND b = 2"),
        ([{"a": 1}], "a = 1"),
        ({"and": [{"a": 1}, {"or": [{"b": 2}, {"c": 3}]}]}, "a = 1 AND (b = 2 OR c = 3)"),
        ({"or": [{"a": 1}]}, "a = 1"),
        ({"not": {"a": 1}}, "NOT a = 1"),
        ({"not": {"a": 1, "b": 2}}, "NOT (a = 1 AND b = 2)"),
        ({"any_product": {"a": 1}}, "any_product(a = 1)"),
        ({"any_stone": {"gemstones.carat": 1e-7}}, "any_stone(gemstones.carat = 1e-07)"),
        ({"a": 1e3}, "a = 1000"),
        ({"a": 10**30}, f"a = {10**30}"),
    ],
)
def test_a_document_is_read(document, text):
    assert read_filter(document) == parse(text)


@pytest.mark.parametrize("document", [[], {}])
def test_an_empty_document_is_no_filter(document):
    assert read_filter(document) is None


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        ("color = Red", "/filter", "must be an array of one condition or more"),
        (5, "/filter", "must be an array of one condition or more"),
        ([5], "/filter/0", 'must be an object such as {"field": "price", "lt": 500}'),
        ([{}], "/filter/0", 'must be an object such as {"field": "price", "lt": 500}'),
        ({1: 2}, "/filter", 'must be an object such as {"field": "price", "lt": 500}'),
        ({"and": []}, "/filter/and", "must be an array of one condition or more"),
        ({"or": {"a": 1}}, "/filter/or", "must be an array of one condition or more"),
        ({"and": [{"a": 1}], "b": 2}, "/filter", "and must be the only key of its object"),
        ({"not": [{"a": 1}]}, "/filter/not", 'must be an object such as {"field": "price", "lt": 500}'),
        ({"not": {"a/~b": None}}, "/filter/not/a~1~0b", "must be a text, a number, true or false"),
        ({"a": []}, "/filter/a", "must be an array of one value or more"),
        ({"a": [1, None]}, "/filter/a/1", "must be a text, a number, true or false"),
        ({"a": [[1]]}, "/filter/a/0", "must be a text, a number, true or false"),
        ({"a": float("nan")}, "/filter/a", "must be a finite number"),
        ({"a": 10**5000}, "/filter/a", "is too large a number"),
        ({"a": "\ud800"}, "/filter/a", "must be valid Unicode, without lone surrogates"),
        ({"\ud800": 1}, "/filter/?", "must be valid Unicode, without lone surrogates"),
        ({"a": {}}, "/filter/a", ("must have an operator: eq, ne, lt, lte, gt, gte, in, not_in, between, not_between, "
         "exists")),
        ({"field": "a"}, "/filter", ("must have an operator: eq, ne, lt, lte, gt, gte, in, not_in, between, "
         "not_between, exists")),
        ({"a": {"le": 1}}, "/filter/a", ("'le' is no operator: eq, ne, lt, lte, gt, gte, in, not_in, between, "
         "not_between, exists")),
        ({"field": 5, "eq": 1}, "/filter/field", "must be a text"),
        ({"field": None, "eq": 1}, "/filter/field", "must be a text"),
        ({"a": {"lt": [1]}}, "/filter/a/lt", "must be a text, a number, true or false"),
        ({"a": {"in": "b"}}, "/filter/a/in", "must be an array of one value or more"),
        ({"a": {"between": [1]}}, "/filter/a/between", "must be an array of two values"),
        ({"a": {"between": 1}}, "/filter/a/between", "must be an array of one value or more"),
        ({"a": {"exists": 1}}, "/filter/a/exists", "must be true or false"),
    ],
)  # fmt: skip
def test_an_error_points_at_the_place(document, pointer, message):
    with pytest.raises(SearchError) as caught:
        read_filter(document)
    assert (caught.value.pointer, caught.value.position, caught.value.message) == (pointer, None, message)


def test_depth_and_number_of_conditions_are_limited():
    document = {"a": 1}
    for _ in range(MAX_DEPTH):
        document = {"not": document}
    assert read_filter(document) == parse("NOT " * MAX_DEPTH + "a = 1")
    with pytest.raises(SearchError, match="at most 50 levels"):
        read_filter({"not": document})
    assert len(read_filter([{"a": 1}] * MAX_CONDITIONS).parts) == MAX_CONDITIONS
    with pytest.raises(SearchError, match="at most 500 conditions") as caught:
        read_filter([{"a": 1}] * (MAX_CONDITIONS + 1))
    assert caught.value.pointer == "/filter/500/a"
