"""Syntax trees as text."""

from __future__ import annotations

import pytest

from facetry.domain.search.language.parsing import parse
from facetry.domain.search.language.writing import written, written_literal


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("( price<5 )", "price < 5"),
        ('"brand"="Parle"', "brand = Parle"),
        ('a in ["b",\'c]', "a IN [b, 'c]"),
        ("a not in [b]", "a NOT IN [b]"),
        ("a between 1 and 2 and b not between 3 and 4", "a BETWEEN 1 AND 2 AND b NOT BETWEEN 3 AND 4"),
        ("a exists or b not exists", "a EXISTS OR b NOT EXISTS"),
        ("a=1 and (b=2 or c=3)", "a = 1 AND (b = 2 OR c = 3)"),
        ("a=1 or (b=2 and c=3)", "a = 1 OR b = 2 AND c = 3"),
        ("a=1 or (b=2 or c=3)", "a = 1 OR (b = 2 OR c = 3)"),
        ("(a=1 and b=2) and c=3", "(a = 1 AND b = 2) AND c = 3"),
        ("not(a=1 and b=2)", "NOT (a = 1 AND b = 2)"),
        ("not(not(a=1))", "NOT NOT a = 1"),
        ("any_Product((a=1 or b=2)) and ANY_STONE(c=3)", "any_product(a = 1 OR b = 2) AND any_stone(c = 3)"),
        (r'a = "x\"y\\z\n"', 'a = "x\\"y\\\\z\n"'),
    ],
)
def test_a_tree_is_written_canonically(text, canonical):
    assert written(parse(text)) == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    "text", ["", "a b", "OR", "and", "Not", "in", "BETWEEN", "exists", "any_product", "a,b", "a=b"]
)
def test_what_is_no_plain_word_is_quoted(text):
    assert written_literal(text) == f'"{text}"'
