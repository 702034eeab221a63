"""Notes of what becomes of products, in the processes of one data directory."""

import asyncio

import pytest

from facetry.application.acting import act_as, acting
from facetry.application.history_notes import HistoryNotes
from facetry.application.product_history import ProductHistory, change_of
from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import AllOrNone, BulkWrite, DeleteProduct, Guarded, Once
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.guarding import Condition, tag_of
from facetry.domain.patching import ProductKey
from facetry.domain.stocking import ChangeStock
from facetry.domain.touching import plain, what, why
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.journal import MemoryJournal
from facetry.engines.sqlite.journal import SqliteJournal
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import OTHER, TENANT, put, sale, tenant_record
from tests.unit.application.shop import SetClock

pytestmark = pytest.mark.anyio


async def told(history, sku="R1", tenant=TENANT):
    """Return who did what to a product, newest first."""
    return [(one.line.by, one.line.action, one.line.reason) for one in await history.lines(tenant, sku, 10)]


async def write_to(owner, follower):
    """Write through both processes of a directory."""
    await owner.write(TENANT, [put("R1", quantity=3)], by=Actor("main"))
    await follower.write(TENANT, [ChangeStock(ProductKey(sku="R1"), 2, "found")], by=Actor("clerk"))
    await follower.write(TENANT, [put("R1", quantity=5), DeleteProduct("R1")])


class TestNotes:
    """What stands in the journal."""

    async def test_the_followers_actor_stands_in_the_history(self, tmp_path):
        owner = await open_store(tmp_path, owner=True)
        for name in (TENANT, OTHER):
            await owner.create_tenant(tenant_record(name))
        journals = [SqliteJournal(tmp_path) for _ in range(2)]
        owner.on_write(HistoryNotes(journals[0], SetClock()))
        follower = await open_store(tmp_path, owner=False)
        assert not hasattr(follower, "on_write")
        await write_to(owner, follower)
        for journal in journals:
            history = ProductHistory(journal, owner)
            assert await told(history) == [
                *(("operator", "delete", ""), ("clerk", "stock", "found"), ("main", "create", "")),
            ]
            assert await told(history, tenant=OTHER) == []
        for one in (*journals, follower, owner):
            await one.close()

    async def test_documents_are_kept_but_of_creations(self):
        store, journal = MemoryCatalogStore(), MemoryJournal()
        await store.create_tenant(tenant_record(TENANT))
        store.on_write(HistoryNotes(journal, SetClock()))
        await write_to(store, store)
        changes = [change_of(one.line) for one in await ProductHistory(journal, store).lines(TENANT, "R1", 10)]
        quantities = [[side and side.quantity for side in (one.before, one.after)] for one in changes]
        assert quantities == [[5, None], [3, 5], [None, None]]
        assert {one.line.time for one in changes} == {SetClock().now()}

    async def test_the_newest_of_several_products_are_told_together(self):
        store, journal, clock = MemoryCatalogStore(), MemoryJournal(), SetClock()
        await store.create_tenant(tenant_record(TENANT))
        store.on_write(HistoryNotes(journal, clock))
        for sku in ("R1", "R2", "R1", "R3", "R2"):
            clock.time += 1
            await store.write(TENANT, [put(sku, quantity=int(clock.time))])
        history = ProductHistory(journal, store)
        found = await history.newest(TENANT, ["R1", "R2", "R9"], 3)
        assert [(line.id, line.action) for line in found] == [("R2", "update"), ("R1", "update"), ("R2", "create")]
        assert await history.newest(TENANT, [], 3) == []

    async def test_a_product_is_known_as_it_was_with_a_tag(self):
        store, journal = MemoryCatalogStore(), MemoryJournal()
        await store.create_tenant(tenant_record(TENANT))
        store.on_write(HistoryNotes(journal, SetClock()))
        states = []
        for quantity in (1, 2, 3):
            await store.write(TENANT, [put("R1", quantity=quantity)])
            states.append(await store.product(TENANT, "R1"))
        history = ProductHistory(journal, store)
        assert [await history.state(TENANT, "R1", tag_of(one)) for one in states] == states
        assert await history.state(TENANT, "R1", "0" * 16) is None

    async def test_an_unknown_change_cannot_be_undone(self):
        store = MemoryCatalogStore()
        history = ProductHistory(MemoryJournal(), store)
        with pytest.raises(RecordNotFoundError) as caught:
            await history.undoing(TENANT, "R1", 1, is_forced=False)
        assert caught.value.message == "change 1 not found"


def test_what_a_write_is_does_not_depend_on_what_stands_around_it():
    stock = ChangeStock(ProductKey(sku="R1"), 1, "found")
    condition = Condition(ProductKey(sku="R1"))
    around = Once("k", "d", 0.0, Guarded(condition, AllOrNone((stock,))))
    assert (plain(around), what(around), why(around)) == (stock, "stock", "found")
    several = AllOrNone((stock, sale("R1")))
    assert (plain(several), what(several), why(several)) == (several, "update", "")
    assert [what(write) for write in (sale("R1"), BulkWrite(()), put("R1"))] == ["sale", "update", "update"]


async def test_each_task_acts_for_itself():
    async def act(name):
        assert acting() == OPERATOR
        act_as(Actor(name))
        await asyncio.sleep(0)
        return acting().name

    names = [f"key {number}" for number in range(5)]
    assert await asyncio.gather(*map(act, names)) == names
    assert acting() == OPERATOR
