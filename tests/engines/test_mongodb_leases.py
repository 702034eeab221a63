"""Leases in MongoDB."""

from __future__ import annotations

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.mongodb.leases import MongoLeases
from facetry.engines.mongodb.opening import open_database
from facetry.testing.leases import LONG, LeasesConformance
from tests.engines.mongodb_databases import emptied, own_database

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def url(mongodb_url):
    with own_database(mongodb_url) as url:
        yield url


@pytest.fixture
async def database(url, anyio_backend):
    async with emptied(url) as database:
        yield database


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


async def test_a_holder_is_no_expression(database, monkeypatch):
    """What looks like one is compared as it stands."""
    leases = MongoLeases(database)
    monkeypatch.setattr(leases, "_holder", "$until")
    assert await leases.take("relay", LONG)
    assert (await database["leases"].find_one())["holder"] == "$until"
    assert not await MongoLeases(database).take("relay", LONG)


async def test_a_server_that_is_away_is_told_and_holds_up_nobody_who_gives_back(url):
    database = await open_database(url)
    leases = MongoLeases(database)
    await database.client.close()
    with pytest.raises(StoreError):
        await leases.take("relay", LONG)
    await leases.give_back("relay")
    await leases.close()
