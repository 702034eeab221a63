"""What operators want to know of all tenants: what each has, and how far its index is behind."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import msgspec

from facetry.domain.errors import StoreError
from facetry.domain.import_job import ImportJob
from facetry.domain.quotas import Usage
from facetry.domain.tenant import Tenant
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.import_jobs import ImportJobs
from facetry.ports.search_index import SearchIndex


class TenantOverview(msgspec.Struct, frozen=True):
    """A tenant with what it has: products, bytes and groups."""

    tenant: Tenant
    usage: Usage
    groups: int


class IndexState(msgspec.Struct, frozen=True):
    """How far an index is.

    Attributes:
        tenant: Whose.
        revision: Of the store.
        indexed: Of the index; None where it has nothing of the tenant, or cannot be asked.
    """

    tenant: Tenant
    revision: int
    indexed: int | None

    @property
    def behind(self) -> int:
        """Return by how many revisions the index is behind."""
        return max(0, self.revision - (self.indexed or 0))


class OpenImport(NamedTuple):
    """An import that is under way or waits, and whose."""

    tenant: str
    job: ImportJob


class Order(Enum):
    """In which order tenants come.

    Attributes:
        CHANGES: By their revisions, those first in whose catalogs was written most.
    """

    ID = "id"
    NAME = "name"
    CHANGES = "changes"


class TenantWish(msgspec.Struct, frozen=True):
    """Which part of all tenants is wanted.

    Attributes:
        after: So many are left out at the beginning.
        limit: So many come at most.
        words: What id or name must hold, in any case of letters; empty for all.
        order: Of all of them, before any are left out.
    """

    after: int
    limit: int
    words: str = ""
    order: Order = Order.ID


class ServerOverview:
    """The use cases of looking at a whole server."""

    def __init__(self, store: CatalogStore, index: SearchIndex, import_jobs: ImportJobs) -> None:
        """Look at these engines."""
        self._store = store
        self._index = index
        self._import_jobs = import_jobs

    async def tenants(self, wish: TenantWish) -> tuple[Sequence[TenantOverview], int]:
        """Return some tenants, and how many there are; nobody looks at what the others have."""
        found = await self._found(wish)
        return [await self._overview(tenant) for tenant in _part(found, wish)], len(found)

    async def tenant(self, tenant: Tenant) -> TenantOverview:
        """Return what a tenant has."""
        return await self._overview(tenant)

    async def index_states(self, wish: TenantWish) -> tuple[Sequence[IndexState], int]:
        """Return how far the indexes of some tenants are, and how many tenants there are.

        No index of another tenant is looked at: each look may open one.
        """
        found, revisions = await self._found(wish), await self._store.revisions()
        tenants = _part(found, wish)
        return [IndexState(one, revisions.get(one.id, 0), await self._indexed(one.id)) for one in tenants], len(found)

    async def open_imports(self) -> Sequence[OpenImport]:
        """Return the imports that are not over."""
        found = []
        for tenant, job_id in await self._import_jobs.open_jobs():
            job = await self._import_jobs.job(tenant, job_id)
            if job is not None:
                found.append(OpenImport(tenant, job))
        return found

    async def _found(self, wish: TenantWish) -> Sequence[Tenant]:
        """Return all tenants that have the words of a wish, in its order."""
        words = wish.words.casefold()
        found = [one for one in await self._store.tenants() if words in f"{one.id}\n{one.name}".casefold()]
        match wish.order:
            case Order.ID:
                return found
            case Order.NAME:
                return sorted(found, key=lambda tenant: (tenant.name.casefold(), tenant.id))
            case Order.CHANGES:
                revisions = await self._store.revisions()
                return sorted(found, key=lambda tenant: (-revisions.get(tenant.id, 0), tenant.id))

    async def _indexed(self, tenant: str) -> int | None:
        try:
            return await self._index.revision(tenant)
        except StoreError:
            return None

    async def _overview(self, tenant: Tenant) -> TenantOverview:
        _, groups = await self._store.counts(tenant.id)
        return TenantOverview(tenant, await self._store.usage(tenant.id), groups)


def _part(found: Sequence[Tenant], wish: TenantWish) -> Sequence[Tenant]:
    return found[wish.after : wish.after + wish.limit]
