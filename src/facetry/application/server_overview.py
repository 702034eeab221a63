"""What operators want to know of all tenants: what each has, and how far its index is behind."""

from __future__ import annotations

from collections.abc import Sequence
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


class ServerOverview:
    """The use cases of looking at a whole server."""

    def __init__(self, store: CatalogStore, index: SearchIndex, import_jobs: ImportJobs) -> None:
        """Look at these engines."""
        self._store = store
        self._index = index
        self._import_jobs = import_jobs

    async def tenants(self, after: int, limit: int, words: str = "") -> tuple[Sequence[TenantOverview], int]:
        """Return some tenants by id, and how many there are.

        Args:
            after: So many are left out at the beginning.
            limit: So many come at most.
            words: What id or name must hold, in any case of letters; empty for all.
        """
        wanted = words.casefold()
        found = [one for one in await self._store.tenants() if wanted in f"{one.id}\n{one.name}".casefold()]
        return [await self._overview(tenant) for tenant in found[after : after + limit]], len(found)

    async def tenant(self, tenant: Tenant) -> TenantOverview:
        """Return what a tenant has."""
        return await self._overview(tenant)

    async def index_states(self, limit: int) -> Sequence[IndexState]:
        """Return how far the indexes of some tenants are, those first that are behind most.

        Args:
            limit: So many are looked at.
        """
        revisions = await self._store.revisions()
        tenants = (await self._store.tenants())[:limit]
        states = [IndexState(one, revisions.get(one.id, 0), await self._indexed(one.id)) for one in tenants]
        return sorted(states, key=lambda state: (-state.behind, state.tenant.id))

    async def open_imports(self) -> Sequence[OpenImport]:
        """Return the imports that are not over."""
        found = []
        for tenant, job_id in await self._import_jobs.open_jobs():
            job = await self._import_jobs.job(tenant, job_id)
            if job is not None:
                found.append(OpenImport(tenant, job))
        return found

    async def _indexed(self, tenant: str) -> int | None:
        try:
            return await self._index.revision(tenant)
        except StoreError:
            return None

    async def _overview(self, tenant: Tenant) -> TenantOverview:
        _, groups = await self._store.counts(tenant.id)
        return TenantOverview(tenant, await self._store.usage(tenant.id), groups)
