import asyncio

import pytest

from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Tenants
from facetry.domain.errors import StoreFullError
from facetry.domain.journal import SEARCH_COUNTS, Count, RequestLine, Retention, Span
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.journal import MemoryJournal
from facetry.testing.journal import NOW, TODAY, ids, request
from facetry.worker.journal_upkeep import JournalUpkeep
from tests.unit.http.stage import SetClock

pytestmark = pytest.mark.anyio


class Kept:
    """Journals of a store with one tenant."""

    def __init__(self, **retention):
        self.clock = SetClock()
        self.store = MemoryCatalogStore()
        self.journal = MemoryJournal()
        self.tenants = Tenants(self.store, Vault(bytes(range(32))), self.clock, self.journal)
        self.upkeep = JournalUpkeep(self.journal, self.store, retention, self.clock)

    async def make(self, created=NOW):
        self.clock.time = created
        await self.tenants.create(NewTenant(name="Acme", id="acme"))
        self.clock.time = NOW


async def test_what_is_too_old_goes():
    kept = Kept(requests=Retention(seconds=10))
    await kept.make(0)
    for number in reversed(range(20)):
        kept.journal.note("acme", request(-number))
    await kept.upkeep.look()
    assert (await ids(kept.journal)).split() == [f"r{-number}" for number in range(11)]


async def test_what_is_of_nobody_goes():
    kept = Kept()
    await kept.make(0)
    for tenant in ("acme", "gone"):
        kept.journal.note(tenant, request(1))
        kept.journal.count(tenant, Count(SEARCH_COUNTS, TODAY, "ring", (1,)))
    await kept.upkeep.look()
    assert await kept.journal.tenants() == ["acme"]


async def test_a_tenant_made_anew_does_not_get_what_was_anothers():
    kept = Kept()
    await kept.make(0)
    kept.journal.note("acme", request(1))
    await kept.upkeep.look()
    assert await ids(kept.journal) == "r1"
    await kept.tenants.delete("acme")
    # A process that had not heard yet writes its last lines.
    kept.journal.note("acme", request(2))
    await kept.make(NOW + 3)
    kept.journal.note("acme", request(4))
    kept.journal.count("acme", Count(SEARCH_COUNTS, TODAY, "ring", (1,)))
    await kept.upkeep.look()
    assert await ids(kept.journal) == "r4"
    assert len(await kept.journal.sums("acme", SEARCH_COUNTS, Span(), 86_400)) == 1


async def test_a_tenant_made_under_a_clock_that_was_ahead_keeps_its_lines_whoever_looks():
    kept = Kept()
    await kept.upkeep.look()
    await kept.make(NOW + 1e6)
    await kept.upkeep.look()
    for number in range(3):
        kept.journal.note("acme", request(number))
        await kept.upkeep.look()
        kept.upkeep = JournalUpkeep(kept.journal, kept.store, {}, kept.clock)
        await kept.upkeep.look()
    assert await ids(kept.journal) == "r2 r1 r0"


async def test_it_is_looked_again_and_again_whatever_fails(caplog):
    kept = Kept(requests=Retention(seconds=10))
    await kept.make(0)
    failures = [StoreFullError("no room")]
    trim = kept.journal.trim

    async def failing(retention, now):
        if failures:
            raise failures.pop()
        return await trim(retention, now)

    kept.journal.trim = failing
    kept.journal.note("acme", RequestLine(id="old", time=0))
    running = asyncio.create_task(kept.upkeep.run(0.01))
    for _ in range(100):
        await asyncio.sleep(0.01)
        if not await ids(kept.journal):
            break
    running.cancel()
    assert (failures, await ids(kept.journal)) == ([], "")
    assert [record.message for record in caplog.records] == ["upkeep of the journals failed"]
