"""A tenant over the reference engines, for tests of use cases."""

from facetry.application.catalog import Catalog
from facetry.application.maintenance import Maintenance
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.application.secrets import Vault
from facetry.application.settings_history import SettingsHistory
from facetry.application.tenants import NewTenant, Tenants
from facetry.domain.product import ProductContent
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.mending import NothingToMend
from facetry.engines.memory.search_index import MemorySearchIndex


class SetClock:
    """A clock that tests turn."""

    def __init__(self):
        self.time = 1_000_000.0

    def now(self):
        return self.time


class FragileIndex(MemorySearchIndex):
    """The reference index, which can be told to fail or to be slow."""

    def __init__(self):
        super().__init__()
        self.failure = None
        self.disk_failure = None
        self.gate = None
        self.applied = 0
        self.checkpoints = 0

    async def checkpoint(self, tenant):
        if self.disk_failure is not None:
            raise self.disk_failure
        self.checkpoints += 1
        return await super().checkpoint(tenant)

    async def apply(self, tenant, delta, language, *, attributes=()):
        if self.failure is not None:
            raise self.failure
        if self.gate is not None:
            await self.gate.wait()
        self.applied += 1
        await super().apply(tenant, delta, language, attributes=attributes)


class Notes:
    """A listener that writes down what it is told."""

    def __init__(self):
        self.told = []

    def changed(self, tenant, delta):
        self.told.append((tenant, delta.skus, tuple(g.group_id for g in delta.groups), delta.gone))

    def forget(self, tenant):
        self.told.append((tenant, "forget"))


class Shop:
    """One tenant over reference engines."""

    def __init__(self, index_wait_seconds=30.0):
        self.clock = SetClock()
        self.store = MemoryCatalogStore()
        self.index = FragileIndex()
        self.notes = Notes()
        self.relay = ChangeRelay(self.store, self.index, index_wait_seconds=index_wait_seconds)
        self.relay.listen(self.notes)
        self.catalog = Catalog(self.store, self.relay)
        self.search = Search(self.index, self.relay)
        self.history = SettingsHistory(self.store, self.clock)
        self.settings = SearchSettings(self.store, self.search, self.relay, self.history)
        self.tenants = Tenants(self.store, Vault(bytes(range(32))), self.clock)
        self.maintenance = Maintenance(self.store, self.index, self.relay, NothingToMend())

    async def open(self):
        await self.tenants.create(NewTenant(name="Shop", id="t", api_key="api-key-of-t"))


def content(sku, **fields):
    return ProductContent(sku=sku, **{"name": f"ring {sku}", "group_id": "G", **fields})
