"""The threads of searches, which tenants take in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from facetry.application.fair_room import FairRoom
from facetry.domain.errors import SearchTimeoutError

MAX_WAITING = 1_000
"""So many searches of a tenant wait at most; any further one would not be done in time anyway."""
_T = TypeVar("_T")


class FairThreads:
    """A pool of threads; what waits for one is taken tenant by tenant."""

    def __init__(self, count: int, name: str, max_waiting: int = MAX_WAITING) -> None:
        """Have so many threads, which are named so; begun when they are first needed."""
        self._pool = ThreadPoolExecutor(count, name)
        self._room = FairRoom(count)
        self._max_waiting = max_waiting

    async def run(self, tenant: str, work: Callable[[], _T]) -> _T:
        """Return what work results in, done in a thread when it is the tenant's turn.

        Raises:
            SearchTimeoutError: Too much of the tenant's waits already.
        """
        if self._room.waiting(tenant) >= self._max_waiting:
            raise SearchTimeoutError
        async with self._room.place(tenant):
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def shutdown(self) -> None:
        """Wait for the end of what is under way, and end the threads."""
        self._pool.shutdown()
