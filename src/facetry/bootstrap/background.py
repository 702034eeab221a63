"""The work of the background: what a process does that nobody waits for, and which processes do it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine, Sequence
from typing import Any

from facetry.application.records import Records
from facetry.bootstrap.probes import Probes
from facetry.bootstrap.retention import journal_retention
from facetry.bootstrap.service import Service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.journal import DAY_SECONDS
from facetry.telemetry.metrics import Metrics
from facetry.worker.following import Following
from facetry.worker.imports import ImportWorker
from facetry.worker.journal_upkeep import JournalUpkeep
from facetry.worker.leased import LeasedWork
from facetry.worker.listing_batches import ListingBatches
from facetry.worker.relaying import Relaying
from facetry.worker.session_upkeep import SessionUpkeep
from facetry.worker.upkeep import Upkeep

_log = logging.getLogger(__name__)

LEASE = "background"
STOP_SECONDS = 2.0
"""So long a stop waits for leases to be given back."""


class Background:
    """All that one process does in the background.

    The owner of a data directory does everything. Where all processes are peers, what one of them is enough for is
    done under a lease, and an index that all of them search is brought up by whoever gets the lease of a tenant.
    """

    def __init__(self, service: Service, probes: Probes) -> None:
        """Look after the engines of a service, and whether they answer."""
        self._probes = probes
        self._service = service
        self._tasks: list[asyncio.Task[None]] = []
        self._is_shared = service.index.capabilities.is_shared
        self._relaying = Relaying(service.store, service.index, self._bring_up, service.leases)
        self._leased = LeasedWork(service.leases, LEASE, self._once)
        self._batches = ListingBatches(service.store, service.catalog, Records(service.store))

    def start(self) -> None:
        """Begin what this process is to do."""
        self._tasks = [asyncio.create_task(work) for work in self._works()]

    async def stop(self) -> None:
        """End it, so that others can take it over."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)

    def show(self, metrics: Metrics) -> None:
        """Show how far a shared index is behind, where this process looks."""
        if self._is_shared and self._is_active:
            metrics.gauge("facetry_index_lag_revisions", lambda: self._relaying.lag.revisions)
            metrics.gauge("facetry_index_lag_seconds", lambda: round(self._relaying.lag.seconds))
            metrics.gauge("facetry_index_lag_tenants", lambda: self._relaying.lag.tenants)
            metrics.gauge("facetry_index_parked_groups", lambda: self._relaying.parked)

    @property
    def _is_active(self) -> bool:
        service = self._service
        return service.role is StoreRole.OWNER or (service.role is StoreRole.PEER and service.settings.background)

    def _works(self) -> Sequence[Coroutine[Any, Any, None]]:
        service = self._service
        works: list[Coroutine[Any, Any, None]] = [self._probes.run()] if self._probes.states else []
        if service.role is StoreRole.PEER and not self._is_shared and service.has_index:
            # Every process has an index of its own to keep up and to save, whoever does the rest.
            works += [self._following(), self._upkeep()]
        if self._is_active:
            service.relay.listen(self._batches)
            works += [self._leased.run(), *self._relayed()]
        return works

    def _relayed(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return what brings the index up after the writes of others."""
        if not self._service.has_index:
            return []
        own = [self._following_commits()] if hasattr(self._service.store, "on_commit") else []
        return [*own, self._relaying.run()] if self._is_shared else own

    def _once(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return what one process is enough for."""
        service, settings = self._service, self._service.settings
        keep_seconds = settings.import_days * DAY_SECONDS
        jobs = ImportWorker(service.import_jobs, service.catalog.patient, service.store, service.clock, keep_seconds)
        journals = JournalUpkeep(service.journal, service.store, journal_retention(settings), service.clock)
        works = [self._batches.run(), jobs.run(), journals.run(), SessionUpkeep(service.sign_ins).run()]
        if service.role is StoreRole.PEER:
            works += [service.tenants.complete(), self._following_batches()]
        if self._is_shared or service.role is StoreRole.OWNER:
            works.append(self._upkeep())
        return works

    def _upkeep(self) -> Coroutine[Any, Any, None]:
        service = self._service
        return Upkeep(service.store, service.index, log_kept=service.settings.change_log_revisions).run()

    async def _following(self) -> None:
        """Bring this process's own index up after writes of others."""
        following = Following(self._service.store)
        following.call(self._reach)
        await following.run()

    async def _following_batches(self) -> None:
        """Do batches of listings that were queued in other processes."""

        async def look(tenant: str) -> None:
            self._batches.forget(tenant)

        following = Following(self._service.store)
        following.call(look)
        await following.run()

    async def _following_commits(self) -> None:
        """Bring the index up soon after the write of another process of this data directory."""
        changed: set[str] = set()
        woken = asyncio.Event()

        def committed(tenants: Collection[str]) -> None:
            changed.update(tenants)
            woken.set()

        self._service.store.on_commit(committed)  # type: ignore[attr-defined]
        while True:
            await woken.wait()
            woken.clear()
            while changed:
                await self._reach(changed.pop())

    async def _bring_up(self, tenant: str) -> None:
        # What this process has seen of the index is no proof any more.
        self._service.relay.miss(tenant)
        await self._service.relay.reach(tenant)

    async def _reach(self, tenant: str) -> None:
        try:
            await self._service.relay.reach(tenant)
        except Exception:  # noqa: BLE001 - whatever one tenant's index does, the others are followed
            _log.exception("the index could not follow a write; the next search tries again")
