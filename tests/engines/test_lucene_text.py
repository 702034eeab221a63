"""What people type, on a real OpenSearch: the same groups, words, typos and suggestions as the definition finds."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.search.answering import answer
from facetry.domain.search.ranking import PIN_TIER
from facetry.domain.search.suggestions import Suggestions, SuggestQuery, suggest
from facetry.domain.search.text.naive import Matching, analysed
from facetry.engines.lucene.tiers import domain_score
from facetry.testing.random_catalogs import RandomCatalog
from tests.engines.lucene_texts import LuceneTexts, hits

pytestmark = pytest.mark.anyio

CATALOGS, QUERIES = 12, 40


@pytest.fixture
async def texts(opensearch_url):
    held = LuceneTexts(opensearch_url)
    await held.open()
    yield held
    await held.close()


def tier(score: float) -> float:
    """Return words and typos of a score, or the place of a pin."""
    return score // PIN_TIER if score >= PIN_TIER else score // 1


def check(read, query, groups, silent, label):
    """Check that a search for a text found what the definition finds."""
    seen = analysed(groups, "en", silent)
    expected = answer(query, 1, seen)
    found = hits(read)
    plan = read.chosen.plan
    assert (label, plan.words) == (label, expected.words)
    assert (label, read.chosen.required) == (label, expected.required_words)
    assert (label, plan.reads, plan.typos) == (label, expected.reads, expected.typos)
    assert (label, read.did_you_mean) == (label, expected.did_you_mean)
    assert (label, read.responses[0]["hits"]["total"]["value"]) == (label, expected.total)
    wanted = {hit.key[0]: tier(hit.score) for hit in expected.hits}
    assert (label, {group_id: tier(domain_score(score)) for group_id, score in found}) == (label, wanted)
    own = Matching(query, seen).attempt(plan)
    assert {hit.key[0]: hit.matched_words for hit in expected.hits}.items() <= {
        group_id: match.matched_words for group_id, match in own.matches.items()
    }.items()


@pytest.mark.parametrize("seed", range(CATALOGS))
async def test_random_texts_find_what_the_definition_finds(texts, seed):
    drawn = RandomCatalog(seed, has_silent=True)
    await texts.write("one", drawn.groups(14), drawn.definitions)
    for number in range(QUERIES):
        query = msgspec.structs.replace(drawn.query(), group_by=(), facets=(), sort=(), offset=0, limit=1000)
        check(await texts.read("one", query), query, texts.groups("one"), drawn.silent, f"{seed}/{number}")


BEGUN = ("r", "ri", "rin", "w", "white g", "gold", "gold r", "halo", "neck", "rings", "red", "j", "jewelry", "é", "6")
LONG = "x" * 600


@pytest.mark.parametrize("seed", range(3))
async def test_suggestions_are_those_of_the_definition(texts, seed):
    drawn = RandomCatalog(seed, has_silent=True)
    await texts.write("one", drawn.groups(30), drawn.definitions)
    await texts.write("other", RandomCatalog(99).groups(5))
    seen = analysed(texts.groups("one"), "en", drawn.silent)
    for typed in (*BEGUN, " ", "-", LONG):
        for active_only in (False, True):
            query = SuggestQuery(text=typed, limit=drawn.draw.choice((1, 3, 20)), active_only=active_only)
            assert (typed, await texts.suggest("one", query)) == (typed, suggest(query, seen))


async def test_suggestions_are_one_call(texts):
    await texts.write("one", RandomCatalog(1).groups(5))
    before = texts.driver.calls
    assert await texts.suggest("one", SuggestQuery(text="r")) != Suggestions()
    assert texts.driver.calls == before + 1
