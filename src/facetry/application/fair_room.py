"""Room for so many at a time, given to tenants in turn."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from facetry.domain.fair_turns import FairTurns

RECENT_SECONDS = 1.0
"""For so long after a tenant came a place is kept for it, or for any other than the one that has all the rest."""
_TWO = 2


class _Guest(NamedTuple):
    """Somebody who waits for a place."""

    tenant: str
    may_enter: asyncio.Future[None]


class FairRoom:
    """As a semaphore, but whoever waits is let in tenant by tenant, and none has the last place if others come too."""

    def __init__(self, places: int, now: Callable[[], float] = time.monotonic) -> None:
        """Have room for so many; of more than one, one is kept from each tenant for the others."""
        self._free = places
        self._most = max(1, places - 1)
        self._now = now
        self._inside: Counter[str] = Counter()
        self._waiting: FairTurns[_Guest] = FairTurns()
        # When those two came last that came last: of each tenant one of them is another one.
        self._came: dict[str, float] = {}

    def waiting(self, tenant: str) -> int:
        """Return how many of a tenant wait."""
        return self._waiting.waiting(tenant)

    @asynccontextmanager
    async def place(self, tenant: str) -> AsyncIterator[None]:
        """Wait for a place, and have it for as long as the context lasts."""
        await self._enter(tenant)
        try:
            yield
        finally:
            self._leave(tenant)

    async def _enter(self, tenant: str) -> None:
        self._came.pop(tenant, None)
        self._came[tenant] = self._now()
        if len(self._came) > _TWO:
            del self._came[next(iter(self._came))]
        if self._free and self._may(tenant):
            self._free -= 1
            self._inside[tenant] += 1
            self._waiting.note(tenant)
            return
        guest = _Guest(tenant, asyncio.get_running_loop().create_future())
        self._waiting.add(tenant, guest)
        try:
            await guest.may_enter
        except asyncio.CancelledError:
            # The place may have been given just before.
            if not guest.may_enter.cancelled():
                self._leave(tenant)
            raise

    def _may(self, tenant: str) -> bool:
        """Return whether a tenant may have one more of the places."""
        if self._inside[tenant] < self._most:
            return True
        return all(one == tenant or self._now() - then > RECENT_SECONDS for one, then in self._came.items())

    def _leave(self, tenant: str) -> None:
        """Give a place back, and hand what is free on to those who have not gone away."""
        self._free += 1
        self._inside[tenant] -= 1
        if not self._inside[tenant]:
            del self._inside[tenant]
        while self._free and (guest := self._waiting.take(self._may)) is not None:
            if not guest.may_enter.done():
                self._free -= 1
                self._inside[guest.tenant] += 1
                guest.may_enter.set_result(None)
