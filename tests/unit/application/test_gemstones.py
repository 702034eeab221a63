"""Searching gemstones that are kept decoded."""

import asyncio

import pytest

from facetry.application import gemstones as module
from facetry.application.gemstones import Gemstones
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.tenants import NewTenant
from facetry.domain.catalog import AllOrNone
from facetry.domain.errors import StoreError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import GemstoneFilter, is_one_of
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import tenant_record
from tests.unit.application.shop import Shop

pytestmark = pytest.mark.anyio

KIND = RecordKind.GEMSTONE
ALL = GemstoneFilter()
RED = GemstoneFilter(conditions=(is_one_of("color", ["red"]),))


class CountedRecords(Records):
    """Records that count what is read, and fail where a test says so."""

    def __init__(self, store):
        super().__init__(store)
        self.pages = 0
        self.found = []
        self.failure = None

    async def after(self, tenant, kind, record_id, limit, link=""):
        self.pages += 1
        return await super().after(tenant, kind, record_id, limit, link)

    async def find(self, tenant, kind, keys):
        if self.failure is not None:
            raise self.failure
        self.found.append([key.id or key.code for key in keys])
        return await super().find(tenant, kind, keys)


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.open()
    return shop


@pytest.fixture
def records(shop):
    return CountedRecords(shop.store)


@pytest.fixture
def stones(shop, records):
    return Gemstones(records, shop.relay)


def stone(code, color="red"):
    return PutRecord(Gemstone(code=code, name=code, type="ruby", color=color))


async def codes(stones, wanted=ALL, tenant="t"):
    return [one.code for one in await stones.find(tenant, wanted)]


async def test_all_are_read_once_and_changes_alone_after_that(shop, records, stones):
    await shop.catalog.write("t", [stone(code) for code in "abc"])
    assert await codes(stones) == ["a", "b", "c"]
    assert await codes(stones, RED) == ["a", "b", "c"]
    pages = records.pages
    await shop.catalog.write("t", [PatchRecord(KIND, RecordKey(2), {"color": "blue"}), stone("d")])
    await shop.catalog.write("t", [DeleteRecord(KIND, RecordKey(1))])
    assert await codes(stones, RED) == ["c", "d"]
    assert await codes(stones) == ["b", "c", "d"]
    assert (records.pages, records.found) == (pages, [[1, 2, 4]])


async def test_what_another_process_wrote_is_found(shop, stones):
    await shop.store.write("t", [stone("a")])
    assert await codes(stones) == ["a"]
    await shop.store.write("t", [AllOrNone((stone("b"), stone("c")))])
    assert await codes(stones) == ["a", "b", "c"]


async def test_named_ones_are_read_alone(shop, records, stones):
    await shop.catalog.write("t", [stone("a"), stone("b", "blue"), stone("c")])
    keys = (RecordKey(3), RecordKey(code="b"), RecordKey(1), RecordKey(9), RecordKey(code="a"))
    assert await codes(stones, GemstoneFilter(keys)) == ["a", "b", "c"]
    assert await codes(stones, GemstoneFilter(keys, RED.conditions)) == ["a", "c"]
    assert records.pages == 0


async def test_many_are_looked_at_in_slices(shop, stones, monkeypatch):
    monkeypatch.setattr(module, "_SLICE", 2)
    monkeypatch.setattr(module, "PAGE", 2)
    await shop.catalog.write("t", [stone(f"s{number}") for number in range(7)])
    assert await codes(stones) == [f"s{number}" for number in range(7)]
    changes = [PatchRecord(KIND, RecordKey(number), {"name": "new"}) for number in range(1, 8)]
    await shop.catalog.write("t", changes)
    assert [one.name for one in await stones.find("t", ALL)] == ["new"] * 7


async def test_searches_at_once_read_once(shop, records, stones):
    await shop.catalog.write("t", [stone("a")])
    answers = await asyncio.gather(*(codes(stones) for _ in range(5)))
    assert answers == [["a"]] * 5
    assert records.pages == 2


async def test_a_failed_read_is_made_up_for(shop, records, stones):
    await shop.catalog.write("t", [stone("a")])
    await codes(stones)
    await shop.catalog.write("t", [stone("b")])
    records.failure = StoreError("x")
    with pytest.raises(StoreError):
        await codes(stones)
    records.failure = None
    assert await codes(stones) == ["a", "b"]


async def test_tenants_have_their_own(shop, stones):
    await shop.tenants.create(NewTenant(name="Other", id="u"))
    await shop.catalog.write("t", [stone("a")])
    await shop.catalog.write("u", [stone("b")])
    assert await codes(stones) == ["a"]
    assert await codes(stones, tenant="u") == ["b"]
    await shop.store.delete_tenant("u")
    assert await codes(stones, tenant="u") == []
    assert await codes(stones, tenant="nobody") == []


async def test_only_those_searched_last_are_kept(shop, records):
    stones = Gemstones(records, shop.relay, max_kept=3)
    for name in ("u", "v"):
        await shop.tenants.create(NewTenant(name=name, id=name))
    for name in ("t", "u", "v"):
        await shop.catalog.write(name, [stone("a"), stone("b")])
    for name in ("t", "u", "v"):
        await codes(stones, tenant=name)
    before = records.pages
    await codes(stones, tenant="v")
    assert records.pages == before
    await codes(stones, tenant="t")
    assert records.pages == before + 2


async def test_a_log_that_was_cut_has_all_read_again(shop, stones):
    await shop.catalog.write("t", [stone("a")])
    await codes(stones)
    await shop.store.write("t", [stone("b")])
    await shop.store.write("t", [DeleteRecord(KIND, RecordKey(1))])
    await shop.store.cut_log("t", 3)
    assert await codes(stones) == ["b"]


async def test_two_processes_of_a_directory_see_each_other(tmp_path):
    owner = await open_store(tmp_path, owner=True)
    await owner.create_tenant(tenant_record("t"))
    follower = await open_store(tmp_path, owner=False)
    stones = Gemstones(Records(follower), ChangeRelay(follower, None))
    await owner.write("t", [stone("a"), stone("b")])
    assert await codes(stones) == ["a", "b"]
    await owner.write("t", [PatchRecord(KIND, RecordKey(1), {"color": "blue"}), stone("c")])
    assert await codes(stones, RED) == ["b", "c"]
    await follower.write("t", [DeleteRecord(KIND, RecordKey(2))])
    assert await codes(stones) == ["a", "c"]
    await follower.close()
    await owner.close()
