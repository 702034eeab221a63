from __future__ import annotations

import pytest

from facetry.domain.search.suggestions import Suggestion, Suggestions, SuggestQuery, suggest
from facetry.domain.search.text.naive import analysed
from facetry.engines.lucene.suggesting import suggested
from facetry.testing.random_catalogs import RandomCatalog
from facetry.testing.search_samples import single
from tests.unit.engines.lucene.made_up_lucene import MadeUpLucene

pytestmark = pytest.mark.anyio

BEGUN = ("r", "rin", "white g", "gold", "gold r", "neck", "rings n", "red", "j", "é", "6", "x" * 600)


@pytest.mark.parametrize("active_only", [False, True])
@pytest.mark.parametrize("seed", range(2))
async def test_all_is_offered_that_the_definition_offers(seed, active_only):
    drawn, lucene = RandomCatalog(seed), MadeUpLucene()
    groups = drawn.groups(20)
    lucene.put("one", *groups, attributes=drawn.definitions)
    lucene.put("other", *RandomCatalog(99).groups(5))
    seen = analysed(groups, "en")
    for typed in BEGUN:
        for limit in (1, 20):
            query = SuggestQuery(text=typed, limit=limit, active_only=active_only)
            assert (typed, await suggested("one", query, lucene.ask)) == (typed, suggest(query, seen))


@pytest.mark.parametrize("query", [SuggestQuery(text=" -"), SuggestQuery(text="r", limit=0)])
async def test_nothing_is_asked_where_nothing_can_be_offered(query):
    lucene = MadeUpLucene()
    lucene.put("one", single("1", name="Ring"))
    assert await suggested("one", query, lucene.ask) == Suggestions()
    assert lucene.calls == 0


async def test_all_kinds_of_offers_take_one_call():
    lucene = MadeUpLucene()
    ring = single("1", name="Gold rings", brand="Ring & Co", category=("Jewelry > Rings",))
    lucene.put("one", ring)
    assert await suggested("one", SuggestQuery(text="Ri"), lucene.ask) == Suggestions(
        queries=(Suggestion("ring", 1), Suggestion("rings", 1)),
        categories=(Suggestion("Jewelry > Rings", 1),),
        brands=(Suggestion("Ring & Co", 1),),
    )
    assert (await suggested("one", SuggestQuery(text="gold ri"), lucene.ask)).products == (ring,)
    assert lucene.calls == 2
