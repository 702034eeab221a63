"""Room for so many at a time, given to tenants in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from facetry.domain.fair_turns import FairTurns


class FairRoom:
    """As a semaphore, but whoever waits is let in tenant by tenant."""

    def __init__(self, places: int) -> None:
        """Have room for so many."""
        self._free = places
        self._waiting: FairTurns[asyncio.Future[None]] = FairTurns()

    def waiting(self, tenant: str) -> int:
        """Return how many of a tenant wait."""
        return self._waiting.waiting(tenant)

    @asynccontextmanager
    async def place(self, tenant: str) -> AsyncIterator[None]:
        """Wait for a place, and have it for as long as the context lasts."""
        await self._take(tenant)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, tenant: str) -> None:
        if self._free:
            self._free -= 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(tenant, future)
        try:
            await future
        except asyncio.CancelledError:
            # The place may have been given just before.
            if not future.cancelled():
                self._give_back()
            raise

    def _give_back(self) -> None:
        """Hand a place on to the next who has not gone away."""
        while self._waiting:
            future = self._waiting.take()
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
