"""Following a catalog: its changes since a revision, those that are there and those that are waited for."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

import msgspec

from facetry.application.watch import LOOK_SECONDS, Watch
from facetry.domain.errors import TooManyWaitingError
from facetry.domain.feed import PARTS, Changes, chosen
from facetry.ports.catalog_store import CatalogStore

MOST_WAITING = 64
"""So many consumers of one tenant may wait in one process."""
RETRY_SECONDS = 5
LAST_SECONDS = 1.0
"""How long consumers may still wait that come when the server is about to stop."""


class Wanted(msgspec.Struct, frozen=True):
    """What a consumer follows.

    Attributes:
        limit: How many things a page holds at most, see ``CatalogStore.changes``.
        parts: Which of ``domain.feed.PARTS``.
    """

    limit: int
    parts: frozenset[str] = PARTS


class ChangeFeed:
    """The use cases of following catalogs."""

    def __init__(
        self,
        store: CatalogStore,
        *,
        most_waiting: int = MOST_WAITING,
        look_seconds: float = LOOK_SECONDS,
        last_seconds: float = LAST_SECONDS,
    ) -> None:
        """Follow what a store holds."""
        self._store = store
        self._watch = Watch(store.mark, look_seconds, store.look if store.looks else None)
        self._most_waiting = most_waiting
        self._last_seconds = last_seconds
        self._waiting: Counter[str] = Counter()
        self._stopped = False

    def heard(self, tenant: str, mark: int) -> None:  # noqa: ARG002 - what ``SharedMarks.listen`` takes
        """Have those who wait for a tenant look soon: another process told that it was changed."""
        self._watch.heard(tenant)

    async def now(self, tenant: str) -> Changes:
        """Return the empty page that a consumer begins with, who then reads everything."""
        revision = await self._store.revision(tenant)
        return Changes(since=revision, revision=revision, read_at=revision)

    async def page(self, tenant: str, since: int, wanted: Wanted) -> Changes:
        """Return what changed after a revision.

        Raises:
            RevisionTooOldError: It is not known any more, or lies in the future.
        """
        return chosen(await self._store.changes(tenant, since, wanted.limit), wanted.parts)

    async def next_page(self, tenant: str, since: int, wanted: Wanted, seconds: float) -> Changes:
        """Return what changed after a revision, as soon as there is anything; an empty page when the time is over.

        The page is empty before that where the tenant's record changes, and with it perhaps who may read, and where
        the server is about to stop.

        Raises:
            RevisionTooOldError: The revision is not known any more, or lies in the future.
            TooManyWaitingError: As many wait already as may.
        """
        with self._place(tenant):
            return await self._next(tenant, since, wanted, seconds)

    async def pages(
        self, tenant: str, since: int, wanted: Wanted, seconds: float, breath_seconds: float
    ) -> AsyncGenerator[Changes, None]:
        """Yield page after page as changes come, the first one at once; an empty one when none came for a while.

        It ends when the time is over, when the tenant's record changes, and when the server is about to stop.

        Raises:
            RevisionTooOldError: The revision is not known any more, or lies in the future.
            TooManyWaitingError: As many wait already as may.
        """
        ends = time.monotonic() + seconds
        with self._place(tenant):
            version, patience = await self._version(tenant), 0.0
            while True:
                page = await self._next(tenant, since, wanted, patience)
                yield page
                since, patience = page.revision, min(breath_seconds, ends - time.monotonic())
                if self._stopped or patience <= 0 or await self._version(tenant) != version:
                    return

    def waiting(self, tenant: str) -> int:
        """Return how many consumers of a tenant wait."""
        return self._waiting[tenant]

    def all_waiting(self) -> int:
        """Return how many consumers of all tenants wait."""
        return self._waiting.total()

    def stop(self) -> None:
        """Have all that wait return: the server is about to stop."""
        self._stopped = True
        self._watch.wake()

    async def _next(self, tenant: str, since: int, wanted: Wanted, seconds: float) -> Changes:
        ends = time.monotonic() + seconds
        version = await self._version(tenant)
        position = since
        while True:
            mark = self._store.mark(tenant)
            page = await self.page(tenant, position, wanted)
            position = page.revision
            left = ends - time.monotonic()
            if not page.is_empty or left <= 0:
                return msgspec.structs.replace(page, since=since)
            if not page.more:
                await self._wait(tenant, mark, left)
                ends = 0.0 if self._stopped else ends
            if await self._version(tenant) != version:
                return Changes(since=since, revision=position, read_at=position)

    async def _wait(self, tenant: str, mark: object, seconds: float) -> None:
        if self._stopped:
            await asyncio.sleep(min(seconds, self._last_seconds))
        else:
            await self._watch.changed(tenant, mark, seconds)

    async def _version(self, tenant: str) -> int | None:
        record = await self._store.tenant(tenant)
        return record.version if record else None

    @contextmanager
    def _place(self, tenant: str) -> Iterator[None]:
        """Take one of a tenant's places to wait."""
        if self._waiting[tenant] >= self._most_waiting:
            raise TooManyWaitingError(self._most_waiting, RETRY_SECONDS)
        self._waiting[tenant] += 1
        try:
            yield
        finally:
            self._waiting[tenant] -= 1
            if not self._waiting[tenant]:
                del self._waiting[tenant]
