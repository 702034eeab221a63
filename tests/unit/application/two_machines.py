"""A store that two machines share: what one of them did the other knows only after a look."""

from __future__ import annotations

from facetry.domain.errors import StoreError
from facetry.engines.memory.catalog_store import MemoryCatalogStore


class FarStore:
    """One machine's way to a store that all share: its marks are those of the last look, and of its own writes."""

    looks = True

    def __init__(self, core: MemoryCatalogStore) -> None:
        self.core = core
        self.looked = []
        self.failure = None
        self._marks = {}

    def __getattr__(self, name):
        """Read and write the store itself."""
        return getattr(self.core, name)

    def mark(self, tenant):
        return self._marks.get(tenant, 0)

    async def look(self, tenant):
        self.looked.append(tenant)
        if self.failure is not None:
            raise self.failure
        self._marks[tenant] = self.core.mark(tenant)

    async def write(self, tenant, writes, **who):
        receipt = await self.core.write(tenant, writes, **who)
        self._marks[tenant] = self.core.mark(tenant)
        return receipt

    async def replace_tenant(self, tenant):
        stored = await self.core.replace_tenant(tenant)
        self._marks[tenant.id] = self.core.mark(tenant.id)
        return stored

    def cut_off(self):
        self.failure = StoreError("nobody answers")
