"""Whole tenants in and out of MongoDB, also from and to a data directory."""

from __future__ import annotations

import time

import pytest
from pymongo.errors import OperationFailure

from facetry.domain.copying import REVISIONS_APART
from facetry.domain.errors import StoreError, TenantExistsError
from facetry.domain.keeping import PutRecord
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb import coming, copy_reading
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.opening import open_database
from facetry.engines.mongodb.tenant_copies import MongoTenantCopies
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.tenant_copies import SqliteTenantCopies
from facetry.testing.samples import TENANT, done, gemstone, put, tenant_record
from facetry.testing.tenant_copies import Site, TenantCopiesConformance

pytestmark = pytest.mark.anyio
CATALOG = ("products", "groups", "records", "changes", "purges")


@pytest.fixture
async def mongo(url, database):
    """Return a store of its own, which closes its own connection."""
    own = await open_database(url)
    store = MongoCatalogStore(own, NoMarks())
    yield Site(store, MongoTenantCopies(own, store))
    await store.close()


@pytest.fixture
async def sqlite(tmp_path, anyio_backend):
    store = await open_store(tmp_path)
    yield Site(store, SqliteTenantCopies(tmp_path, store))
    await store.close()


class TestSqliteToMongo(TenantCopiesConformance):
    @pytest.fixture
    def origin(self, sqlite):
        return sqlite

    @pytest.fixture
    def target(self, mongo):
        return mongo


class TestMongoToSqlite(TenantCopiesConformance):
    @pytest.fixture
    def origin(self, mongo):
        return mongo

    @pytest.fixture
    def target(self, sqlite):
        return sqlite


async def number_of(database):
    return [await database[name].count_documents({}) for name in CATALOG]


async def filled(site):
    """Fill a tenant and return its record, its counters, and a portion of things of each kind."""
    await site.store.create_tenant(tenant_record(TENANT))
    await done(site.store, PutRecord(gemstone("S")), put("R1", "G"), put("R2", "G"))
    async with site.copies.read(TENANT) as copy:
        return copy.record, copy.counters, [portion async for portion in copy.things]


async def given(portions, *, breaks_off=False, meanwhile=None):
    for portion in portions:
        yield portion
    if meanwhile is not None:
        await meanwhile()
    if breaks_off:
        raise KeyError


async def test_one_comes_over_within_a_database(mongo):
    """From one that is deleted meanwhile: what was read stays what it was."""
    await filled(mongo)
    async with mongo.copies.read(TENANT) as copy:
        await mongo.store.delete_tenant(TENANT)
        revision = await mongo.copies.take(copy.record, copy.counters, copy.things)
    assert (revision, await mongo.store.counts(TENANT)) == (copy.counters.revision + REVISIONS_APART, (2, 1))


async def test_nothing_is_left_of_a_copy_that_fails(sqlite, mongo, database):
    record, counters, portions = await filled(sqlite)
    with pytest.raises(KeyError):
        await mongo.copies.take(record, counters, given(portions, breaks_off=True))
    with pytest.raises(TenantExistsError):
        await mongo.copies.take(record, counters, given([*portions, portions[0]]))
    assert await number_of(database) == [0] * 5


async def test_a_group_knows_its_size_and_a_tenant_what_it_has(sqlite, mongo, database):
    record, counters, portions = await filled(sqlite)
    await mongo.copies.take(record, counters, given(portions))
    (group,) = await database["groups"].find().to_list()
    assert (group["g"], group["n"]) == ("G", 2)
    tenant = await database["tenants"].find_one({"id": TENANT})
    assert (tenant["products"], tenant["groups"], tenant["joined"]) == (2, 1, 2)
    assert (tenant["last_ids"], tenant["linked"]) == ({"gemstone": 1}, [])
    assert await number_of(database) == [2, 1, 1, 0, 0]


async def test_a_copy_under_way_is_no_leftover(sqlite, mongo, database):
    """Whoever starts meanwhile and tidies up leaves it."""
    record, counters, portions = await filled(sqlite)
    await mongo.copies.take(record, counters, given(portions, meanwhile=mongo.store.finish_purges))
    assert await mongo.store.counts(TENANT) == (2, 1)


async def test_what_a_crash_left_of_a_copy_goes_when_it_is_old(sqlite, mongo, database):
    record, counters, portions = await filled(sqlite)
    begun = coming.Coming(database, mongo.store.tenancy)
    await begun.begin(TENANT, counters)
    await begun.add(portions[0])
    await mongo.store.finish_purges()
    assert await number_of(database) == [2, 0, 0, 0, 1]
    await database["purges"].update_one({}, {"$set": {"until": time.time() - 1}})
    await mongo.copies.take(record, counters, given(portions))
    assert await number_of(database) == [2, 1, 1, 0, 0]


async def test_a_copy_that_slept_for_too_long_does_not_come(sqlite, mongo, database):
    """Its documents may be on their way out."""
    record, counters, portions = await filled(sqlite)

    async def sleep():
        await database["purges"].update_one({}, {"$set": {"until": time.time() - 1}})
        await mongo.store.finish_purges()

    with pytest.raises(StoreError, match="took too long: try again"):
        await mongo.copies.take(record, counters, given(portions, meanwhile=sleep))
    assert await mongo.store.tenant(TENANT) is None
    assert await number_of(database) == [0] * 5


async def test_what_cannot_be_removed_at_once_goes_later(sqlite, mongo, url, database):
    record, counters, portions = await filled(sqlite)
    own = await open_database(url)
    copies = MongoTenantCopies(own, MongoCatalogStore(own, NoMarks()))
    with pytest.raises(KeyError):
        await copies.take(record, counters, given(portions, meanwhile=own.client.close, breaks_off=True))
    assert await number_of(database) == [2, 1, 1, 0, 1]


async def test_snapshots_are_believed_only_where_they_hold(mongo, database):
    """With either kind of session all of it comes; nothing is left of the probe."""
    await filled(mongo)
    assert await copy_reading.has_snapshots(database) in {True, False}
    assert await database["leases"].count_documents({}) == 0
    catalog = (await database["tenants"].find_one({"id": TENANT}))["catalog"]
    for way in (copy_reading.in_snapshot, copy_reading.in_transaction):
        async with way(database) as session:
            found = copy_reading.pages(database["products"], catalog, ("i",), session)
            assert [[one["s"] for one in page] async for page in found] == [["R1", "R2"]]


@pytest.mark.parametrize(
    ("code", "told"),
    [(239, "minSnapshotHistoryWindowInSeconds"), (251, "longer than MongoDB remembers"), (1, "code 1")],
)
async def test_a_copy_that_takes_too_long_says_what_helps(mongo, code, told):
    await filled(mongo)
    with pytest.raises(StoreError, match=told):
        async with mongo.copies.read(TENANT):
            raise OperationFailure("refused", code)


async def test_a_server_that_goes_away_while_a_copy_is_read(url, mongo):
    await filled(mongo)
    own = await open_database(url)
    copies = MongoTenantCopies(own, mongo.store)

    async def read():
        async with copies.read(TENANT) as copy:
            await own.client.close()
            with pytest.raises(StoreError):
                await anext(copy.things)

    with pytest.raises(StoreError):
        await read()
