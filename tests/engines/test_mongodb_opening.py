"""Opening a database on MongoDB, and what the store does there beside its contract."""

from __future__ import annotations

import asyncio
import gc
import time
import warnings
from collections.abc import Iterator

import pytest
from bson import Binary, ObjectId
from pymongo.errors import OperationFailure, WriteError

from facetry.domain.errors import StoreBusyError, StoreError, StoreVersionError
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.collections import LAYOUTS, SCHEMA_VERSION
from facetry.engines.mongodb.opening import open_database
from facetry.engines.mongodb.side_collections import SIDE_LAYOUTS
from facetry.testing.samples import OTHER, TENANT, done, put, tenant_record
from tests.engines.mongodb_databases import own_database

pytestmark = pytest.mark.anyio

HISTORY, HOURS = "journal_record_history", "journal_search_hours"


class Deaf(NoMarks):
    """Marks that nobody confirms."""

    lease_seconds = 0.2

    async def tell(self, tenant, mark, look=None):
        return False


@pytest.fixture(scope="module")
def url(mongodb_url) -> Iterator[str]:
    with own_database(mongodb_url) as url:
        yield url


@pytest.fixture
async def database(url):
    database = await open_database(url)
    yield database
    await database.client.close()


@pytest.fixture
async def store(url):
    store = MongoCatalogStore(await open_database(url), NoMarks())
    await store.create_tenant(tenant_record(TENANT))
    yield store
    await store.delete_tenant(TENANT)
    await store.close()


async def test_every_collection_has_its_indexes(database):
    for layout in LAYOUTS:
        indexes = {one["name"]: one async for one in await database[layout.name].list_indexes()}
        assert {name: tuple(one["key"]) for name, one in indexes.items() if name != "_id_"} == {
            index.name: index.fields for index in layout.indexes
        }
        unique = {name for name, one in indexes.items() if one.get("unique")}
        assert unique - {"_id_"} == {index.name for index in layout.indexes if index.unique}


async def test_what_is_no_product_is_refused(database):
    with pytest.raises(WriteError, match="failed validation"):
        await database["products"].insert_one({"t": ObjectId(), "s": 7})


async def test_opening_again_changes_nothing(database, url):
    before = await database["schema"].find_one()
    again = await open_database(url)
    assert await again["schema"].find_one() == before == {"_id": "schema", "version": SCHEMA_VERSION}
    await again.client.close()


async def test_several_processes_may_be_the_first_one_at_once(mongodb_url):
    with own_database(mongodb_url) as url:
        databases = await asyncio.gather(*(open_database(url) for _ in range(3)))
        names = await databases[0].list_collection_names()
        assert {layout.name for layout in LAYOUTS} <= {*names}
        assert await databases[0]["schema"].find_one() == {"_id": "schema", "version": SCHEMA_VERSION}
        for database in databases:
            await database.client.close()


async def test_a_database_of_before_there_were_histories_of_records_is_completed(mongodb_url):
    with own_database(mongodb_url) as url:
        database = await open_database(url)
        added = {layout.name: layout for layout in SIDE_LAYOUTS if layout.name in {HISTORY, HOURS}}
        for name in added:
            await database.drop_collection(name)
        await database["schema"].update_one({}, {"$set": {"version": 2}})
        await database.client.close()
        database = await open_database(url)
        for name, layout in added.items():
            indexes = {one["name"] async for one in await database[name].list_indexes()}
            assert indexes == {"_id_", *(index.name for index in layout.indexes)}
        assert await database["schema"].find_one() == {"_id": "schema", "version": SCHEMA_VERSION}
        assert added.keys() == {HISTORY, HOURS}
        await database.client.close()


async def test_what_a_newer_version_wrote_is_left_alone(mongodb_url):
    with own_database(mongodb_url) as url:
        database = await open_database(url)
        await database["schema"].update_one({}, {"$set": {"version": 99}})
        with pytest.raises(StoreVersionError, match="schema version 99"):
            await open_database(url)
        await database.client.close()


@pytest.mark.parametrize(
    ("wrong", "kind", "text"),
    [
        ("mongodb://u:secret@127.0.0.1:1/x?serverSelectionTimeoutMS=100", StoreBusyError, "MongoDB does not answer"),
        ("mongodb://u:sec/ret@127.0.0.1/x", StoreError, "the URL of MongoDB is not valid"),
    ],
)
async def test_what_is_wrong_with_a_url_is_told_without_its_password(wrong, kind, text):
    with pytest.raises(kind) as raised:
        await open_database(wrong)
    assert (type(raised.value), str(raised.value)) == (kind, text)
    with warnings.catch_warnings():
        # The driver does not close what it was just about to open.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def test_revisions_of_all_tenants(store):
    await store.create_tenant(tenant_record(OTHER))
    before = (await store.revisions())[OTHER]
    await done(store, put("R1"), put("R2"), tenant=OTHER)
    assert await store.revisions() == {TENANT: await store.revision(TENANT), OTHER: before + 2}
    await store.delete_tenant(OTHER)
    assert (await store.revisions()).keys() == {TENANT}


async def test_a_deletion_that_was_interrupted_is_finished(store, database):
    await done(store, put("R1", "G"))
    catalog = (await database["tenants"].find_one({"id": TENANT}))["catalog"]
    await store.tenancy.delete(TENANT)
    assert await database["products"].count_documents({"t": catalog}) == 1
    await store.finish_purges()
    found = [await database[name].count_documents({"t": catalog}) for name in ("products", "groups", "changes")]
    assert (found, await database["purges"].count_documents({})) == ([0, 0, 0], 0)
    await store.create_tenant(tenant_record(TENANT))


async def test_who_cannot_tell_waits_until_nobody_believes_what_was(store, url):
    deaf = MongoCatalogStore(await open_database(url), Deaf())
    began = time.monotonic()
    await done(deaf, put("R1"))
    assert time.monotonic() - began >= 0.22
    began = time.monotonic()
    await deaf.replace_tenant(await deaf.tenant(TENANT))
    assert time.monotonic() - began >= 0.22
    await deaf.close()


async def test_what_a_dead_process_left_open_is_ended(store, database):
    await done(store, put("R1"))
    async with database.client.start_session(causal_consistency=False) as dead:
        await dead.start_transaction()
        await database["tenants"].update_one({"id": TENANT}, {"$inc": {"mark": 1}}, session=dead)
        left = {"_id": Binary.from_uuid(dead.session_id["id"].as_uuid()), "process": "dead", "until": 0}
        await database["writers"].insert_one(left)
        began = time.monotonic()
        await done(store, put("R2"))
        assert 0.4 < time.monotonic() - began < 15
        with pytest.raises(OperationFailure):
            await dead.commit_transaction()
    assert await database["writers"].count_documents({"process": "dead"}) == 0
    assert (await store.counts(TENANT))[0] == 2


async def test_who_lives_says_so(store, database):
    await done(store, put("R1"))
    (first,) = await database["writers"].find({"until": {"$gt": 0}}).to_list()
    await asyncio.sleep(2)
    (then,) = await database["writers"].find({"until": {"$gt": 0}}).to_list()
    assert then["until"] > first["until"]
    assert then["_id"] == first["_id"]


async def test_a_small_write_does_not_starve_a_large_one(store, url):
    """Batches of one process are many and quick, the other's is one and slow: it gets its turn all the same."""
    other = MongoCatalogStore(await open_database(url), NoMarks())
    over = asyncio.Event()

    async def keep_writing():
        number = 0
        while not over.is_set():
            await done(store, put("small", f"G{number % 3}"))
            number += 1
        return number

    small = asyncio.ensure_future(keep_writing())
    try:
        await asyncio.wait_for(done(other, *(put(f"R{n}", f"G{n}") for n in range(300))), 60)
    finally:
        over.set()
    assert await small > 0
    assert (await store.counts(TENANT))[0] == 301
    await other.close()
