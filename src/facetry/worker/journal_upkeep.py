"""Upkeep of the journals: what is too old or too much goes, and what is left of tenants that are gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from facetry.domain.journal import Retention
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
BREATH_SECONDS = 0.05
"""Between two steps of trimming, so that who writes journals gets a turn."""


class JournalUpkeep:
    """Look after the journals of a data directory; belongs to the process that owns it."""

    def __init__(self, journal: Journal, store: CatalogStore, retention: Mapping[str, Retention], clock: Clock) -> None:
        """Keep journals as long and as large as ``retention`` says, of the tenants of a store."""
        self._journal = journal
        self._store = store
        self._retention = retention
        self._clock = clock
        self._created: dict[str, float] | None = None

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - a full disk, say: the next look tries again
                _log.exception("upkeep of the journals failed")

    async def look(self) -> None:
        """Look once."""
        await self.forget_the_gone()
        removed = 1
        while removed:
            removed = await self._journal.trim(self._retention, self._clock.now())
            await asyncio.sleep(BREATH_SECONDS)

    async def forget_the_gone(self) -> None:
        """Remove what was noted of tenants that are not there any more.

        A deletion does so itself, but another process may have been about to write its last lines. Where a tenant of
        the same id was made since, what is older is not its own. Only one that was made between two looks is taken for
        such: a tenant made under a clock that was ahead has lines from before it for long, which are its own.
        """
        # Journals are asked first: a tenant that is made meanwhile is in the store when that is asked.
        noted = await self._journal.tenants()
        created = {tenant.id: tenant.created for tenant in await self._store.tenants()}
        seen = created if self._created is None else self._created
        for tenant in noted:
            if tenant not in created:
                await self._journal.forget(tenant)
            elif seen.get(tenant) != created[tenant]:
                await self._journal.forget(tenant, created[tenant])
        self._created = created
