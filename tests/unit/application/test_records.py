import asyncio

import pytest

from facetry.application import records as module
from facetry.application.records import Records
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Listing
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey

pytestmark = pytest.mark.anyio
LISTING = RecordKind.LISTING


@pytest.fixture
async def records(shop):
    writes = [PutRecord(Listing(sku=f"A{number % 2}", channel=3000)) for number in range(5)]
    await shop.catalog.write("t", writes)
    return Records(shop.store)


async def test_one_record_is_there_or_named(records):
    assert await records.one("t", LISTING, RecordKey(2)) == Listing(id=2, sku="A1", channel=3000)
    with pytest.raises(RecordNotFoundError, match="listing 9 not found") as caught:
        await records.one("t", LISTING, RecordKey(9))
    assert (caught.value.kind, caught.value.record) == ("listing", "9")


async def test_records_are_found_in_the_order_asked_for(records):
    found = await records.find("t", LISTING, [RecordKey(5), RecordKey(9), RecordKey(1)])
    assert [record and record.id for record in found] == [5, None, 1]
    assert [record.id for record in await records.after("t", LISTING, 1, 2)] == [2, 3]
    assert [record.id for record in await records.after("t", LISTING, 1, 2, "A0")] == [3, 5]


async def test_all_records_come_page_by_page(records, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    assert [record.id async for record in records.each("t", LISTING)] == [1, 2, 3, 4, 5]
    assert [record.id async for record in records.each("t", LISTING, "A1")] == [2, 4]
    assert [record async for record in records.each("t", RecordKind.ORDER)] == []


class NotedStore:
    """A store that notes which ids it is asked for."""

    def __init__(self, store):
        self.store = store
        self.asked = []

    async def records(self, tenant, kind, keys):
        self.asked.append([key.id for key in keys])
        return await self.store.records(tenant, kind, keys)


async def test_many_keys_are_looked_up_page_by_page_and_each_once(shop, records, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    store = NotedStore(shop.store)
    found = await Records(store).find("t", LISTING, [RecordKey(number) for number in (3, 1, 3, 3, 9, 5, 1)])
    assert [record and record.id for record in found] == [3, 1, 3, 3, None, 5, 1]
    assert store.asked == [[3, 1], [9, 5]]
    assert await records.find("t", LISTING, ()) == []


async def test_a_walk_gives_others_their_turn_after_each_page(records, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    seen = []

    async def other():
        while True:
            seen.append("turn")
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    async for record in records.each("t", LISTING):
        seen += [record.id]
    task.cancel()
    assert seen == [1, 2, "turn", 3, 4, "turn", 5, "turn"]
