"""Batches of listings: done in the background, by the process that owns the catalog."""

from __future__ import annotations

import asyncio
import logging

from facetry.application.catalog import Catalog
from facetry.application.records import Records
from facetry.domain.batching import WorkBatch
from facetry.domain.catalog import Refused
from facetry.domain.change import Delta
from facetry.domain.record import RecordKind
from facetry.ports.catalog_store import CatalogStore

_log = logging.getLogger(__name__)

OPEN = "open"
"""What batches name that have tasks left."""
TASKS = 20
"""So many listings are brought up to date in one write, so that nobody waits for long."""
WRITES = 5
"""So many writes share a transaction."""
PAUSE_SECONDS = 5.0
"""How long to wait after a failure before trying again."""


class ListingBatches:
    """Do the tasks of batches; a listener of the relay, so that it knows when there are any.

    All that has been done stands in the batch, in the transaction that has done it: after a crash the next process goes
    on where this one stopped.
    """

    def __init__(self, store: CatalogStore, catalog: Catalog, records: Records) -> None:
        """Read batches and write to a catalog."""
        self._store = store
        self._catalog = catalog
        self._records = records
        self._waiting: dict[str, None] = {}
        self._woken = asyncio.Event()

    def changed(self, tenant: str, delta: Delta) -> None:
        """Look at a tenant's batches where one of them was written."""
        if any(kind is RecordKind.BATCH for kind, _ in delta.records):
            self._wake(tenant)

    def forget(self, tenant: str) -> None:
        """Look at a tenant's batches: nobody knows what has changed."""
        self._wake(tenant)

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Do all that is left of earlier days, then what comes, until cancelled."""
        for record in await self._store.tenants():
            self._wake(record.id)
        while True:
            await self._woken.wait()
            self._woken.clear()
            for tenant in self._taken():
                if not await self._try(tenant):
                    asyncio.get_running_loop().call_later(pause_seconds, self._wake, tenant)

    async def work(self, tenant: str) -> None:
        """Do all tasks that a tenant's batches have left."""
        while batches := await self._records.after(tenant, RecordKind.BATCH, 0, 1, OPEN):
            receipt = await self._catalog.write(tenant, [WorkBatch(batches[0].id, TASKS)] * WRITES)
            # The last of the writes find nothing left to do; where all did, somebody else has finished the batch.
            if all(isinstance(outcome, Refused) for outcome in receipt.outcomes):
                return

    def _wake(self, tenant: str) -> None:
        self._waiting[tenant] = None
        self._woken.set()

    def _taken(self) -> list[str]:
        waiting = [*self._waiting]
        self._waiting.clear()
        return waiting

    async def _try(self, tenant: str) -> bool:
        """Work for a tenant; return whether that went well."""
        try:
            await self.work(tenant)
        except Exception:  # noqa: BLE001 - a full disk, say: nothing is lost, and it is tried again
            _log.exception("a batch of listings stopped; it goes on after a pause")
            return False
        return True
