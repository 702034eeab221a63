"""The parts of the suite of the search index that do not read texts of ``/v2``, on OpenSearch and Elasticsearch."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from facetry.engines.lucene.search_index import LuceneSearchIndex
from facetry.testing.search_changes import ChangesConformance, KeepingConformance
from facetry.testing.search_facets import FacetsConformance, PagesConformance
from facetry.testing.search_matches import MatchesConformance, ScoresConformance
from facetry.testing.search_silence import SilentAttributesConformance
from facetry.testing.search_work import WorkConformance
from tests.engines.lucene_indexes import an_index

pytestmark = pytest.mark.anyio


class IndexConformance(
    MatchesConformance,
    ScoresConformance,
    FacetsConformance,
    PagesConformance,
    ChangesConformance,
    KeepingConformance,
    WorkConformance,
    SilentAttributesConformance,
):
    """What an index of groups must do, whoever asks."""


class TestOpenSearch(IndexConformance):
    """On OpenSearch."""

    @pytest.fixture
    async def index(self, opensearch_url) -> AsyncIterator[LuceneSearchIndex]:
        async with an_index(opensearch_url) as index:
            yield index


class TestElasticsearch(IndexConformance):
    """Through the client of Elasticsearch."""

    @pytest.fixture
    async def index(self, elasticsearch_url) -> AsyncIterator[LuceneSearchIndex]:
        async with an_index(elasticsearch_url) as index:
            yield index
