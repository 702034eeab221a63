"""Which commands the store sends to MongoDB: how many a write, and that an index answers each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pymongo.monitoring import CommandListener

from facetry.domain.catalog import BulkWrite, DeleteGroup, DeleteProduct, Once, PatchProduct
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.variations import PutVariation
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.collections import LAYOUTS
from facetry.engines.mongodb.opening import open_database
from facetry.testing.samples import TENANT, done, gemstone, put, tenant_record
from tests.engines.mongodb_databases import own_database

pytestmark = pytest.mark.anyio
NOT_PLANNED = {
    *(("products", "t", "l"), ("products", "t", "i", "u"), ("tenants", "id")),
    *(("tenants", "_id", "mark"), ("tenants", "_id", "catalog"), ("tenants", "_id", "catalog", "version")),
}
"""Conditions for which the server that tests start has no plan with an index, though there is one."""


class Commands(CommandListener):
    """Writes down which commands are sent."""

    def __init__(self):
        self.sent = []

    def started(self, event):
        # That a process lives it tells now and then, whatever else it does.
        if event.command.get("update") != "writers":
            self.sent.append((event.command_name, event.command))

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass

    def names(self):
        names = [name for name, _ in self.sent]
        self.sent.clear()
        return names


@pytest.fixture(scope="module")
def url(mongodb_url) -> Iterator[str]:
    with own_database(mongodb_url) as url:
        yield url


@pytest.fixture
async def commands(url):
    return Commands()


@pytest.fixture
async def store(url, commands):
    store = MongoCatalogStore(await open_database(url, [commands]), NoMarks())
    await store.create_tenant(tenant_record(TENANT))
    await done(store, put("R0", "G"))
    commands.sent.clear()
    yield store
    await store.delete_tenant(TENANT)
    await store.close()


async def test_a_batch_of_new_products_is_four_commands(store, commands):
    await done(store, *(put(f"R{n}", "G") for n in range(1, 5)), put("S1", "H"))
    assert commands.names() == ["find", "find", "bulkWrite", "commitTransaction"]


async def test_products_that_are_replaced_are_as_many(store, commands):
    await done(store, put("R0", "G", name="Other"))
    assert commands.names() == ["find", "find", "bulkWrite", "commitTransaction"]
    await done(store, put("R0", "H", quantity=9, is_main=True))
    # Which group it leaves is only known when it was read.
    assert commands.names() == ["find", "find", "find", "bulkWrite", "commitTransaction"]


async def test_a_bulk_is_as_many(store, commands):
    await done(store, BulkWrite(tuple(put(f"B{n}", f"G{n}") for n in range(300))))
    assert commands.names() == ["find", "find", "bulkWrite", "commitTransaction"]


async def test_who_does_not_know_the_counters_begins_with_the_tenant(store, commands, url):
    peer = MongoCatalogStore(await open_database(url), NoMarks())
    await done(peer, put("R1", "G"))
    await store.look(TENANT)
    assert commands.names() == ["find"]
    await done(store, put("R2", "G"))
    assert commands.names() == ["findAndModify", "find", "find", "bulkWrite", "commitTransaction"]
    await peer.close()


async def test_who_is_late_begins_anew(store, commands, url):
    peer = MongoCatalogStore(await open_database(url), NoMarks())
    await done(peer, put("R1", "G"))
    await done(store, put("R2", "G"))
    late = ["find", "find", "bulkWrite", "abortTransaction"]
    assert commands.names() == [*late, "findAndModify", "find", "find", "bulkWrite", "commitTransaction"]
    await peer.close()


async def test_who_is_late_begins_anew_before_8_too(store, commands, url):
    store._writing._storing._at_once = False
    peer = MongoCatalogStore(await open_database(url), NoMarks())
    await done(peer, put("R1", "G"))
    await done(store, put("R2", "H"))
    names = commands.names()
    assert names[names.index("abortTransaction") :] == [
        *("abortTransaction", "findAndModify", "find", "find"),
        *("update", "insert", "insert", "insert", "commitTransaction"),
    ]
    assert await store.counts(TENANT) == (3, 2)
    await peer.close()


async def test_what_is_refused_is_checked_against_what_is_so_now(store, commands):
    await store.write(TENANT, [DeleteProduct("R9")])
    assert commands.names() == ["find", "find"]


async def test_servers_before_8_get_a_command_a_collection(store, commands):
    store._writing._storing._at_once = False
    await done(store, put("R1", "G"), put("R0", "H"), DeleteProduct("R1"))
    sent = [(name, command.get(name)) for name, command in commands.sent]
    assert sent == [
        *(("find", "products"), ("find", "groups"), ("update", "tenants"), ("delete", "groups")),
        *(("insert", "groups"), ("update", "products"), ("insert", "changes"), ("commitTransaction", 1)),
    ]
    assert await store.counts(TENANT) == (1, 1)


async def test_reads_of_one_thing_are_one_command(store, commands):
    await store.product(TENANT, "R0")
    assert commands.names() == ["find", "find"]
    await store.product(TENANT, "R0")
    await store.look(TENANT)
    assert commands.names() == ["find", "find"]


async def everything(store):
    """Ask and write in every way that there is."""
    await done(
        store,
        *(put("P", "G", is_main=True), put("Q", "G", is_main=True), PutRecord(gemstone("a")), PutRecord(gemstone("b"))),
        *(put("S", "H", gemstones=({"code": "a"},)), PutVariation(ProductKey(sku="P"), "V", "size", "7")),
        PatchRecord(RecordKind.GEMSTONE, RecordKey(1), {"quantity": 2}),
        PatchProduct(ProductKey(sku="P"), ProductPatch(name="other", quantity=4)),
        Once("key", "digest", 1.0, put("O", "H")),
    )
    await done(store, Once("other", "digest", 2.0, PatchProduct(ProductKey(id=1), ProductPatch(quantity=7))))
    await done(store, DeleteProduct("S"), DeleteGroup("H"), DeleteRecord(RecordKind.GEMSTONE, RecordKey(code="b")))
    await store.products(TENANT, ["P", "Q"])
    await store.products_by_id(TENANT, [1, 2])
    await store.products_after(TENANT, 0, 10)
    await store.products_after(TENANT, 0, 10, updated_from=5.0)
    await store.records(TENANT, RecordKind.GEMSTONE, [RecordKey(1), RecordKey(code="a")])
    await store.records_after(TENANT, RecordKind.GEMSTONE, 0, 10)
    await store.records_after(TENANT, RecordKind.LISTING, 0, 10, "P")
    await store.records_before(TENANT, RecordKind.GEMSTONE, 9, 10)
    await store.records_before(TENANT, RecordKind.LISTING, 0, 10, "P")
    await store.group(TENANT, "G")
    await store.groups_after(TENANT, "", 10)
    before = await store.revision(TENANT) - 5
    await store.delta(TENANT, before, 100)
    await store.changes(TENANT, before, 100)
    await store.counts(TENANT)
    await store.revisions()
    await store.tenants()
    await store.tenant_by_key(tenant_record(TENANT).api_key_digest)
    await store.tenant_by_token_key("kid")
    await store.replace_tenant(await store.tenant(TENANT))
    await store.look(TENANT)
    await store.cut_log(TENANT, before)


def conditions(commands, database):
    """Yield collection, condition and order of everything that commands look for."""
    for name, command in commands:
        if name == "find":
            yield command["find"], command["filter"], command.get("sort")
        elif name == "findAndModify":
            yield command["findAndModify"], command["query"], None
        elif name == "bulkWrite":
            places = [one["ns"].removeprefix(f"{database}.") for one in command["nsInfo"]]
            for one in command["ops"]:
                if "filter" in one:
                    yield places[one.get("update", one.get("delete"))], one["filter"], None
        elif name in {"update", "delete"}:
            for one in command[f"{name}s"]:
                yield command[name], one["q"], None


def stages(plan):
    """Yield the stages of a plan, with their indexes."""
    yield plan["stage"], plan.get("indexName")
    for below in (*plan.get("inputStages", ()), *filter(None, [plan.get("inputStage")])):
        yield from stages(below)


def has_index(collection, fields):
    """Return whether an index begins with fields of a condition, ``_id`` included."""
    if "_id" in fields:
        return True
    indexes = [index.fields for layout in LAYOUTS if layout.name == collection for index in layout.indexes]
    # Every field of an index up to the last one that the condition names must be named; more only filter what it finds.
    return any(set(index[: 1 if len(index) == 1 else 2]) <= set(fields) for index in indexes)


async def test_an_index_answers_whatever_is_looked_for(store, commands):
    await everything(store)
    database = store._database
    asked = [*conditions(commands.sent, database.name)]
    shapes = {(collection, *condition) for collection, condition, _ in asked}
    assert [shape for shape in shapes if not has_index(shape[0], shape[1:])] == []
    scanned = set()
    for collection, condition, order in asked:
        find = {"find": collection, "filter": condition, **({"sort": order} if order else {})}
        told = await database.command("explain", find, verbosity="queryPlanner")
        if "COLLSCAN" in dict(stages(told["queryPlanner"]["winningPlan"])):
            scanned.add((collection, *condition))
    assert len(shapes) == 17
    # Our own server does without indexes of which only some documents are part, and where a name is not all that a
    # condition asks for.
    assert scanned <= (NOT_PLANNED if told["serverInfo"]["host"] == "secantus" else set())
