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
from tests.api.server import Server
from tests.engines.mongodb_databases import emptied

INDEX_WAIT_SECONDS = 5.0
"""Real servers share the machine with whatever else is tried."""


class FailingMongoStore(FailingWrites, MongoCatalogStore):
    """A store on MongoDB."""


class OwnTenants:
    """An index whose tenants are known to it by other names, so that tests share indexes and nothing in them."""

    failure = None

    def __init__(self, index):
        self._index = index
        self._prefix = f"{secrets.token_hex(4)}-"
        self._tenants = set()

    def __getattr__(self, name):
        inner = getattr(self._index, name)
        if not callable(inner):
            return inner

        def call(tenant, *arguments, **options):
            self._tenants.add(tenant)
            return inner(self._prefix + tenant, *arguments, **options)

        return call

    async def apply(self, tenant, delta, language, *, attributes=()):
        if self.failure is not None:
            raise self.failure
        self._tenants.add(tenant)
        await self._index.apply(self._prefix + tenant, delta, language, attributes=attributes)

    async def leave(self):
        """Remove all that the tests of one server put into it."""
        for tenant in self._tenants:
            await self._index.forget(self._prefix + tenant)
        await self._index.close()


@asynccontextmanager
async def shared_index_server(opensearch_url):
    """Open a server whose index is shared and whose store is the reference's."""
    index = OwnTenants(await open_index(opensearch_url))
    try:
        yield Server(index=index, index_wait_seconds=INDEX_WAIT_SECONDS)
    finally:
        await index.leave()


@asynccontextmanager
async def scale_out_server(database_url, opensearch_url, redis_url):
    """Open a server on an empty database and tenants of its own, and leave nothing behind."""
    database = await open_database(database_url)
    index = OwnTenants(await open_index(opensearch_url))
    client = open_client(f"{redis_url}?prefix=facetry-test-{secrets.token_hex(6)}")
    marks = RedisMarks(client)
    store = FailingMongoStore(database, marks)

    def engines(clock):
        return Engines(
            store=store,
            index=index,
            journal=MongoJournal(database),
            key_usage=MongoKeyUsage(database),
            limiter=RedisRateLimiter(client, MemoryRateLimiter(clock), clock=clock),
            import_jobs=MongoImportJobs(database),
        )

    server = Server(engines=engines, index_wait_seconds=INDEX_WAIT_SECONDS)
    try:
        yield server
    finally:
        await index.leave()
        await server.journal.close()
        await server.key_usage.close()
        await store.close()
        await server.engines.limiter.close()
        async with emptied(database_url):
            pass
