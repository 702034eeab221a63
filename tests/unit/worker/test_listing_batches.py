"""Batches of listings in the background."""

import asyncio

import pytest

from facetry.application.records import Records
from facetry.application.tenants import NewTenant
from facetry.domain.batching import QueueBatch
from facetry.domain.change import Delta
from facetry.domain.errors import StoreFullError
from facetry.domain.listing import BatchStatus
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey
from facetry.domain.record import RecordKind
from facetry.worker.listing_batches import TASKS, WRITES, ListingBatches
from tests.unit.application.shop import Shop, content

pytestmark = pytest.mark.anyio

LISTINGS = TASKS * WRITES + 7
R1 = ProductKey(sku="R1")


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    await offer(shop, "t")
    return shop


async def offer(shop, tenant, count=LISTINGS):
    await shop.catalog.put_product(tenant, content("R1", quantity=4))
    await shop.catalog.write(tenant, [PutListing({"channel": 3000, "quantity": 1}, R1) for _ in range(count)])


def batches_of(shop):
    return ListingBatches(shop.store, shop.catalog, Records(shop.store))


async def status(shop, number=1, tenant="t"):
    found = await shop.store.records_after(tenant, RecordKind.BATCH, number - 1, 1)
    return found[0].status


async def until(holds):
    for _ in range(2_000):
        if await holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came")


async def test_all_tasks_of_all_batches_are_done(shop):
    await shop.catalog.write("t", [QueueBatch((R1,)), QueueBatch((R1,), fields=("price",))])
    await batches_of(shop).work("t")
    assert [await status(shop, number) for number in (1, 2)] == [BatchStatus.SUCCESS] * 2
    listings = await shop.store.records_after("t", RecordKind.LISTING, 0, 1_000)
    assert [one.quantity for one in listings] == [4] * LISTINGS
    await batches_of(shop).work("t")


async def test_a_batch_is_done_soon_after_it_was_queued(shop):
    batches = batches_of(shop)
    shop.relay.listen(batches)
    running = asyncio.create_task(batches.run())
    await asyncio.sleep(0)
    await shop.catalog.write("t", [QueueBatch((R1,))])

    async def is_done():
        return await status(shop) is BatchStatus.SUCCESS

    await until(is_done)
    running.cancel()


async def test_what_an_earlier_process_left_is_done(shop):
    await shop.tenants.create(NewTenant(name="u", id="u"))
    await offer(shop, "u", 2)
    for tenant in ("t", "u"):
        await shop.catalog.write(tenant, [QueueBatch((R1,))])
    running = asyncio.create_task(batches_of(shop).run())

    async def are_done():
        return [await status(shop, 1, tenant) for tenant in ("t", "u")] == [BatchStatus.SUCCESS] * 2

    await until(are_done)
    running.cancel()


async def test_after_a_failure_it_goes_on(shop, caplog, monkeypatch):
    await shop.catalog.write("t", [QueueBatch((R1,))])
    write, failures = shop.store.write, [StoreFullError("full"), StoreFullError("full")]

    async def failing(tenant, writes, **options):
        if failures:
            raise failures.pop()
        return await write(tenant, writes, **options)

    monkeypatch.setattr(shop.store, "write", failing)
    running = asyncio.create_task(batches_of(shop).run(pause_seconds=0.001))

    async def is_done():
        return await status(shop) is BatchStatus.SUCCESS

    await until(is_done)
    running.cancel()
    assert caplog.text.count("a batch of listings stopped") == 2


async def test_only_batches_wake_it(shop):
    batches = batches_of(shop)
    batches.changed("t", Delta(revision=1, skus=("R1",), records=((RecordKind.LISTING, 1),)))
    assert batches._taken() == []
    batches.changed("t", Delta(revision=1, records=((RecordKind.BATCH, 1),)))
    batches.forget("u")
    assert batches._taken() == ["t", "u"]


async def test_a_batch_that_somebody_else_finishes_ends_the_work(shop, monkeypatch):
    await shop.catalog.write("t", [QueueBatch((R1,))])
    stale = Records(shop.store)
    (batch,) = await stale.after("t", RecordKind.BATCH, 0, 1, "open")
    await batches_of(shop).work("t")

    async def still_open(*_):
        return [batch]

    monkeypatch.setattr(stale, "after", still_open)
    await asyncio.wait_for(ListingBatches(shop.store, shop.catalog, stale).work("t"), 5)
