"""What the owner's store has beyond the port: listeners and interrupted deletions."""

from __future__ import annotations

import logging

import pytest

from facetry.domain.catalog import AllOrNone, DeleteProduct
from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Listing
from facetry.engines.sqlite import tenancy
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.tenancy import DeleteTenantCommand, PurgeCommand
from facetry.testing.samples import OTHER, TENANT, done, put, tenant_record

pytestmark = pytest.mark.anyio


async def test_listeners_hear_of_each_commit_before_its_caller(store):
    heard = []
    store.on_commit(heard.append)
    await done(store, put("R1"))
    assert heard == [{TENANT}]
    await store.replace_tenant(tenant_record(OTHER))
    assert heard == [{TENANT}, {OTHER}]
    await store.cut_log(TENANT, 1)
    assert heard == [{TENANT}, {OTHER}, set()]


async def test_a_record_is_looked_for_again_after_each_commit(store):
    await done(store, put("R1"))
    record = await store.tenant(TENANT)
    assert await store.tenant(TENANT) is record
    changed = await store.replace_tenant(record)
    assert (await store.tenant(TENANT)).version == changed.version == record.version + 1
    await store.delete_tenant(TENANT)
    assert await store.tenant(TENANT) is None
    await store.create_tenant(record)
    assert (await store.tenant(TENANT)).version == record.version


async def test_a_record_is_looked_for_again_where_another_process_changed_it(store, tmp_path):
    await done(store, put("R1"))
    record = await store.tenant(TENANT)
    follower = await open_store(tmp_path)
    await follower.replace_tenant(await follower.tenant(TENANT))
    await follower.close()
    assert (await store.tenant(TENANT)).version == record.version + 1


async def test_a_write_that_is_refused_when_half_is_done_leaves_its_neighbours(store):
    half = AllOrNone((put("R2"), DeleteProduct("R9")))
    first, refused, last = (await store.write(TENANT, [put("R1"), half, put("R3")])).outcomes
    assert (refused.code, refused.subject, refused.at) == ("product_not_found", "R9", 1)
    assert [first.product.joined, last.product.joined] == [1, 2]
    assert (await store.revision(TENANT), await store.counts(TENANT)) == (2, (2, 2))
    assert await store.product(TENANT, "R2") is None
    assert (await store.product(TENANT, "R1")).object_id == first.product.object_id


async def test_listeners_need_not_look_where_nothing_changed(store):
    heard = []
    store.on_commit(heard.append)
    mark = store.mark(TENANT)
    await store.write(TENANT, [DeleteProduct("R1"), put("")])
    assert (heard, store.mark(TENANT)) == ([set()], mark)


async def test_listeners_hear_of_other_processes_writes(store, tmp_path):
    heard = []
    store.on_commit(heard.append)
    follower = await open_store(tmp_path)
    await done(follower, put("R1"))
    await follower.close()
    assert heard == [{TENANT}]


async def test_a_listener_that_fails_takes_nobody_along(store, caplog):
    heard = []

    def fail(tenants):
        raise ZeroDivisionError

    store.on_commit(fail)
    store.on_commit(heard.append)
    with caplog.at_level(logging.ERROR):
        await done(store, put("R1"))
    assert heard == [{TENANT}]
    assert "a listener to commits failed" in caplog.text


async def test_an_interrupted_deletion_is_finished_by_the_next_owner(store, tmp_path):
    await done(store, *(put(f"R{n}", f"G{n}") for n in range(3)))
    await done(store, put("R1", "G"), tenant=OTHER)
    await store._commits.submit(DeleteTenantCommand(TENANT))
    await store.close()
    again = await open_store(tmp_path, owner=True)
    for table in ("products", "groups", "changes"):
        assert again._reads.execute(f"SELECT count(*) FROM {table}").get == 1
    assert again._reads.execute("SELECT count(*) FROM purges").get == 0
    assert await again.counts(OTHER) == (1, 1)
    await again.close()


async def test_a_portion_of_a_deletion_is_small_though_all_name_one_thing(store, monkeypatch):
    monkeypatch.setattr(tenancy, "_PORTION", 2)
    await done(store, *(PutRecord(Listing(sku="R1", channel=3000)) for _ in range(5)))
    number = await store._commits.submit(DeleteTenantCommand(TENANT))
    left = []
    while await store._commits.submit(PurgeCommand(number)):
        left.append(store._reads.execute("SELECT count(*) FROM links").get)
    # Before the links go the changes and the records, after them the last ids.
    assert left[-4:] == [3, 1, 0, 0]
    for table in ("records", "links", "last_ids", "changes", "purges"):
        assert store._reads.execute(f"SELECT count(*) FROM {table}").get == 0


async def test_the_catalog_survives_a_restart(store, tmp_path):
    await done(store, put("R1", "G", is_main=True), put("R2", "G"), put("R3", "H"))
    before = [await store.group(TENANT, "G"), await store.delta(TENANT, 0, 10), await store.tenants()]
    await store.close()
    again = await open_store(tmp_path)
    assert [await again.group(TENANT, "G"), await again.delta(TENANT, 0, 10), await again.tenants()] == before
    await done(again, put("R4", "G"))
    assert await again.revision(TENANT) == 4
    group = await again.group(TENANT, "G")
    assert group.product_skus == ("R1", "R2", "R4")
    await again.close()
