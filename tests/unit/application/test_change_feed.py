import asyncio
import time

import msgspec
import pytest

from facetry.application.change_feed import ChangeFeed, Wanted
from facetry.domain.catalog import DeleteProduct
from facetry.domain.errors import RevisionTooOldError, TooManyWaitingError
from facetry.domain.feed import Changes
from facetry.domain.keeping import PutRecord
from facetry.domain.sale import Sale
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.testing.samples import TENANT, done, gemstone, put, tenant_record
from tests.unit.application.two_machines import FarStore

pytestmark = pytest.mark.anyio

ALL = Wanted(100)


@pytest.fixture
async def store(anyio_backend):
    store = MemoryCatalogStore()
    await store.create_tenant(tenant_record(TENANT))
    return store


@pytest.fixture
def feed(store):
    return ChangeFeed(store, most_waiting=2, look_seconds=0.002, last_seconds=0.01)


def empty(since, revision=None):
    revision = since if revision is None else revision
    return Changes(since=since, revision=revision, read_at=revision)


async def rename(store):
    record = await store.tenant(TENANT)
    await store.replace_tenant(msgspec.structs.replace(record, name="other"))


def skus(page):
    return [product.sku for product in page.products]


async def test_a_consumer_begins_now(store, feed):
    await done(store, put("R1", "G"))
    assert await feed.now(TENANT) == empty(1)


async def test_only_the_parts_that_are_wanted_come(store, feed):
    await done(store, put("R1", "G"), put("R2", "H"), DeleteProduct("R2"), PutRecord(gemstone("D1")))
    page = await feed.page(TENANT, 0, Wanted(100, frozenset({"groups"})))
    assert page == Changes(since=0, revision=4, read_at=4, groups=("G",), gone_groups=("H",))
    page = await feed.page(TENANT, 0, Wanted(100, frozenset({"gemstones"})))
    assert ([one.code for one in page.records], page.groups, page.products) == (["D1"], (), ())


async def test_what_is_there_comes_without_waiting(store, feed):
    await done(store, put("R1", "G"))
    page = await asyncio.wait_for(feed.next_page(TENANT, 0, ALL, 60), 5)
    assert (skus(page), page.revision) == (["R1"], 1)


async def test_a_change_is_waited_for(store, feed):
    waiting = asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 60))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await done(store, put("R1", "G"))
    page = await asyncio.wait_for(waiting, 5)
    assert (page.since, page.revision, skus(page)) == (0, 1, ["R1"])


async def test_what_touches_nothing_of_a_copy_wakes_nobody(store, feed):
    waiting = asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 60))
    await done(store, PutRecord(Sale(reference="x", sku="R1", quantity=1, left=0)))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await done(store, put("R1", "G"))
    page = await asyncio.wait_for(waiting, 5)
    assert (page.since, page.revision, skus(page)) == (0, 2, ["R1"])


async def test_when_the_time_is_over_an_empty_page_comes_with_the_revision_reached(store, feed):
    await done(store, PutRecord(Sale(reference="x", sku="R1", quantity=1, left=0)))
    began = time.monotonic()
    assert await feed.next_page(TENANT, 0, ALL, 0.03) == empty(0, 1)
    assert 0.03 <= time.monotonic() - began < 5


async def test_only_so_many_wait(store, feed):
    waiting = [asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 60)) for _ in range(2)]
    await asyncio.sleep(0.005)
    with pytest.raises(TooManyWaitingError) as caught:
        await feed.next_page(TENANT, 0, ALL, 60)
    assert (caught.value.most, caught.value.wait_seconds) == (2, 5)
    with pytest.raises(TooManyWaitingError):
        await anext(feed.pages(TENANT, 0, ALL, 60, 15))
    await done(store, put("R1", "G"))
    await asyncio.gather(*waiting)
    assert skus(await feed.next_page(TENANT, 0, ALL, 60)) == ["R1"]


async def test_who_goes_away_leaves_its_place(store, feed):
    for _ in range(3):
        waiting = asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 60))
        await asyncio.sleep(0.005)
        waiting.cancel()
        await asyncio.wait([waiting])
        pages = feed.pages(TENANT, 0, ALL, 60, 0.001)
        await anext(pages)
        await pages.aclose()
    await done(store, put("R1", "G"))
    assert skus(await feed.next_page(TENANT, 0, ALL, 60)) == ["R1"]


async def test_a_changed_record_of_the_tenant_ends_the_waiting_and_shows_nothing(store, feed):
    waiting = asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 60))
    await asyncio.sleep(0.005)
    await rename(store)
    await done(store, put("R1", "G"))
    assert await asyncio.wait_for(waiting, 5) == empty(0)


async def test_pages_follow_each_other(store, feed):
    await done(store, put("R1", "G"), put("R2", "G"))
    pages = feed.pages(TENANT, 0, Wanted(2), 60, 15)
    assert [skus(await anext(pages)) for _ in range(2)] == [["R1"], ["R2"]]
    await done(store, DeleteProduct("R1"))
    page = await anext(pages)
    assert (page.since, page.revision, page.gone_products) == (2, 3, ("R1",))
    await pages.aclose()


async def test_whoever_streams_hears_now_and_then_that_nothing_changed(store, feed):
    pages = feed.pages(TENANT, 0, ALL, 60, 0.01)
    assert [await anext(pages), await anext(pages)] == [empty(0), empty(0)]
    await done(store, PutRecord(Sale(reference="x", sku="R1", quantity=1, left=0)))
    assert [await anext(pages), await anext(pages)] == [empty(0, 1), empty(1)]
    await pages.aclose()


async def test_pages_end_when_their_time_is_over(store, feed):
    pages = [page async for page in feed.pages(TENANT, 0, ALL, 0.02, 0.015)]
    assert len(pages) > 1
    assert all(page == empty(0) for page in pages)


async def test_pages_end_when_the_record_of_the_tenant_changes(store, feed):
    pages = feed.pages(TENANT, 0, ALL, 60, 15)
    assert await anext(pages) == empty(0)
    following = asyncio.ensure_future(anext(pages))
    await asyncio.sleep(0.005)
    await rename(store)
    assert await asyncio.wait_for(following, 5) == empty(0)
    with pytest.raises(StopAsyncIteration):
        await anext(pages)


async def test_a_revision_that_is_not_known_is_refused(store, feed):
    for asked in (
        feed.page(TENANT, 1, ALL),
        feed.next_page(TENANT, 1, ALL, 1),
        anext(feed.pages(TENANT, 1, ALL, 1, 1)),
    ):
        with pytest.raises(RevisionTooOldError):
            await asked


async def test_a_tenant_that_is_deleted_is_followed_no_more(store, feed):
    await done(store, put("R1", "G"))
    waiting = asyncio.ensure_future(feed.next_page(TENANT, 1, ALL, 60))
    await asyncio.sleep(0.005)
    await store.delete_tenant(TENANT)
    assert await asyncio.wait_for(waiting, 5) == empty(1)


async def test_a_stop_ends_all_waiting_and_lets_nobody_wait_for_long(store, feed):
    waiting = asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 60))
    pages = feed.pages(TENANT, 0, ALL, 60, 15)
    assert await anext(pages) == empty(0)
    following = asyncio.ensure_future(anext(pages))
    await asyncio.sleep(0.005)
    feed.stop()
    assert await asyncio.wait_for(asyncio.gather(waiting, following), 5) == [empty(0), empty(0)]
    with pytest.raises(StopAsyncIteration):
        await anext(pages)
    assert await asyncio.wait_for(feed.next_page(TENANT, 0, ALL, 60), 5) == empty(0)
    await done(store, put("R1", "G"))
    assert skus(await feed.next_page(TENANT, 0, ALL, 60)) == ["R1"]
    assert [skus(page) async for page in feed.pages(TENANT, 0, ALL, 60, 15)] == [["R1"]]


async def test_what_another_machine_wrote_is_told_when_it_is_heard_of(store):
    far = FarStore(store)
    feed = ChangeFeed(far, look_seconds=0.002)
    waiting = asyncio.ensure_future(feed.next_page(TENANT, 0, ALL, 30))
    await asyncio.sleep(0.02)
    await done(store, put("R1", "G"))
    feed.heard(TENANT, 1)
    assert skus(await asyncio.wait_for(waiting, 5)) == ["R1"]
