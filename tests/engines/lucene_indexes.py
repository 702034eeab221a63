"""Indexes of tests: names of their own in a cluster that others use too, dropped afterwards."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from facetry.engines.elasticsearch.driver import ElasticsearchDriver
from facetry.engines.lucene.addresses import read_address
from facetry.engines.lucene.driver import Driver
from facetry.engines.lucene.mapping import FORMAT
from facetry.engines.lucene.search_index import LuceneSearchIndex
from facetry.engines.opensearch.driver import OpenSearchDriver


def new_prefix() -> str:
    """Return the beginning of names that nobody has."""
    return f"test-{uuid.uuid4().hex[:12]}"


def driver_at(url: str) -> Driver:
    """Return a driver of the cluster at an address, by its scheme."""
    kinds = {"opensearch": OpenSearchDriver, "elasticsearch": ElasticsearchDriver}
    scheme = urlsplit(url).scheme
    return kinds[scheme](read_address(url, scheme))


@asynccontextmanager
async def an_index(url: str, prefix: str = "") -> AsyncIterator[LuceneSearchIndex]:
    """Open an index that holds nothing, in one shard that all tenants share; it is dropped at the end."""
    name = prefix or new_prefix()
    index = LuceneSearchIndex(driver_at(url), name, shards=1)
    await index.ensure()
    try:
        yield index
    finally:
        await index.close()
        await drop(url, name)


async def drop(url: str, prefix: str) -> None:
    """Remove all indexes whose names begin with a prefix."""
    driver = driver_at(url)
    await driver.call("DELETE", f"/{prefix}-groups-{FORMAT}-000001")
    await driver.close()
