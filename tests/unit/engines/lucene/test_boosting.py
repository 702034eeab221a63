from __future__ import annotations

from itertools import pairwise

import pytest

from facetry.domain.search.evaluation import passing
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.rules import Boost, SearchRules
from facetry.domain.search.slots import Reading
from facetry.domain.search.text.boosting import boost_sum, number_value
from facetry.domain.search.text.expansion import ReadingPlan
from facetry.engines.lucene.boosting import BOOST_STEPS, LEVELS, boost_queries, number_key
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.tiers import STEP, TextQueries
from facetry.testing.random_catalogs import RandomCatalog
from tests.unit.engines.lucene.made_up_lucene import MadeUpLucene

DEFINED = (AttributeDefinition("made", Kind.DATE), AttributeDefinition("grade", Kind.SCALE, scale=("a", "b", "c")))


@pytest.mark.parametrize("seed", range(3))
def test_groups_that_are_boosted_more_score_more(seed):
    drawn, lucene = RandomCatalog(seed), MadeUpLucene()
    groups = drawn.groups(12)
    lucene.put("one", *groups)
    for boosts in ((Boost("quantity", 2.0, 3.0),), (Boost("price", 1.0, 2.0), Boost("weight", 1.0)), (Boost("note"),)):
        query = SearchQuery(attributes=drawn.definitions, rules=SearchRules(boosts=boosts))

        def passing_ids(condition, query=query):
            return {"terms": {"group": [one.group_id for one in groups if any(passing(query, one, condition))]}}

        texts = TextQueries(query, Terms("one", active_only=False))
        texts.boost(boost_queries(query, passing_ids, STEP))
        scored = texts.scored(ReadingPlan(Reading(()), finds_all=True), 0)
        scores = lucene.scores({"bool": {"must": [scored], "filter": [{"term": {"tenant": "one"}}]}})
        wanted = {one.group_id: boost_sum(query, Schema(drawn.definitions), one) for one in groups}
        assert max(scores.values()) < 1.0
        order = sorted(wanted, key=wanted.__getitem__)
        # Each boost is told apart by levels, of which one that weighs less than all others together has all the same.
        coarse = len(boosts) * sum(boost.weight for boost in boosts) / LEVELS
        assert all(
            scores[one] <= scores[other] for one, other in pairwise(order) if wanted[other] - wanted[one] >= coarse
        )
        if len(boosts) == 1:
            assert all(scores[one] <= scores[other] for one, other in pairwise(order))


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_all_boosts_together_are_less_than_a_typo(weight):
    boosts = tuple(Boost("quantity", weight, 1.0 + number) for number in range(50))
    query = SearchQuery(rules=SearchRules(boosts=boosts))
    found = boost_queries(query, lambda _: {"match_all": {}}, STEP)
    assert sum(one["constant_score"]["boost"] for one in found) <= BOOST_STEPS * STEP


@pytest.mark.parametrize(
    ("name", "number", "key"),
    [
        ("price", 2.5, 25_000),
        ("made", 1.5, 129_600_000_000),
        ("quantity", 2.1, 3),
        ("grade", 1.0, 1),
        ("made", 1e18, None),
    ],
)
def test_a_number_is_reached_from_its_key_on(name, number, key):
    field = Schema(DEFINED).field(name)
    assert number_key(field, number) == key
    if key is not None:
        assert number_value(field, key) >= number > number_value(field, key - 1)


def test_decimal_numbers_are_reached_exactly():
    field = Schema().field("gemstones.carat")
    assert number_value(field, number_key(field, 0.3)) == 0.3
