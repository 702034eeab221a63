"""Tenants that move from one index to another while several processes search and write them."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
import pytest

from facetry.application.catalog import Catalog
from facetry.application.placing import Placing
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Tenants
from facetry.domain.errors import IndexFailedError, InvalidValueError
from facetry.domain.placement import SHARED, Placement, own_index
from facetry.domain.search.query import SearchQuery
from facetry.engines.lucene.mapping import FORMAT
from facetry.engines.lucene.placed import PlacedSearchIndex
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from tests.engines.lucene_indexes import driver_at, new_prefix
from tests.unit.application.shop import SetClock, content

pytestmark = pytest.mark.anyio
T = "t"
OWN = own_index(T)


def tenants_of(store):
    """Return the use cases of the tenants of a store."""
    return Tenants(store, Vault(bytes(32)), SetClock())


class Machine:
    """One process on a store and an index that others use too."""

    def __init__(self, store, url, prefix):
        self.index = PlacedSearchIndex(driver_at(url), prefix, shards=1)
        self.relay = ChangeRelay(store, self.index)
        self.catalog = Catalog(store, self.relay)
        self.search = Search(self.index, self.relay)
        self.placing = Placing(store, self.relay, self.index.placements, linger_seconds=0.2)

    async def put(self, sku, group="G", **fields):
        await self.catalog.put_product(T, content(sku, group_id=group, **fields))

    async def found(self, text):
        """Return the SKUs of all products that a search finds."""
        result = await self.search.search(T, SearchQuery(text=text, matched_products=100, limit=200))
        return sorted(product.sku for hit in result.hits for product in hit.matched)


@pytest.fixture
async def store(anyio_backend):
    store = MemoryCatalogStore()
    await tenants_of(store).create(NewTenant(name="Shop", id=T))
    return store


@pytest.fixture
async def machines(store, opensearch_url):
    prefix = new_prefix()
    machines = [Machine(store, opensearch_url, prefix) for _ in range(2)]
    await machines[0].index.ensure()
    yield machines
    for machine in machines:
        await machine.index.close()
    driver = driver_at(opensearch_url)
    for place in ("", f"-at-{OWN}", "-at-large"):
        await driver.call("DELETE", f"/{prefix}{place}-groups-{FORMAT}-000001")
    await driver.close()


async def placement(store):
    return (await store.tenant(T)).settings.placement


async def held(machine, index):
    """Return how many groups of the tenant an index holds."""
    return len(await machine.index.at(index).groups_after(T, "", 1000))


async def test_a_tenant_gets_an_index_of_its_own_and_goes_back(store, machines):
    one, other = machines
    await one.put("A1", name="ring one")
    assert await other.found("ring") == ["A1"]
    await one.placing.move(T, OWN, shards=2)
    assert await placement(store) == Placement(home=OWN)
    assert await other.found("ring") == ["A1"]
    assert (await held(one, OWN), await held(one, SHARED)) == (1, 0)
    await other.put("A2", "H", name="ring two")
    assert await one.found("ring") == ["A1", "A2"]
    assert (await held(other, OWN), await held(other, SHARED)) == (2, 0)
    await other.placing.move(T, SHARED)
    assert await one.found("ring") == ["A1", "A2"]
    assert await placement(store) == Placement()
    assert await held(one, SHARED) == 2
    assert await one.index.reached(T, SHARED) == await store.revision(T)


async def test_writes_and_searches_go_on_while_a_tenant_moves(store, machines):
    for number in range(30):
        await machines[0].put(f"S{number:02}", f"G{number}", name="ring")
    stop, wrong, written = asyncio.Event(), [], []

    async def work(who):
        number = 0
        while not stop.is_set():
            number += 1
            sku = f"N{who}-{number}"
            await machines[who].put(sku, f"{sku}-g", name=f"new{who}x{number}")
            written.append(sku)
            if await machines[1 - who].found(f"new{who}x{number}") != [sku]:
                wrong.append(sku)

    workers = [asyncio.create_task(work(who)) for who in (0, 1)]
    for index in (OWN, "large", SHARED):
        await machines[0].placing.move(T, index)
        await asyncio.sleep(0.2)
    stop.set()
    await asyncio.gather(*workers)
    assert wrong == []
    assert len(written) > 10
    everything = [f"S{number:02}" for number in range(30)]
    assert await machines[1].found("ring") == everything
    for machine in machines:
        groups = await machine.index.groups_after(T, "", 1000)
        assert len(groups) == len(written) + 30


async def test_a_move_that_broke_off_is_taken_up_or_taken_back(store, machines):
    one, other = machines
    await one.put("A1", name="ring")
    record = await store.tenant(T)
    # As after a kill: the new index is announced and whole, and not searched yet.
    await one.index.prepare(T, "large")
    await one.index.at("large").rebuild(T, one.placing._all_groups(T), 1, "en")
    settings = msgspec.structs.replace(record.settings, placement=Placement(coming="large"))
    await store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    await other.put("A2", "H", name="ring")
    assert await held(one, "large") == 2
    assert await one.found("ring") == ["A1", "A2"]
    await one.placing.move(T, "large")
    assert await other.found("ring") == ["A1", "A2"]
    assert (await held(one, SHARED), await placement(store)) == (0, Placement(home="large"))
    record = await store.tenant(T)
    settings = msgspec.structs.replace(record.settings, placement=Placement(home="large", coming=OWN))
    await store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    await one.placing.move(T, "large")
    assert await placement(store) == Placement(home="large")
    assert await other.found("ring") == ["A1", "A2"]


async def test_an_index_that_does_not_keep_up_is_not_moved_to(store, machines):
    one, _ = machines
    await one.put("A1", name="ring")

    one.placing._placements = Behind(one.index)
    with pytest.raises(IndexFailedError):
        await one.placing.move(T, OWN)
    assert await placement(store) == Placement()
    assert await one.found("ring") == ["A1"]


class Behind:
    """Indexes that say that nothing has reached them."""

    def __init__(self, index):
        self._index = index

    def __getattr__(self, name):
        return getattr(self._index, name)

    async def reached(self, tenant, index):
        return 0


async def test_names_are_checked_before_anything_is_done(store, machines):
    for name in ("own-somebody", "Large", "-", "a" * 41):
        with pytest.raises(InvalidValueError):
            await machines[0].placing.move(T, name)
    for shards in (0, 65):
        with pytest.raises(InvalidValueError):
            await machines[0].placing.move(T, OWN, shards=shards)
    assert await placement(store) == Placement()


async def test_a_deleted_tenant_leaves_no_index(store, machines):
    one, other = machines
    await one.put("A1", name="ring")
    await one.placing.move(T, OWN)
    await store.delete_tenant(T)
    await other.relay.reach(T)
    assert await other.index.reached(T, OWN) is None
    with contextlib.suppress(IndexFailedError):
        assert await held(other, OWN) == 0
    await tenants_of(store).create(NewTenant(name="Shop", id=T))
    await other.put("B1", name="ring")
    assert await one.found("ring") == ["B1"]
