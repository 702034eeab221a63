"""Upkeep of what lies on disk: what the index holds is made durable, the change log is cut behind it."""

from __future__ import annotations

import asyncio
import logging

from facetry.domain.errors import StoreError
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.search_index import SearchIndex

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 30.0


class Upkeep:
    """Look after the tenants that changed since the last look; belongs to the process that keeps the index."""

    def __init__(self, store: CatalogStore, index: SearchIndex, *, log_kept: int) -> None:
        """Cut the log of a store behind an index, but for ``log_kept`` revisions, for whoever follows more slowly."""
        self._store = store
        self._index = index
        self._log_kept = log_kept
        self._revisions: dict[str, int] = {}

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Look after all tenants that change from now on, again and again, until cancelled."""
        try:
            self._revisions = await self._store.revisions()
        except StoreError:
            _log.exception("upkeep begins with all tenants")
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - a full disk, say: nothing is lost, and the next look tries again
                _log.exception("upkeep failed")

    async def look(self) -> None:
        """Look once after each tenant that changed."""
        for tenant, revision in (await self._store.revisions()).items():
            if self._revisions.get(tenant) != revision:
                await self._tidy(tenant)
                self._revisions[tenant] = revision

    async def _tidy(self, tenant: str) -> None:
        if await self._index.revision(tenant) is None:
            return
        covered = await self._index.checkpoint(tenant)
        if covered > self._log_kept:
            await self._store.cut_log(tenant, covered - self._log_kept)
