import pytest

from facetry.domain.search.rule_edits import pin_for, with_pin, with_synonym, without_synonym
from facetry.domain.search.rules import Pin, SearchRules, Synonym

ONE, TWO, THREE = Synonym(("a", "b")), Synonym(("c",), source="d"), Synonym(("e", "f"))
RULES = SearchRules(synonyms=(ONE, TWO), relax_below=3)


def test_a_synonym_is_added_at_the_end_or_replaces_another_in_its_place():
    assert with_synonym(RULES, THREE) == SearchRules(synonyms=(ONE, TWO, THREE), relax_below=3)
    assert with_synonym(RULES, THREE, instead_of=ONE).synonyms == (THREE, TWO)
    assert with_synonym(RULES, THREE, instead_of=Synonym(("gone", "x"))).synonyms == (ONE, TWO, THREE)


def test_a_synonym_is_removed():
    assert without_synonym(RULES, ONE) == SearchRules(synonyms=(TWO,), relax_below=3)
    assert without_synonym(RULES, THREE) == RULES


PINNED = SearchRules(
    pins=(Pin("Ring", ("A", "B"), ("C",)), Pin("band", ("D",)), Pin("ring!", ("E", "A", "C"), ("F",))),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("RING", Pin("RING", ("A", "B", "E"), ("C", "F"))),
        ("band", Pin("band", ("D",))),
        ("gold ring", Pin("gold ring")),
    ],
)
def test_what_rules_say_of_a_query_is_one_pin(query, expected):
    assert pin_for(PINNED, query) == expected


def test_a_pin_takes_the_place_of_all_for_its_query():
    new = Pin("ring", ("Z",))
    assert with_pin(PINNED, new).pins == (new, Pin("band", ("D",)))
    assert with_pin(PINNED, Pin("brooch", ("Z",))).pins == (*PINNED.pins, Pin("brooch", ("Z",)))


def test_an_empty_pin_removes_those_for_its_query():
    assert with_pin(PINNED, Pin("ring")).pins == (Pin("band", ("D",)),)
    assert with_pin(PINNED, Pin("brooch")) == PINNED
