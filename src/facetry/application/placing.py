"""Tenants move from one index to another, while they are searched and written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from facetry.application.relay import DELTA_LIMIT, REBUILD_PAGE, ChangeRelay
from facetry.application.tenants import tenant_record
from facetry.domain.errors import IndexFailedError, InvalidValueError, SettingError
from facetry.domain.group import ProductGroup
from facetry.domain.placement import MAX_SHARDS, SHARED, Placement, check_index_name, own_index
from facetry.domain.tenant import Tenant
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.index_placements import IndexPlacements

LINGER_SECONDS = 30.0
"""So long the index that a tenant has left stays as it is, for searches that began in it."""
_ROUNDS = 20


class Placing:
    """The use case of an operator who gives a tenant another index."""

    def __init__(
        self,
        store: CatalogStore,
        relay: ChangeRelay,
        placements: IndexPlacements | None,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        """Move tenants of a store between the indexes that a search index is divided into."""
        self._store = store
        self._relay = relay
        self._placements = placements
        self._linger_seconds = linger_seconds

    async def move(self, tenant: str, index: str, shards: int | None = None) -> Tenant:
        """Move a tenant, and return its record; nothing that is searched or written meanwhile is lost or wrong.

        Repeating a move that broke off finishes it; a move back takes it back.

        Args:
            tenant: Who moves.
            index: Where to: the name of an index of several tenants, ``SHARED``, or ``own_index`` of this one.
            shards: How many the index is made with, where it is not there yet.

        Raises:
            TenantNotFoundError: There is no such tenant.
            InvalidValueError: No index can have this name, or so many shards.
            SettingError: The search index is not divided.
            IndexFailedError: It could not be done; the tenant is searched where it was.
        """
        if self._placements is None:
            raise SettingError("setting search names an engine that keeps all tenants of a process in one place")
        if index not in {SHARED, own_index(tenant)}:
            check_index_name(index)
        if shards is not None and not 1 <= shards <= MAX_SHARDS:
            raise InvalidValueError("shards", f"must be 1 to {MAX_SHARDS}")
        before = (await tenant_record(self._store, tenant)).settings.placement
        if before.home != index:
            await self._moved(self._placements, tenant, before, index, shards)
        return await self._left(self._placements, tenant, before, index)

    async def _moved(
        self, placements: IndexPlacements, tenant: str, before: Placement, index: str, shards: int | None
    ) -> None:
        """Have a tenant be searched in another index, with everything in it."""
        if before.coming not in {None, index}:
            await self._place(tenant, Placement(home=before.home))
        await placements.prepare(tenant, index, shards)
        await self._built(placements, tenant, index)
        try:
            # From here on every write goes to both indexes; what was committed before is brought up by the next step.
            await self._place(tenant, Placement(home=before.home, coming=index))
            await self._brought_up(placements, tenant, index)
        except BaseException:
            # An index that does not keep up would hold up every write.
            await self._place(tenant, Placement(home=before.home))
            raise
        await self._place(tenant, Placement(home=index))

    async def _brought_up(self, placements: IndexPlacements, tenant: str, index: str) -> None:
        """Bring an index that every write goes to up to what was committed before that."""
        revision = await self._store.revision(tenant)
        await self._relay.reach(tenant)
        reached = await placements.reached(tenant, index)
        if reached is None or reached < revision:
            raise IndexFailedError(f"the tenant is not whole in its new index: it is at {reached}, not {revision}")

    async def _left(self, placements: IndexPlacements, tenant: str, before: Placement, index: str) -> Tenant:
        """Remove a tenant from where it was."""
        left = {before.home, before.home if before.coming is None else before.coming} - {index}
        record = await self._place(tenant, Placement(home=index))
        await self._relay.reach(tenant)
        if left:
            await asyncio.sleep(self._linger_seconds)
        for one in left:
            await placements.leave(tenant, one)
        return record

    async def _built(self, placements: IndexPlacements, tenant: str, index: str) -> None:
        """Write all groups into an index, and then what changed meanwhile until hardly anything does."""
        await self._relay.reach(tenant)
        settings = (await tenant_record(self._store, tenant)).settings
        for _ in range(_ROUNDS):
            revision = await self._store.revision(tenant)
            groups = self._all_groups(tenant)
            await placements.build(tenant, index, groups, revision, settings.language, settings.attributes)
            if await self._store.delta(tenant, revision, DELTA_LIMIT) is not None:
                return
        raise IndexFailedError("more is written than the new index can take in, try again when less is")

    async def _all_groups(self, tenant: str) -> AsyncIterator[Sequence[ProductGroup]]:
        last = ""
        while page := await self._store.groups_after(tenant, last, REBUILD_PAGE):
            yield page
            last = page[-1].group_id

    async def _place(self, tenant: str, placement: Placement) -> Tenant:
        """Note where a tenant is, for all processes; harmless to repeat."""
        record = await tenant_record(self._store, tenant)
        if record.settings.placement == placement:
            return record
        settings = msgspec.structs.replace(record.settings, placement=placement)
        return await self._store.replace_tenant(msgspec.structs.replace(record, settings=settings))
