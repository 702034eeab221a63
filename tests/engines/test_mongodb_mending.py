"""Whatever is derived is damaged, found, and mended to what it was."""

from __future__ import annotations

import msgspec
import pytest
from bson import ObjectId

from facetry.domain.fault import Fault
from facetry.domain.keeping import PutRecord
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.mending import MongoMending
from facetry.engines.mongodb.opening import open_database
from facetry.engines.mongodb.state import name_of_tenant
from facetry.testing.samples import OTHER, TENANT, all_records, done, gemstone, put, snapshot, tenant_record

pytestmark = pytest.mark.anyio
NAME = name_of_tenant(TENANT)
COLUMNS = "the columns are not those of the document"


@pytest.fixture
async def own(url, database):
    """Return a connection that the store closes."""
    return await open_database(url)


@pytest.fixture
async def filled(own):
    store = MongoCatalogStore(own, NoMarks())
    for name in (TENANT, OTHER):
        await store.create_tenant(tenant_record(name))
    await done(store, PutRecord(gemstone("STONE-1")), PutRecord(gemstone("STONE-2")))
    await done(
        store,
        put("A1", "G1", gemstones=({"code": "STONE-1"},), is_main=True),
        put("A2", "G1"),
        put("B1", "G2"),
    )
    await done(store, put("A1", "G1"), tenant=OTHER)
    yield store
    await store.close()


@pytest.fixture
def mending(own, filled):
    return MongoMending(own, filled)


@pytest.fixture
async def catalog(database, filled):
    """Return what the products of the first tenant are stored under."""
    return (await database["tenants"].find_one({"_id": NAME}))["catalog"]


def tenant_set(**fields):
    return "tenants", {"_id": NAME}, {"$set": fields}


# Collection, which document, and what happens to it: another update, or None where it goes.
CASES = {
    "products counter": (*tenant_set(products=9), [Fault("counts", "products", "9 instead of 3")]),
    "groups counter": (*tenant_set(groups=0), [Fault("counts", "groups", "0 instead of 2")]),
    "quota": (*tenant_set(max_bytes=1), [Fault("keys", "", "the tenant's columns are not those of its record")]),
    "currency": (*tenant_set(currency="EUR"), [Fault("keys", "", "the tenant's columns are not those of its record")]),
    "next id": (*tenant_set(joined=1), [Fault("counts", "next id", "2 is taken")]),
    "last id": (*tenant_set(last_ids={}), [Fault("counts", "last id of gemstone", "0 instead of 2")]),
    "links in use": (
        *tenant_set(linked=["main:"]),
        [Fault("counts", "links", "stone: missing among those that products have")],
    ),
    "lost group": ("groups", {"g": "G2"}, None, [Fault("groups", "G2", "missing")]),
    "size of a group": (
        "groups",
        {"g": "G1"},
        {"$set": {"n": 7}},
        [Fault("groups", "G1", "counted 7 products instead of 2")],
    ),
    "link of a product": ("products", {"s": "A1"}, {"$unset": {"l": 1}}, [Fault("products", "A1", COLUMNS)]),
    "sku": ("products", {"s": "A2"}, {"$set": {"s": "X9"}}, [Fault("products", "A2", COLUMNS)]),
    "group": ("products", {"s": "B1"}, {"$set": {"g": "G3"}}, [Fault("products", "B1", COLUMNS)]),
    "code": ("records", {"i": 2}, {"$set": {"q": ["gemstone#2"]}}, [Fault("records", "gemstone 2", COLUMNS)]),
}
LOG_CASES = {
    "gap in the log": ("changes", {"r": 3}, None, [Fault("log", "", "holds 4 revisions instead of 5")]),
    "log beyond the revision": (
        *tenant_set(revision=3),
        [Fault("log", "", "holds revisions 1 to 5 instead of 1 to 3")],
    ),
    "unreadable log": (
        "changes",
        {"r": 4},
        {"$set": {"k": [["ghost", 1]]}},
        [Fault("log", "", "cannot be read up to revision 5")],
    ),
}


async def damage(database, catalog, collection, which, change):
    """Change or remove one document of the first tenant."""
    wanted = which if collection in {"tenants", "keys"} else {"t": catalog, **which}
    if change is None:
        assert (await database[collection].delete_one(wanted)).deleted_count == 1
    else:
        assert (await database[collection].update_one(wanted, change)).modified_count == 1


async def test_what_is_right_has_no_faults_and_is_left_alone(mending, filled):
    before, mark = await snapshot(filled), filled.mark(TENANT)
    assert await mending.faults(TENANT) == await mending.faults("nobody") == []
    assert await mending.mend(TENANT) == await mending.mend("nobody") == []
    assert list(await mending.shared_faults()) == list(await mending.mend_shared()) == []
    await filled.look(TENANT)
    assert (await snapshot(filled), filled.mark(TENANT)) == (before, mark)


async def check_mended(mending, filled, database, catalog, case):
    """Damage something, find exactly that, mend it, and compare all there is with what it was."""
    *changed, faults = case
    (before, records), other = (await snapshot(filled), await all_records(filled)), await snapshot(filled, OTHER)
    await damage(database, catalog, *changed)
    assert await mending.faults(TENANT) == faults
    assert await mending.faults(OTHER) == []
    assert await mending.mend(TENANT) == []
    assert await mending.faults(TENANT) == []
    after = await snapshot(filled)
    assert (after[0], after[1]) == (before[0] + 1, before[1])
    assert [plain(group) for group in after[2]] == [plain(group) for group in before[2]]
    assert await all_records(filled) == records
    assert await snapshot(filled, OTHER) == other


async def test_damage_is_found_and_mended(mending, filled, database, catalog):
    """One after the other in one database, because to make a new one takes longer than the check."""
    for case in CASES.values():
        await check_mended(mending, filled, database, catalog, case)
    await done(filled, put("NEXT", "G1"), PutRecord(gemstone("NEXT")))
    assert await mending.faults(TENANT) == []


@pytest.mark.parametrize("case", LOG_CASES)
async def test_a_damaged_log_is_found_and_mended(mending, filled, database, catalog, case):
    await check_mended(mending, filled, database, catalog, LOG_CASES[case])
    await done(filled, put("NEXT", "G1"))
    assert await mending.faults(TENANT) == []


def plain(group):
    # A group that was lost has another identity afterwards.
    return msgspec.structs.replace(group, revision=0, object_id="")


async def test_a_group_of_nothing_goes(mending, database, catalog):
    await database["groups"].insert_one({"t": catalog, "g": "GHOST", "o": "0", "r": 1, "n": 1})
    assert await mending.faults(TENANT) == [Fault("groups", "GHOST", "has no product")]
    assert await mending.mend(TENANT) == []
    assert await database["groups"].count_documents({"g": "GHOST"}) == 0


async def test_keys_are_those_of_the_record(mending, filled, database):
    keys = database["keys"]
    await keys.delete_many({"tenant": NAME})
    await keys.insert_many([{"_id": b"strange", "tenant": NAME}, {"_id": "strange", "tenant": NAME}])
    assert await mending.faults(TENANT) == [
        Fault("keys", "", "the index of keys is not that of its record"),
        Fault("keys", "tokens", "the index of token keys is not that of its record"),
    ]
    assert await mending.mend(TENANT) == []
    record = await filled.tenant(TENANT)
    assert await filled.tenant_by_key(record.api_key_digest) == record
    assert await filled.tenant_by_token_key(record.token_keys[0].kid) == record
    assert await filled.tenant_by_key(b"strange") is None


async def test_a_key_that_is_anothers_stays_wrong(mending, filled, database):
    """Nothing of that finding is mended, and all else is."""
    record = await filled.tenant(TENANT)
    other = {"tenant": name_of_tenant(OTHER)}
    await database["keys"].update_one({"_id": record.api_key_digest}, {"$set": other})
    await database["tenants"].update_one({"_id": NAME}, {"$set": {"products": 1}})
    fault = Fault("keys", "", "the index of keys is not that of its record")
    assert await mending.faults(TENANT) == [fault, Fault("counts", "products", "1 instead of 3")]
    assert await mending.mend(TENANT) == [fault]
    assert (await database["keys"].find_one({"_id": record.api_key_digest}))["tenant"] == other["tenant"]


async def test_who_follows_hears_what_was_mended(mending, filled, database, catalog):
    await damage(database, catalog, "products", {"s": "B1"}, {"$set": {"s": "X1", "g": "G3"}})
    await damage(database, catalog, "records", {"i": 2}, {"$set": {"q": []}})
    mark = filled.mark(TENANT)
    assert await mending.mend(TENANT) == []
    assert filled.mark(TENANT) != mark
    delta = await filled.delta(TENANT, 5, 100)
    assert (delta.revision, delta.skus, delta.gone) == (6, ("B1", "X1"), ("G3",))
    assert [(group.group_id, group.revision) for group in delta.groups] == [("G2", 6)]
    changes = await filled.changes(TENANT, 5, 100)
    assert [record.id for record in changes.records] == [2]


async def test_a_mended_log_begins_anew(mending, filled, database, catalog):
    await damage(database, catalog, "changes", {"r": 2}, None)
    assert await mending.mend(TENANT) == []
    assert await filled.delta(TENANT, 4, 100) is None
    assert (await filled.delta(TENANT, 5, 100)).revision == 6


@pytest.mark.parametrize(
    ("collection", "which", "part", "subject"),
    [("products", {"s": "A1"}, "products", "A1"), ("records", {"i": 1}, "records", "gemstone 1")],
)
async def test_a_lost_document_is_told_and_cannot_be_mended(
    mending, database, catalog, collection, which, part, subject
):
    await damage(database, catalog, collection, which, {"$set": {"d": b"{"}})
    fault = Fault(part, subject, "the document cannot be read", mendable=False)
    assert fault in await mending.faults(TENANT)
    assert fault in await mending.mend(TENANT)


async def test_a_record_that_cannot_be_read_is_told(mending, database, catalog):
    await damage(database, catalog, "tenants", {"_id": NAME}, {"$set": {"record": b"{"}})
    fault = Fault("keys", "", "the tenant's record cannot be read", mendable=False)
    assert await mending.faults(TENANT) == await mending.mend(TENANT) == [fault]


async def test_two_documents_of_one_sku_are_told(mending, database, catalog):
    """Which of them is right nobody knows, so both stay."""
    twin = await database["products"].find_one({"t": catalog, "s": "A1"})
    await damage(database, catalog, "products", {"s": "A2"}, {"$set": {"d": twin["d"]}})
    assert Fault("products", "A1", COLUMNS) in await mending.mend(TENANT)
    assert await database["products"].count_documents({"t": catalog}) == 3


async def test_documents_of_nobody_go(mending, filled, database, catalog):
    nobody = ObjectId()
    await database["groups"].insert_one({"t": nobody, "g": "G", "o": "0", "r": 1, "n": 1})
    await database["keys"].insert_one({"_id": b"lost", "tenant": "nobody"})
    before = await snapshot(filled)
    assert await mending.shared_faults() == [
        Fault("database", "groups", f"documents of catalog {nobody}, which is not there"),
        Fault("database", "keys", "1 keys of tenants that are not there"),
    ]
    assert await mending.mend_shared() == []
    assert await database["groups"].count_documents({"t": nobody}) == 0
    assert await snapshot(filled) == before


async def test_a_tenant_is_not_purged_by_mistake(mending, filled, database, catalog):
    await database["purges"].insert_one({"_id": catalog})
    fault = Fault("database", "purges", f"tenant {TENANT} is there and marked as deleted")
    assert await mending.shared_faults() == [fault]
    assert await mending.mend_shared() == []
    await filled.finish_purges()
    assert await filled.counts(TENANT) == (3, 2)
