"""Names and times under which journals count."""

from __future__ import annotations

import pytest

from facetry.domain.journal import MAX_NAME_LENGTH, MINUTE_SECONDS, period, query_name, storable


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ring", "ring"),
        ("  Gold \t RING\n", "gold ring"),
        ("", ""),
        ("STRASSE straße", "strasse strasse"),
        ("\ud800x", "?x"),
        ("a" * 500, "a" * MAX_NAME_LENGTH),
    ],
)
def test_equal_queries_have_one_name(typed, name):
    assert query_name(typed) == name


def test_texts_are_cut_and_made_storable():
    assert storable("abc💍", 4) == "abc💍"
    assert storable("abc", 2) == "ab"
    assert storable("a\udfff", 9) == "a?"


def test_periods_begin_at_whole_minutes_and_days():
    assert period(1_600_000_019.9, MINUTE_SECONDS) == 1_599_999_960
    assert period(1_600_000_020.0, MINUTE_SECONDS) == 1_600_000_020
    assert period(-1.0, MINUTE_SECONDS) == -60
