from __future__ import annotations

import pytest

from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.domain.errors import InvalidValueError
from facetry.domain.search.rules import SearchRules
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.testing.made_up_embedder import MadeUpEmbedder

pytestmark = pytest.mark.anyio


async def test_a_rule_that_needs_an_extra_is_refused_without_it(shop):
    settings = SearchSettings(shop.store, shop.search, shop.relay, shop.history)
    before = await settings.get("t")
    with pytest.raises(InvalidValueError, match=r"needs the extra facetry\[semantic\]") as caught:
        await settings.set_rules("t", SearchRules(semantic=0.1))
    assert caught.value.field == "semantic"
    assert await settings.get("t") == before


async def test_with_the_extra_the_rule_is_kept(shop):
    search = Search(MemorySearchIndex(MadeUpEmbedder()), shop.relay)
    kept = await SearchSettings(shop.store, search, shop.relay, shop.history).set_rules("t", SearchRules(semantic=0.1))
    assert kept.settings.rules == SearchRules(semantic=0.1)
