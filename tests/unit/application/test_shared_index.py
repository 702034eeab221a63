"""Two processes over one index: whoever writes brings it up, a search only knows that it is there."""

import asyncio

import msgspec
import pytest

from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.tenants import NewTenant
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import IndexBehindError, IndexDamagedError, RevisionNotReachedError, SearchTimeoutError
from facetry.domain.field_query import FieldQuery
from facetry.domain.search.query import SearchQuery
from facetry.domain.tenant import TenantSettings
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.ports.search_index import Capabilities
from tests.unit.application.shop import Notes, content
from tests.unit.application.two_machines import FarStore

pytestmark = pytest.mark.anyio


class SharedIndex(MemorySearchIndex):
    """An index that says that it is shared, counts what it is asked, and whose parts can vanish."""

    def __init__(self):
        super().__init__()
        self.capabilities = Capabilities(exact_relevance=True, is_shared=True)
        self.asked = []
        self.gone = set()
        self.emptied = set()

    async def revision(self, tenant):
        self.asked.append("revision")
        return None if tenant in self.gone else await super().revision(tenant)

    async def rebuild(self, tenant, *what, **how):
        self.asked.append("rebuild")
        self.gone.discard(tenant)
        await super().rebuild(tenant, *what, **how)

    async def apply(self, tenant, *what, **how):
        self.asked.append("apply")
        self._check(tenant)
        await super().apply(tenant, *what, **how)

    async def match(self, tenant, query):
        self._check(tenant)
        return await super().match(tenant, query)

    async def vanish(self, *tenants):
        for tenant in tenants:
            self.gone.add(tenant)
            await super().forget(tenant)

    def _check(self, tenant):
        if tenant in self.gone - self.emptied:
            raise IndexDamagedError("gone")

    def questions(self):
        """Return what was asked since the last time."""
        asked, self.asked = self.asked, []
        return asked


class Process:
    """One of several that search one index."""

    def __init__(self, shop, index):
        self.store = FarStore(shop.store)
        self.notes = Notes()
        self.relay = ChangeRelay(self.store, index, index_wait_seconds=5)
        self.relay.listen(self.notes)
        self.search = Search(index, self.relay)

    async def put(self, sku, tenant="t", **fields):
        """Write as the catalog does."""
        receipt = await self.store.write(tenant, [PutProduct(content(sku, **fields))])
        await self.relay.confirm(tenant, receipt.revision)
        return receipt.revision

    async def found(self, text, tenant="t"):
        """Search as a request does."""
        await self.relay.look(tenant)
        return [hit.group.group_id for hit in (await self.search.match(tenant, FieldQuery(text=text))).hits]


@pytest.fixture
def index():
    return SharedIndex()


@pytest.fixture
def processes(shop, index):
    return Process(shop, index), Process(shop, index)


async def test_a_search_asks_once_whether_there_is_an_index(processes, index):
    here, there = processes
    assert await here.found("halo") == []
    assert index.questions() == ["revision", "rebuild"]
    await there.put("A1", name="halo")
    assert index.questions() == ["revision", "apply"]
    assert await here.found("halo") == ["G"]
    assert await here.found("halo") == ["G"]
    assert index.questions() == []


async def test_listeners_hear_of_what_others_wrote_at_each_search(processes):
    here, there = processes
    await here.found("halo")
    here.notes.told.clear()
    await there.put("A1", name="halo")
    await here.found("halo")
    assert here.notes.told == [("t", ("A1",), ("G",), ())]


async def test_an_index_that_vanished_is_built_anew_by_the_search_that_misses_it(processes, index):
    here, there = processes
    await here.put("A1", name="halo")
    assert await there.found("halo") == ["G"]
    await index.vanish("t")
    index.questions()
    assert await there.found("halo") == ["G"]
    assert index.questions() == ["revision", "rebuild"]


async def test_an_index_that_vanished_is_built_anew_by_a_write(processes, index):
    here, _ = processes
    await here.put("A1", name="halo")
    await index.vanish("t")
    assert await here.put("A2", name="halo", group_id="H") == 2
    assert sorted(await here.found("halo")) == ["G", "H"]


async def test_one_that_vanishes_while_a_write_is_applied_is_built_anew(processes, index, monkeypatch):
    here, _ = processes
    await here.put("A1", name="halo")
    asked = index.revision

    async def vanishing(tenant):
        held = await asked(tenant)
        await index.vanish("t")
        return held

    monkeypatch.setattr(index, "revision", vanishing)
    await here.put("A2", name="halo", group_id="H")
    monkeypatch.undo()
    assert sorted(await here.found("halo")) == ["G", "H"]


async def test_where_one_tenants_part_is_missing_the_others_are_looked_for(processes, shop, index):
    here, _ = processes
    await shop.tenants.create(NewTenant(name="Other", id="u"))
    for tenant in "tu":
        await here.put("A1", tenant, name="halo")
        assert await here.found("halo", tenant) == ["G"]
    await index.vanish("t", "u")
    # The engine has made an empty part of the other tenant by now, in which a search finds nothing.
    index.emptied = {"u"}
    assert await here.found("halo", "t") == ["G"]
    assert await here.found("halo", "u") == ["G"]


async def test_a_revision_whose_writer_was_killed_is_brought_up_for_who_asks_for_it(processes, index):
    here, there = processes
    await here.found("halo")
    receipt = await there.store.write("t", [PutProduct(content("A1", name="halo"))])
    await here.relay.look("t")
    assert (await here.search.search("t", SearchQuery(text="halo"))).total == 0
    result = await here.search.search("t", SearchQuery(text="halo"), min_revision=receipt.revision)
    assert result.total == 1
    index.questions()
    await here.search.search("t", SearchQuery(text="halo"), min_revision=receipt.revision)
    assert index.questions() == []
    with pytest.raises(RevisionNotReachedError):
        await here.search.search("t", SearchQuery(), min_revision=receipt.revision + 1)


async def test_waiting_for_a_revision_ends_with_the_deadline(processes, index):
    here, there = processes
    await here.found("halo")
    receipt = await there.store.write("t", [PutProduct(content("A1"))])
    await here.relay.look("t")
    never = asyncio.Event()

    async def stuck(tenant):
        await never.wait()

    index.revision = stuck
    now = asyncio.get_running_loop().time
    with pytest.raises(SearchTimeoutError):
        await here.search.search("t", SearchQuery(), min_revision=receipt.revision, deadline=now() + 0.02)
    here.relay._index_wait_seconds = 0.01
    with pytest.raises(IndexBehindError):
        await here.search.search("t", SearchQuery(), min_revision=receipt.revision)
    never.set()


async def test_a_new_tenant_with_the_id_of_a_deleted_one_finds_nothing_of_that(processes, shop, index):
    here, there = processes
    await here.put("A1", name="halo")
    assert await here.found("halo") == ["G"]
    assert await there.found("halo") == ["G"]
    await shop.tenants.delete("t")
    await shop.open()
    assert await there.found("halo") == []
    assert await here.found("halo") == []


async def test_reaching_looks_first(processes, index):
    here, there = processes
    await here.relay.reach("t")
    await there.store.write("t", [PutProduct(content("A1", name="halo"))])
    await here.relay.reach("t")
    assert (await index.groups_after("t", "", 9))[0].group_id == "G"


async def test_other_settings_are_the_matter_of_who_changed_them(processes, shop, index):
    here, there = processes
    await here.put("A1", name="rings")
    assert await there.found("ring") == ["G"]
    record = await shop.store.tenant("t")
    changed = msgspec.structs.replace(record, settings=TenantSettings(language="German"))
    await here.store.replace_tenant(changed)
    index.questions()
    await there.found("ring")
    assert index.questions() == []
    await here.relay.reach("t")
    assert index.questions() == ["revision", "rebuild"]
