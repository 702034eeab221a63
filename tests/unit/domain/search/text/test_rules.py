from __future__ import annotations

import pytest

from facetry.domain.analysis import LANGUAGES, fold
from facetry.domain.search.rules import Pin, SearchRules, StopWords, Synonym
from facetry.domain.search.text.identity import Same
from facetry.domain.search.text.negation import NEGATIONS, denied, denied_by_ending, negation
from facetry.domain.search.text.pinning import NOWHERE, Placement, placement
from facetry.domain.search.text.stop_words import language_stop_words, stop_words
from facetry.domain.search.text.synonyms import synonyms


def test_every_language_has_stop_words_that_are_folded_and_deny_nothing():
    for language in LANGUAGES:
        words = language_stop_words(language)
        assert len(words) >= 15
        assert {fold(word) for word in words} == words
        assert not words & negation(language).before
    assert language_stop_words("none") == frozenset()


def test_every_language_knows_how_to_deny():
    assert set(NEGATIONS) == set(LANGUAGES)
    for signs in NEGATIONS.values():
        for word in (*signs.before, *signs.between, *signs.behind, *signs.endings):
            assert fold(word) == word
    assert denied(["ohne", "x"], "xx") == []


def test_a_tenant_adds_stop_words_or_leaves_out_those_of_the_language():
    rules = SearchRules(stop_words=("Café", "x y"))
    assert stop_words("en", rules) == language_stop_words("en") | {"cafe", "x", "y"}
    assert stop_words("en", SearchRules(language_stop_words=StopWords.NONE)) == frozenset()


@pytest.mark.parametrize(
    ("text", "language", "keys"),
    [
        ("no nickel", "en", ["xnickel"]),
        ("without any rings", "en", ["xani", "xring"]),
        ("nickel free", "en", ["xnickel"]),
        ("free", "en", []),
        ("without", "en", []),
        ("sans nickel", "fr", ["xnickel"]),
        ("bague sans", "fr", []),
    ],
)
def test_words_deny_what_stands_beside_them(text, language, keys):
    assert denied(text.split(), language) == keys


@pytest.mark.parametrize(
    ("word", "language", "key"),
    [("strapless", "en", "xstrap"), ("bless", "en", None), ("nickelfrei", "de", "xnickel"), ("los", "de", None)],
)
def test_endings_deny_the_rest_of_a_word(word, language, key):
    assert denied_by_ending(word, language) == key


def test_pins_of_the_same_words_add_up():
    pins = (
        Pin("Gold ring", first=("a", "b")),
        Pin("gold  RING", first=("b", "c", "d"), hide=("d",)),
        Pin("ring", hide=("a",)),
    )
    assert placement(pins, "gold-ring") == Placement({"a": 2, "b": 1, "c": 0}, frozenset({"d"}))
    assert placement(pins, "Ring") == Placement({}, frozenset({"a"}))
    assert placement(pins, "gold") is NOWHERE
    assert placement(pins, "--") is NOWHERE
    assert placement((), "ring") is NOWHERE


def test_synonyms_are_known_by_stems():
    rules = (Synonym(("ring", "gold band", "Ring")), Synonym(("hoop",), source="earrings"))
    known = synonyms(rules, "en")
    assert known.has(["rings"])
    assert known.has(["golds", "bands"])
    assert known.meanings(["rings"]) == [("gold", "band")]
    assert known.meanings(["earring"]) == [("hoop",)]
    assert not known.has(["hoop"])
    assert not known.has(["x"] * 20)
    assert known.meanings(["x"]) == []


def test_synonyms_without_words_or_of_too_many_are_passed_over():
    assert not synonyms((Synonym(("--", "x"), source="!"),), "en").has([])
    assert not synonyms((Synonym(("x " * 9, "y"), source="x " * 9),), "en").has(["x"] * 9)


def test_rules_are_made_ready_once_for_the_same_object():
    rules = (Synonym(("a", "b")),)
    assert synonyms(rules, "en") is synonyms(rules, "en")
    assert synonyms(rules, "de") is not synonyms(rules, "en")
    assert synonyms((Synonym(("a", "b")),), "en") is not synonyms(rules, "en")
    assert Same(rules) != rules
