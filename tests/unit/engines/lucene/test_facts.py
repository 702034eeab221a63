"""Facts as terms: names and values never run into each other, and none is too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facetry.engines.lucene.facts import LONGEST_VALUE, beginning, fact, fitting, has_any, is_long

TEXTS = st.text(alphabet="ab=\\", max_size=5)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_different_fields_and_values_have_different_facts(name, value, other_name, other_value):
    same = (name, value) == (other_name, other_value)
    assert (fact(name, value) == fact(other_name, other_value)) is same
    assert fact(name, value) != has_any(other_name)
    assert fact(other_name, other_value).startswith(beginning(name)) is (name == other_name)


def test_long_values_are_told_apart_by_their_digests():
    one, other = "é" * LONGEST_VALUE + "a", "é" * LONGEST_VALUE + "b"
    assert fitting("é" * LONGEST_VALUE) == "é" * LONGEST_VALUE
    assert (is_long(one), is_long("é" * LONGEST_VALUE)) == (True, False)
    assert fitting(one) != fitting(other)
    assert len(fitting(one)) == 65
    assert len(fitting("\ud800" * LONGEST_VALUE + "x")) == 65
