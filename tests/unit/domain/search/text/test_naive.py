from __future__ import annotations

import math

import pytest

from facetry.domain.money import SCALE
from facetry.domain.search.answering import answer_from
from facetry.domain.search.evaluation import evaluate
from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Kind
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import (
    ALL_IN_NAME_WEIGHT,
    BEGIN_WEIGHT,
    BEHIND_DENIED_WEIGHT,
    IDENTIFIER_FREQUENCY,
    IDENTIFIER_QUALITIES,
    K1,
    PIN_TIER,
    WORD_TIER,
    field_weights,
    idf,
    weighted_idf,
)
from facetry.domain.search.result import WordScore
from facetry.domain.search.rules import Boost, Pin, SearchRules, Synonym
from facetry.domain.search.text.naive import Matching, analysed, attempts
from facetry.testing.search_samples import group, product, single
from tests.unit.domain.search.text.texts import answered, found

RING = single("ring", name="Gold ring", brand="Parle", category=("Jewelry>Rings",), regular_price=300 * SCALE)
CHAIN = single("chain", name="Silver necklace", description="Not a ring; nickel free.", regular_price=900 * SCALE)
LAMP = single("lamp", name="Desk lamp")
SHOP = (RING, CHAIN, LAMP)


def explained(text: str, *groups, **asked) -> dict[str, tuple[WordScore, ...]]:
    hits = answered(text, *groups, explain=True, **asked).hits
    return {hit.group.group_id: hit.explanation for hit in hits}


def scores(text: str, *groups, **asked) -> dict[str, float]:
    return {hit.group.group_id: hit.score for hit in answered(text, *groups, **asked).hits}


def squashed(score: float) -> float:
    return score / (1.0 + score)


def saturated(frequency: float) -> float:
    return frequency * (K1 + 1.0) / (frequency + K1)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ring", ["ring", "chain"]),
        ("rings", ["ring", "chain"]),
        ("gold rings", ["ring"]),
        ("PARLE", ["ring"]),
        ("jewel", ["ring"]),
        ("neck lace", ["chain"]),
        ("neclace", ["chain"]),
        ("goldring", ["ring"]),
        ("lam", ["lamp"]),
        ("lam ", []),
        ("???", []),
        ("", ["chain", "lamp", "ring"]),
        ("unicorn", []),
    ],
)
def test_words_are_found_as_people_type_them(text, ids):
    assert found(text, *SHOP) == ids


def test_a_score_is_what_the_definition_says():
    (entry,) = explained("lamp ", RING, LAMP)["lamp"]
    weights = field_weights({}, (4, 1, 2, 0, 0, 0), 2)
    frequency = 1.0 * weights.weights[0] / (1.0 - 0.5 + 0.5 * (2 / 2.0))
    lamp_idf = idf(2, 1)
    assert entry == WordScore("lamp", 1, pytest.approx(frequency), pytest.approx(lamp_idf * saturated(frequency)), 0)
    total = entry.weight + ALL_IN_NAME_WEIGHT * lamp_idf
    assert scores("lamp ", RING, LAMP) == {"lamp": pytest.approx(WORD_TIER + squashed(total))}
    begun = scores("desk ", RING, LAMP)["lamp"]
    assert begun == pytest.approx(WORD_TIER + squashed(total + BEGIN_WEIGHT * lamp_idf))


def test_exact_words_stand_above_stems_and_those_above_typos():
    groups = (single("stem", name="rings"), single("typo", name="king"), single("exact", name="ring"))
    assert found("ring", *groups, understand=False) == ["exact", "stem"]
    assert found("rinng", *groups) == ["exact", "stem"]
    assert found("qing", *groups) == ["exact", "typo", "stem"]


def test_fewer_typos_stand_first():
    groups = (single("a", name="bracelet"), single("b", name="bracelat bracelat bracelat"))
    assert found("bracelot", *groups) == ["b", "a"]
    typed = scores("bracelot", *groups)
    assert {group_id: math.ceil(score) for group_id, score in typed.items()} == {"a": WORD_TIER, "b": WORD_TIER}


def test_a_group_that_has_a_word_as_typed_takes_no_typo_for_it():
    groups = (single("a", name="golden cage"), single("b", name="goldin cage"))
    found_scores = scores("goldin kage", *groups)
    assert math.floor(found_scores["b"]) == 2 * WORD_TIER - 1
    assert list(found_scores) == ["b"]


def test_words_in_the_order_of_the_name_stand_first():
    groups = (single("a", name="ring gold lamp"), single("b", name="gold ring lamp"))
    assert found("gold ring", *groups) == ["b", "a"]


def test_all_words_in_the_name_stand_before_words_elsewhere():
    groups = (single("a", name="x gold y", category=("ring",)), single("b", name="x gold y ring"))
    assert found("gold ring", *groups, rules=SearchRules(weights={"category": 3.0})) == ["b", "a"]


def test_where_nothing_has_all_words_fewer_are_asked_for_visibly():
    result = answered("gold unicorn ring", *SHOP)
    assert [hit.group.group_id for hit in result.hits] == ["ring"]
    assert (result.words, result.required_words, result.hits[0].matched_words) == (3, 2, 2)


def test_a_known_word_may_be_misspelt_where_nothing_has_all_words():
    groups = (single("a", name="gold wing"), single("b", name="silver ring"))
    result = answered("gold ring", *groups)
    assert ([hit.group.group_id for hit in result.hits], result.typos) == (["a"], True)


def test_what_was_understood_wrongly_is_looked_up_as_words():
    cheap = single("cheap", name="ring under 500 pounds", regular_price=900 * SCALE)
    result = answered("ring under $500", cheap)
    assert ([hit.group.group_id for hit in result.hits], result.reads) == (["cheap"], ())


def test_conditions_of_the_text_hold_on_products_and_are_told():
    result = answered("ring under $500", *SHOP)
    assert [hit.group.group_id for hit in result.hits] == ["ring"]
    assert [read.filter for read in result.reads] == ["price < 500"]
    assert found("under $500", *SHOP) == ["ring"]


def test_terms_of_the_trade_are_found_however_they_are_written():
    groups = (single("a", name="ring 14 karat"), single("b", name="ring 585 gold"), single("c", name="ring 14"))
    assert set(found("14kt ring", *groups)) == {"a", "b"}
    white = (single("a", name="white gold ring"), single("b", name="gold ring, white stone"))
    assert found("white gold ring", *white) == found("Weißgold", *white) == ["a"]


def test_what_a_text_denies_is_better_and_what_was_denied_makes_nothing_better():
    groups = (
        single("a", name="ring of nickel"),
        single("b", name="ring", description="without nickel"),
        single("c", name="nickel"),
        single("d", name="ring of steel, matte"),
    )
    result = answered("ring without nickel matte", *groups, explain=True)
    assert [hit.group.group_id for hit in result.hits] == ["b", "d", "a"]
    assert (result.words, result.required_words) == (1, 1)
    weights = {entry.word: entry.weight for entry in result.hits[0].explanation}
    assert weights["without"] > weights["nickel"] == 0.0
    matte = result.hits[1].explanation[3]
    assert matte.weight == pytest.approx(weighted_idf(BEHIND_DENIED_WEIGHT, idf(4, 1)) * saturated(matte.frequency))


@pytest.mark.parametrize(
    ("text", "quality"),
    [("ab-1234.x", IDENTIFIER_QUALITIES[0]), ("AB 1234", IDENTIFIER_QUALITIES[1]), ("234x", IDENTIFIER_QUALITIES[2])],
)
def test_identifiers_are_found_whole_by_their_beginning_and_within(text, quality):
    one = group("a", product("AB-1234-X", name="ring"))
    result = answered(text, one, LAMP, explain=True)
    assert [hit.group.group_id for hit in result.hits] == ["a"]
    assert result.hits[0].explanation[0].frequency == IDENTIFIER_FREQUENCY * quality


def test_a_certificate_number_goes_to_its_stone():
    one = single("a", name="ring", gemstones=({"certificate_number": "2141438172"},))
    assert found("2141438172", one, LAMP) == ["a"]
    assert found("GIA 2141438172", one, LAMP) == ["a"]
    own = (AttributeDefinition("ref", Kind.KEYWORD, identifier=True),)
    refed = single("b", name="ring", attributes={"ref": "Z/77-1"})
    assert found("z771", refed, LAMP, attributes=own) == ["b"]
    assert found("z771", refed, LAMP) == []


def test_synonyms_work_at_once():
    rules = SearchRules(synonyms=(Synonym(("collier", "necklace")),))
    assert found("collier", *SHOP) == []
    assert found("collier", *SHOP, rules=rules) == ["chain"]


def test_a_field_of_weight_zero_is_left_out():
    rules = SearchRules(weights={"description": 0.0})
    assert found("ring", *SHOP, rules=rules) == ["ring"]
    assert found("nickel", *SHOP, rules=rules) == []


def test_pinned_groups_stand_first_whatever_they_have_and_hidden_ones_nowhere():
    pins = (
        Pin("Gold RING!", first=("lamp", "gone"), hide=("chain",)),
        Pin("gold ring", first=("chain", "ring")),
        Pin("lamp", hide=("lamp",)),
    )
    rules = SearchRules(pins=pins)
    result = answered("gold  ring", *SHOP, rules=rules)
    assert [hit.group.group_id for hit in result.hits] == ["lamp", "ring"]
    lamp, ring = (hit.score for hit in result.hits)
    assert lamp == 3 * PIN_TIER
    assert ring == PIN_TIER + scores("gold ring", *SHOP)["ring"]
    assert found("ring gold", *SHOP, rules=rules) == ["ring"]
    assert found("lamp", *SHOP, rules=rules) == []


def test_pinned_groups_pass_the_filters_too():
    rules = SearchRules(pins=(Pin("ring", first=("lamp",)),))
    priced = answered("ring", *SHOP, rules=rules).hits[1].group
    condition = Has(BUILT_IN["price"], exists=True)
    assert priced.group_id == "ring"
    assert found("ring", *SHOP, rules=rules, filter=condition) == ["ring", "chain"]


def test_boosts_raise_scores_by_the_highest_number_of_a_group():
    rules = SearchRules(boosts=(Boost("price", weight=2.0, pivot=100.0),))
    plain = scores("ring", *SHOP)
    raised = scores("ring", *SHOP, rules=rules)
    for group_id, number in (("ring", 300.0), ("chain", 900.0)):
        part = plain[group_id] - WORD_TIER
        score = part / (1.0 - part)
        expected = WORD_TIER + squashed(score * (1.0 + 2.0 * (number / (number + 100.0))))
        assert raised[group_id] == pytest.approx(expected)


def test_without_a_text_boosts_are_all_there_is():
    rules = SearchRules(boosts=(Boost("price", pivot=100.0),))
    assert scores("", *SHOP, rules=rules) == {
        "chain": pytest.approx(squashed(0.9)),
        "ring": pytest.approx(squashed(0.75)),
        "lamp": 0.0,
    }
    assert list(scores("", *SHOP, rules=rules)) == ["chain", "ring", "lamp"]


def test_statistics_are_of_all_groups_hidden_ones_too():
    rules = SearchRules(pins=(Pin("ring", hide=("chain",)),))
    assert scores("ring", *SHOP, rules=rules)["ring"] == scores("ring", *SHOP)["ring"]
    assert explained("ring", *SHOP)["ring"][0].document_frequency == 2


def test_words_that_a_hit_lacks_are_explained_with_nothing():
    assert explained("unicorn ring ", *SHOP)["ring"][0] == WordScore("unicorn", 0, 0.0, 0.0, 0)


def test_attempts_among_groups_are_those_of_the_whole_definition():
    query = SearchQuery(text="gold unicorn rings", explain=True, highlight=True)
    matching = Matching(query, analysed(SHOP, "en"))
    result = evaluate(query, 1, SHOP, matching.attempts(), matching)
    assert result.hits == answer_from(query, 1, SHOP).hits
    assert [attempt.words for attempt in attempts(query, SHOP)] == [3]


def test_no_groups_no_hits():
    assert answered("ring").total == 0
    assert answered("").total == 0
