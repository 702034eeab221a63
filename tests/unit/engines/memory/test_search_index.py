from __future__ import annotations

from time import monotonic

import pytest

from facetry.domain.errors import SearchTimeoutError
from facetry.domain.search.answering import answer_from
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import Suggestion, Suggestions, SuggestQuery
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.testing.search_samples import TENANT, hold, single

pytestmark = pytest.mark.anyio
RING = single("ring", name="Gold ring", attributes={"metal": "gold", "empty": None, "list": [], "tags": ["a"]})
CHAIN = single("chain", name="Gold chain", metals=({"name": "gold", "color": None},), gemstones=({"type": "ruby"},))


@pytest.fixture
async def index():
    filled = MemorySearchIndex()
    await hold(filled, RING, CHAIN)
    return filled


async def test_a_search_is_answered_by_its_definition(index):
    query = SearchQuery(text="gold rinng", explain=True, highlight=True)
    assert await index.search(TENANT, query) == answer_from(query, 1, (RING, CHAIN))


async def test_a_search_sees_what_was_applied_last(index):
    query = SearchQuery(text="chain")
    assert (await index.search(TENANT, query)).total == 1
    await hold(index, single("new", name="Chain"), gone=("ring",))
    result = await index.search(TENANT, query)
    assert (result.total, result.revision) == (2, 2)


async def test_a_tenant_without_groups_gets_nothing():
    empty = MemorySearchIndex()
    assert (await empty.search(TENANT, SearchQuery(text="x"))).total == 0
    assert await empty.suggest(TENANT, SuggestQuery(text="x")) == Suggestions()
    assert await empty.known_fields(TENANT) == frozenset()


async def test_nobody_waits_for_a_search_beyond_its_deadline(index):
    assert (await index.search(TENANT, SearchQuery(), monotonic() + 60)).total == 2
    with pytest.raises(SearchTimeoutError):
        await index.search(TENANT, SearchQuery(), monotonic())


async def test_offers_are_of_the_tenant_s_groups(index):
    suggestions = await index.suggest(TENANT, SuggestQuery(text="go"))
    assert suggestions.queries == (Suggestion("gold", 2),)
    assert suggestions.products == (CHAIN, RING)


async def test_fields_are_known_that_any_product_has_a_value_of(index):
    assert await index.known_fields(TENANT) == {"attributes.metal", "attributes.tags", "metals.name", "gemstones.type"}
