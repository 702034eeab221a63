"""When keys were last used, in MongoDB."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.mongodb.key_usage import MongoKeyUsage
from facetry.engines.mongodb.opening import open_database
from facetry.testing.key_usage import NOW, KeyUsageConformance

pytestmark = pytest.mark.anyio


class TestMongo(KeyUsageConformance):
    @pytest.fixture
    async def usage(self, database):
        usage = MongoKeyUsage(database)
        yield usage
        await usage.close()


async def test_other_processes_see_a_use_a_moment_later(database):
    usage, other = MongoKeyUsage(database, pause_seconds=0.01), MongoKeyUsage(database)
    usage.used("acme", "main", NOW)
    assert await other.last_used("acme", ("main",)) == {}
    await asyncio.sleep(0.2)
    assert await other.last_used("acme", ("main",)) == {"main": NOW}
    usage.used("acme", "late", NOW + 7)
    await usage.close()
    assert await other.last_used("acme", ("main", "late")) == {"main": NOW, "late": NOW + 7}
    await other.close()


async def test_a_server_that_is_away_does_not_stop_a_call(url):
    database = await open_database(url)
    usage = MongoKeyUsage(database, pause_seconds=0.01)
    await database.client.close()
    usage.used("acme", "main", NOW)
    await asyncio.sleep(0.05)
    usage.used("acme", "other", NOW)
    await usage.forget("acme", ("main",))
    with pytest.raises(StoreError):
        await usage.last_used("acme", ("main",))
    await usage.close()
