"""An index that is measured keeps the whole contract, and counts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from facetry.domain.change import Delta
from facetry.domain.field_query import FieldQuery
from facetry.engines.measured.search_index import MeasuredSearchIndex
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.ports.search_index import SearchIndex
from facetry.telemetry.metrics import Metrics
from facetry.testing.search_index import SearchIndexConformance

pytestmark = pytest.mark.anyio


class TestMeasured(SearchIndexConformance):
    catalogs = 5

    @pytest.fixture
    async def index(self) -> AsyncIterator[SearchIndex]:
        index = MeasuredSearchIndex(MemorySearchIndex(), Metrics())
        yield index
        await index.close()


async def no_groups():
    return
    yield


async def test_searches_and_changes_are_counted():
    metrics = Metrics()
    index = MeasuredSearchIndex(MemorySearchIndex(), metrics)
    await index.rebuild("t", no_groups(), 0, "en")
    for revision in (1, 2):
        await index.apply("t", Delta(revision=revision), "en")
    for _ in range(3):
        await index.match("t", FieldQuery(text="ring"))
    text = metrics.text().decode()
    assert "facetry_index_rebuild_seconds_count 1\n" in text
    assert "facetry_index_apply_seconds_count 2\n" in text
    assert "facetry_search_seconds_count 3\n" in text
    assert "No description" not in text
    await index.close()
