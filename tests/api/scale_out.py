"""The engines of several machines under a server of the tests: MongoDB, OpenSearch and Valkey."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager

from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.import_jobs import MongoImportJobs
from facetry.engines.mongodb.journal import MongoJournal
from facetry.engines.mongodb.key_usage import MongoKeyUsage
from facetry.engines.mongodb.opening import open_database
from facetry.engines.opensearch.opening import open_index
from facetry.engines.redis.marks import RedisMarks
from facetry.engines.redis.opening import open_client
from facetry.engines.redis.rate_limiter import RedisRateLimiter
from tests.api.engines import Engines, FailingWrites
from tests.engines.mongodb_databases import emptied

INDEX_WAIT_SECONDS = 60.0
"""Real servers share the machine with whatever else is tried."""


class FailingMongoStore(FailingWrites, MongoCatalogStore):
    """A store on MongoDB."""


class OwnTenants:
    """An index whose tenants are known to it by other names, so that tests share it and nothing in it."""

    failure = None

    def __init__(self, index):
        self._index = index
        self._prefix = f"{secrets.token_hex(4)}-"

    def __getattr__(self, name):
        inner = getattr(self._index, name)
        if not callable(inner) or name == "close":
            return inner
        return lambda tenant, *arguments, **options: inner(self._prefix + tenant, *arguments, **options)

    async def apply(self, tenant, delta, language, *, attributes=()):
        if self.failure is not None:
            raise self.failure
        await self._index.apply(self._prefix + tenant, delta, language, attributes=attributes)


@asynccontextmanager
async def shared_index_options(index_url):
    """Give the options of a server whose index is shared and whose store is the reference's."""
    index = OwnTenants(await open_index(index_url))
    try:
        yield {"index": index, "index_wait_seconds": INDEX_WAIT_SECONDS}
    finally:
        await index.close()


@asynccontextmanager
async def scale_out_options(database_url, index_url, redis_url):
    """Give the options of a server on an empty database and tenants of its own, and leave nothing behind."""
    database = await open_database(database_url)
    index = OwnTenants(await open_index(index_url))
    client = open_client(f"{redis_url}?prefix=facetry-test-{secrets.token_hex(6)}")
    store = FailingMongoStore(database, RedisMarks(client))
    journal, key_usage = MongoJournal(database), MongoKeyUsage(database)
    import_jobs = MongoImportJobs(database)

    def engines(clock):
        limiter = RedisRateLimiter(client, MemoryRateLimiter(clock), clock=clock)
        return Engines(store, index, journal, key_usage, limiter, import_jobs)

    try:
        yield {"engines": engines, "index_wait_seconds": INDEX_WAIT_SECONDS}
    finally:
        await index.close()
        await journal.close()
        await key_usage.close()
        await store.close()
        await client.close()
        async with emptied(database_url):
            pass
