"""The relay of the background: what no write has brought into the index is brought there, whoever died over it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from itertools import islice
from time import monotonic
from typing import Any

import msgspec

from facetry.domain.errors import StoreError
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.leases import Leases
from facetry.ports.search_index import SearchIndex

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
CALM = 20.0
"""A look at all tenants may take one part in so many of the time, so that many tenants make looks rarer."""
GRACE_SECONDS = 1.0
"""Who writes brings the index up itself; so long it is left to that."""
LEASE_SECONDS = 10.0
AT_ONCE = 4
"""So many tenants are attended to at once."""
PATIENCE_SECONDS = 1.0
"""Looks wait so long for what they began, so that one large tenant holds up nobody."""
SHORTEST_RETRY = 0.5
LONGEST_RETRY = 30.0
FORGET_SECONDS = 30.0
"""So often tenants are compared that were complete: somebody may have deleted an index."""
FORGOTTEN = 200
"""So many of them at a time, one after the other."""


class Lag(msgspec.Struct, frozen=True):
    """How far the index is behind the store.

    Attributes:
        tenants: How many tenants it is behind with.
        revisions: By how many revisions, over all of them.
        seconds: For how long, with the one that waits longest.
    """

    tenants: int = 0
    revisions: int = 0
    seconds: float = 0.0


class _Behind(msgspec.Struct):
    """A tenant that the index is behind with, since a second of the monotonic clock."""

    since: float
    revisions: int = 0
    failures: int = 0
    next_try: float = 0.0

    def failed(self, now: float) -> None:
        """Wait before the next try, twice as long each time, and not as long as everybody else."""
        longest = min(LONGEST_RETRY, SHORTEST_RETRY * 2**self.failures)
        self.failures += 1
        self.next_try = now + longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads tries, keeps no secret


class Relaying:
    """Compare the revisions of a store with those of an index that all processes share, and bring it up."""

    def __init__(
        self,
        store: CatalogStore,
        index: SearchIndex,
        bring_up: Callable[[str], Awaitable[None]],
        leases: Leases,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """Bring tenants up by a function, one process each at a time."""
        self._store = store
        self._index = index
        self._bring_up = bring_up
        self._leases = leases
        self._grace_seconds = grace_seconds
        self._covered: dict[str, int] = {}
        self._behind: dict[str, _Behind] = {}
        self._compared = monotonic()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._parked: dict[str, int] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._asking_seconds = 0.0

    @property
    def lag(self) -> Lag:
        """Return how far the index was behind at the last look."""
        behind = self._behind.values()
        longest = max((monotonic() - one.since for one in behind), default=0.0)
        return Lag(len(behind), sum(one.revisions for one in behind), longest)

    @property
    def parked(self) -> int:
        """Return how many groups the index has refused, as far as they are known."""
        return sum(self._parked.values())

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Look again and again, until cancelled."""
        try:
            while True:
                try:
                    await self.look()
                except StoreError as error:
                    _log.warning("the store cannot be asked what the index lacks: %s", error.message)
                except Exception:  # noqa: BLE001 - whatever failed, the next look tries again
                    _log.exception("the index could not be compared with the store")
                await asyncio.sleep(max(pause_seconds, CALM * self._asking_seconds))
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def look(self) -> None:
        """Look once at all tenants, and bring up those that it is time for; long ones go on after the look."""
        began = monotonic()
        revisions = await self._store.revisions()
        self._asking_seconds = monotonic() - began
        self._forget_now_and_then()
        for tenant in [one for one in self._covered if one not in revisions]:
            self._begin(tenant, self._forget(tenant))
        for tenant, revision in revisions.items():
            if self._covered.get(tenant) != revision:
                self._begin(tenant, self._attend(tenant, revision))
        if self._under_way:
            await asyncio.wait([*self._under_way.values()], timeout=PATIENCE_SECONDS)

    def _begin(self, tenant: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin work for a tenant, if none is under way."""
        if tenant in self._under_way:
            work.close()
            return
        task = self._under_way[tenant] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._under_way.pop(tenant, None))

    def _forget_now_and_then(self) -> None:
        if monotonic() - self._compared > FORGET_SECONDS:
            self._compared = monotonic()
            for tenant in islice([*self._covered], FORGOTTEN):
                del self._covered[tenant]
                # At the end now, so that the others come next; a number that is none is another one than any.
                self._covered[tenant] = -1

    async def _forget(self, tenant: str) -> None:
        async with self._room:
            self._behind.pop(tenant, None)
            await self._try(tenant, _Behind(monotonic()))
            self._covered.pop(tenant, None)
            self._parked.pop(tenant, None)

    async def _attend(self, tenant: str, revision: int) -> None:
        behind = self._behind.get(tenant)
        if behind is not None and monotonic() < behind.next_try:
            return
        async with self._room:
            now = monotonic()
            held = await self._held(tenant)
            if held is not None and held >= revision:
                self._covered[tenant] = revision
                self._behind.pop(tenant, None)
                await self._count_parked(tenant)
                return
            behind = self._behind.setdefault(tenant, _Behind(now))
            behind.revisions = revision - (held or 0)
            if now - behind.since >= self._grace_seconds:
                await self._try(tenant, behind)

    async def _held(self, tenant: str) -> int | None:
        """Return what the index holds; where it cannot be asked it is behind with all."""
        with suppress(Exception):
            return await self._index.revision(tenant)
        return None

    async def _count_parked(self, tenant: str) -> None:
        # Only an index that can refuse a group has any.
        parked = getattr(self._index, "parked", None)
        if parked is not None:
            with suppress(Exception):
                self._parked[tenant] = len(await parked(tenant))

    async def _try(self, tenant: str, behind: _Behind) -> None:
        lease = f"relay:{tenant}"
        try:
            if not await self._leases.take(lease, LEASE_SECONDS):
                return
            # A large tenant takes longer than a lease.
            keeping = asyncio.create_task(self._keep(lease))
            try:
                await self._bring_up(tenant)
            finally:
                keeping.cancel()
                await self._leases.give_back(lease)
        except Exception as error:  # noqa: BLE001 - whatever one tenant's index does, the others are followed
            behind.failed(monotonic())
            _log.warning("the index of a tenant could not be brought up, try %d: %s", behind.failures, error)

    async def _keep(self, lease: str) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with suppress(StoreError):
                await self._leases.take(lease, LEASE_SECONDS)
