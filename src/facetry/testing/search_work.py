"""What any search index must tell of the work that searches are."""

from __future__ import annotations

import asyncio
from time import perf_counter

from facetry.domain.field_query import FieldQuery
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import SuggestQuery
from facetry.ports.search_index import SearchIndex
from facetry.testing.search_samples import OTHER, TENANT, hold, single


class WorkConformance:
    """Each kind of search is work of its tenant and of no other; to wait is none."""

    async def test_each_kind_of_search_is_work(self, index: SearchIndex) -> None:
        await hold(index, *(single(f"G{number}", name=f"ring {number}") for number in range(50)))
        assert index.worked(TENANT) == index.worked("nobody") == 0.0
        before = 0.0
        for search in (
            lambda: index.match(TENANT, FieldQuery(text="ring", fields=("name",))),
            lambda: index.search(TENANT, SearchQuery()),
            lambda: index.suggest(TENANT, SuggestQuery(text="ri")),
        ):
            begun = perf_counter()
            await search()
            took, worked = perf_counter() - begun, index.worked(TENANT) - before
            assert 0.0 < worked <= took + 0.01
            before = index.worked(TENANT)
        assert index.worked(OTHER) == 0.0

    async def test_searches_at_once_are_counted_together(self, index: SearchIndex) -> None:
        await hold(index, *(single(f"G{number}", name=f"ring {number}") for number in range(50)))
        begun = perf_counter()
        await asyncio.gather(*(index.search(TENANT, SearchQuery()) for _ in range(20)))
        # Two processors at most can have worked for as long as it took.
        assert 0.0 < index.worked(TENANT) <= 2 * (perf_counter() - begun) + 0.02
