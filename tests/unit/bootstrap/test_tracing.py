"""Tracing is off unless an endpoint is named, and says what is missing."""

import sys
from contextlib import AsyncExitStack

import pytest

from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.import_jobs import Imports
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.bootstrap import tracing
from facetry.domain.errors import SettingError
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.settings import Settings

pytestmark = pytest.mark.anyio


async def test_nothing_is_traced_by_default():
    async with AsyncExitStack() as stack:
        assert tracing.open_tracer(Settings(), stack) is None
    application = object()
    assert tracing.traced_application(application, None) is application


async def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "facetry.engines.opentelemetry.tracer", None)
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingError, match=r"needs the extra otel: pip install 'facetry\[otel\]'"):
            tracing.open_tracer(Settings(trace_endpoint="http://127.0.0.1:4318/v1/traces"), stack)


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (MemoryCatalogStore, tracing.STORE_STEPS),
        (MemorySearchIndex, tracing.INDEX_STEPS),
        (Catalog, tracing.CATALOG_STEPS),
        (Search, tracing.SEARCH_STEPS),
        (ChangeFeed, tracing.FEED_STEPS),
        (SearchSettings, tracing.SETTINGS_STEPS),
        (Imports, tracing.IMPORT_STEPS),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_step_is_a_method(kind, steps):
    assert [method for method in steps if not callable(getattr(kind, method, None))] == []
