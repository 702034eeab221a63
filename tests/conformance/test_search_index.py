"""The conformance suite of the search index over every engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from facetry.application.calls import CALLS
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.ports.search_index import SearchIndex
from facetry.testing.search_exact import EMBEDDER
from facetry.testing.search_index import SearchIndexConformance

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", autouse=True)
def beside_others():
    """Have changes made searchable as beside calls of other tenants: by threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CALLS.__class__, "had_others", lambda *_: True)
        yield


# With numbers this small everything that happens to big catalogs happens to those of the suite.
TINY = Tuning(
    tier_factor=2,
    tier_groups=2,
    inline_groups=4,
    inline_builds=2,
    build_groups=3,
    saved_groups=3,
    unsaved_groups=6,
    inline_lookups=20,
    inline_work=10,
    slice_work=3,
)


class TestMemory(SearchIndexConformance):
    # It is the definition itself that answers, so only what lies around it is tested.
    catalogs = 20

    @pytest.fixture
    async def index(self) -> AsyncIterator[SearchIndex]:
        index = MemorySearchIndex(EMBEDDER)
        yield index
        await index.close()


class TestColumnsInMemory(SearchIndexConformance):
    catalogs = 40

    @pytest.fixture
    async def index(self) -> AsyncIterator[SearchIndex]:
        index = ColumnsSearchIndex(None, embedder=EMBEDDER)
        yield index
        await index.close()


class TestColumnsInFiles(SearchIndexConformance):
    @pytest.fixture
    async def index(self, tmp_path: Path) -> AsyncIterator[SearchIndex]:
        index = ColumnsSearchIndex(tmp_path / "index", tuning=TINY, embedder=EMBEDDER)
        yield index
        await index.close()


class TestColumnsFollower(SearchIndexConformance):
    catalogs = 20

    @pytest.fixture
    async def index(self, tmp_path: Path) -> AsyncIterator[SearchIndex]:
        index = ColumnsSearchIndex(tmp_path / "index", writer=False, tuning=TINY, embedder=EMBEDDER)
        yield index
        await index.close()
        assert not (tmp_path / "index").exists()
