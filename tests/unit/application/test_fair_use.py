import asyncio

import pytest

from facetry.application import fair_use
from facetry.application.catalog import Catalog
from facetry.application.fair_use import FairUse
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.domain.batching import WorkBatch
from facetry.domain.catalog import AllOrNone, BulkWrite, DeleteProduct, Once
from facetry.domain.errors import FacetryError, QuotaExceededError
from facetry.domain.field_query import FieldQuery
from facetry.domain.quotas import Quotas
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import SuggestQuery
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.testing.catalog_quotas import allow
from facetry.testing.rate_limiter import SetClock
from facetry.testing.samples import OTHER, TENANT, put, tenant_record

pytestmark = pytest.mark.anyio


class Shop:
    """A catalog of two tenants and its search, whose index works as long as a test says."""

    def __init__(self):
        self.store = MemoryCatalogStore()
        self.index = MemorySearchIndex()
        self.clock = SetClock()
        relay = ChangeRelay(self.store, self.index)
        self.use = FairUse(self.store, MemoryRateLimiter(self.clock))
        self.catalog = Catalog(self.store, relay, self.use)
        self.search = Search(self.index, relay, fair_use=self.use)

    def search_takes(self, monkeypatch, seconds):
        work = self.index.worked(TENANT) + seconds
        monkeypatch.setattr(self.index, "worked", lambda tenant: work if tenant == TENANT else 0.0)


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    for name in (TENANT, OTHER):
        await shop.store.create_tenant(tenant_record(name))
    return shop


async def refusal(call):
    with pytest.raises(QuotaExceededError) as caught:
        await call
    error = caught.value
    return error.quota, error.limit, error.wait_seconds


async def test_without_quotas_nothing_is_counted(shop):
    for number in range(50):
        await shop.catalog.write(TENANT, [put(f"P{number}")])
        await shop.search.match(TENANT, FieldQuery(text="ring"))
    assert await shop.store.counts(TENANT) == (50, 50)


async def test_each_thing_that_is_written_counts(shop):
    await allow(shop.store, Quotas(writes_per_second=10))
    await shop.catalog.write(TENANT, [put("A"), AllOrNone((put("B"), put("C"))), WorkBatch(1, 1)])
    await shop.catalog.do(TENANT, Once("K", "digest", 0.0, BulkWrite((put("D"), DeleteProduct("A")))))
    await shop.catalog.write(TENANT, [put("E")] * 5)
    before = await shop.store.revision(TENANT)
    assert await refusal(shop.catalog.do(TENANT, put("F"))) == ("writes_per_second", 10, 1)
    assert await refusal(shop.catalog.write(TENANT, [put("F")])) == ("writes_per_second", 10, 1)
    assert await shop.store.revision(TENANT) == before
    await shop.catalog.write(OTHER, [put("F")])
    shop.clock.time += 0.2
    await shop.catalog.write(TENANT, [put("F"), put("G")])
    assert await refusal(shop.catalog.do(TENANT, put("H"))) == ("writes_per_second", 10, 1)


async def test_more_at_once_than_a_second_allows_makes_the_next_wait(shop):
    await allow(shop.store, Quotas(writes_per_second=10))
    await shop.catalog.write(TENANT, [put(f"P{number}") for number in range(35)])
    assert await refusal(shop.catalog.do(TENANT, put("A"))) == ("writes_per_second", 10, 3)
    shop.clock.time += 2.6
    await shop.catalog.do(TENANT, put("A"))


async def test_who_is_patient_waits_for_room(shop, monkeypatch):
    waited = []

    async def sleep(seconds):
        if seconds:
            waited.append(round(seconds, 3))
        shop.clock.time += seconds

    monkeypatch.setattr(fair_use.asyncio, "sleep", sleep)
    await allow(shop.store, Quotas(writes_per_second=4))
    patient = shop.catalog.patient
    for start in range(0, 12, 4):
        await patient.write(TENANT, [put(f"P{start + number}") for number in range(4)])
    assert waited == [1.0, 1.0]
    assert await shop.store.counts(TENANT) == (12, 12)


async def test_a_quota_holds_from_the_next_call_and_is_gone_with_the_next(shop):
    await allow(shop.store, Quotas(writes_per_second=1))
    await shop.catalog.do(TENANT, put("A"))
    assert await refusal(shop.catalog.do(TENANT, put("B"))) == ("writes_per_second", 1, 1)
    await allow(shop.store, Quotas())
    await shop.catalog.do(TENANT, put("B"))


async def test_all_kinds_of_searches_are_counted_together(shop):
    await allow(shop.store, Quotas(searches_per_second=3))
    searches = [
        lambda: shop.search.match(TENANT, FieldQuery(text="ring")),
        lambda: shop.search.search(TENANT, SearchQuery()),
        lambda: shop.search.suggest(TENANT, SuggestQuery(text="ri")),
    ]
    for search in searches:
        await search()
    for search in searches:
        assert await refusal(search()) == ("searches_per_second", 3, 1)
    await shop.search.match(OTHER, FieldQuery(text="ring"))
    shop.clock.time += 1 / 3
    await searches[0]()


async def test_what_a_search_has_the_index_work_is_counted(shop, monkeypatch):
    """Only afterwards is it known; then the next ones wait until there is room again."""
    await shop.catalog.do(TENANT, put("A"))
    await shop.search.match(TENANT, FieldQuery(text="ring"))
    await allow(shop.store, Quotas(search_seconds_per_minute=3))
    await shop.search.match(TENANT, FieldQuery(text="ring"))
    shop.search_takes(monkeypatch, 4.0)
    assert await refusal(shop.search.match(TENANT, FieldQuery(text="ring"))) == ("search_seconds_per_minute", 3, 21)
    assert await refusal(shop.search.match(TENANT, FieldQuery(text="ring"))) == ("search_seconds_per_minute", 3, 21)
    await shop.search.match(OTHER, FieldQuery(text="ring"))
    shop.clock.time += 20.1
    await shop.search.match(TENANT, FieldQuery(text="ring"))


async def test_a_search_that_fails_is_counted_too(shop, monkeypatch):
    await allow(shop.store, Quotas(search_seconds_per_minute=1))
    await shop.search.match(TENANT, FieldQuery(text="ring"))
    with pytest.raises(FacetryError):
        await shop.search.search(TENANT, SearchQuery(), deadline=0.0)
    shop.search_takes(monkeypatch, 1.5)
    with pytest.raises(QuotaExceededError):
        await shop.search.match(TENANT, FieldQuery(text="ring"))


async def test_the_memory_of_quotas_is_bounded(shop, monkeypatch):
    monkeypatch.setattr(fair_use, "MAX_TENANTS", 2)
    await allow(shop.store, Quotas(searches_per_second=1))
    for name in (TENANT, "x", "y", "z"):
        await shop.use.search(name, shop.index)
    assert await refusal(shop.use.search(TENANT, shop.index)) == ("searches_per_second", 1, 1)
    assert len(shop.use._known) == 2


async def test_a_quiet_tenants_search_is_next_but_one(shop):
    """However many of another's wait already."""
    begun = []

    async def search(tenant):
        await shop.use.search(tenant, shop.index)
        begun.append(tenant)

    flood = [asyncio.create_task(search(TENANT)) for _ in range(64)]
    await asyncio.sleep(0)
    quiet = asyncio.create_task(search(OTHER))
    await asyncio.gather(*flood, quiet)
    assert len(begun) == 65
    assert begun.index(OTHER) == 1
