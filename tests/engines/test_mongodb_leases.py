"""Leases in MongoDB."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.mongodb.leases import MongoLeases
from facetry.engines.mongodb.opening import open_database
from facetry.testing.leases import LONG, LeasesConformance

pytestmark = pytest.mark.anyio


class TestMongo(LeasesConformance):
    @pytest.fixture
    def leases(self, database):
        return MongoLeases(database)

    @pytest.fixture
    async def peer(self, url, anyio_backend):
        database = await open_database(url)
        yield MongoLeases(database)
        await database.client.close()


async def test_asking_in_vain_writes_nothing(database):
    leases, other = MongoLeases(database), MongoLeases(database)
    assert await leases.take("relay", LONG)
    before = await database["leases"].find().to_list()
    assert not await other.take("relay", 2 * LONG)
    assert await database["leases"].find().to_list() == before
    assert set(before[0]) == {"_id", "holder", "until"}


async def test_what_another_gives_back_meanwhile_can_be_taken(database):
    leases, other = MongoLeases(database), MongoLeases(database)
    for _ in range(10):
        took = await asyncio.gather(leases.take("relay", LONG), other.take("relay", LONG))
        assert sorted(took) == [False, True]
        await asyncio.gather(leases.give_back("relay"), other.give_back("relay"))


async def test_a_server_that_is_away_is_told_and_holds_up_nobody_who_gives_back(url):
    database = await open_database(url)
    leases = MongoLeases(database)
    await database.client.close()
    with pytest.raises(StoreError):
        await leases.take("relay", LONG)
    await leases.give_back("relay")
    await leases.close()
