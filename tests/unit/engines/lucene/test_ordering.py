from __future__ import annotations

import pytest

from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import And, Has
from facetry.domain.search.ordering import random_key
from facetry.domain.search.query import Position, SearchQuery, SortAtRandom, SortByField, SortByRelevance
from facetry.domain.search.ranking import PIN_TIER
from facetry.engines.lucene.conditions import Homes, cases_of
from facetry.engines.lucene.ordering import engine_score, ordered
from facetry.engines.lucene.slots import Slots
from facetry.engines.lucene.tiers import STEP, WORD_STEP, domain_score

SLOTS, _ = Slots().with_keys(["quantity:integer"])
HOMES = Homes(SLOTS, "USD", "USD")
QUANTITY = SortByField(BUILT_IN["quantity"], descending=True)
KEY_OF_ONE = "0" + f"{2**63 + 1:016x}"


@pytest.mark.parametrize("words", range(33))
def test_scores_of_documents_come_back_from_those_of_hits(words):
    for typos in range(min(2 * words, 31) + 1):
        for steps in (0, 1, 1000):
            score = words * WORD_STEP - typos + steps * STEP
            assert engine_score(domain_score(score)) == score


def test_scores_of_pinned_groups_are_as_they_are():
    assert engine_score(3 * PIN_TIER + 0.5) == 3 * PIN_TIER + 0.5


def test_an_order_is_by_the_candidates_that_a_filter_is_true_of():
    red = Has(BUILT_IN["color"], frozenset({"red"}))
    order = ordered(SearchQuery(sort=(QUANTITY, SortByRelevance())), cases_of(red, HOMES), HOMES)
    scope = {"path": "p.c", "filter": {"terms": {"p.c.f": ["color=red"]}}}
    assert order is not None
    assert order.sort == [
        {"p.c.s00": {"order": "desc", "mode": "max", "missing": "_last", "nested": scope}},
        {"_score": {"order": "desc"}},
        {"group": {"order": "asc"}},
    ]


def test_places_are_written_as_documents_hold_them():
    keys = (QUANTITY, SortByField(BUILT_IN["color"]), SortByRelevance(), SortAtRandom(5))
    order = ordered(SearchQuery(sort=keys), cases_of(And(()), HOMES), HOMES)
    assert order is not None
    assert order.is_random
    place = Position((1, None, 31.5, random_key(5, ("a",))), ("a",))
    assert order.position([KEY_OF_ONE, WORD_STEP - 1 + 0.5, "a"]) == place
    assert order.after(place) == [KEY_OF_ONE, WORD_STEP - 1 + 0.5, "a"]
    nothing = Position((None, None, 31.5, random_key(5, ("a",))), ("a",))
    assert order.position([None, WORD_STEP - 1 + 0.5, "a"]) == nothing
    assert order.after(nothing) == [None, WORD_STEP - 1 + 0.5, "a"]
