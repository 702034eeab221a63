"""Batches: the writes of a tenant that arrive while others of it are under way make up the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from facetry.domain.actor import Actor
from facetry.domain.catalog import AllOrNone, BulkWrite, Write
from facetry.domain.change import Receipt
from facetry.domain.errors import StoreBusyError, StoreError
from facetry.domain.fair_turns import FairTurns

MAX_WAITING = 10_000
"""So many callers of one tenant wait at most."""
_WRITES = 1_000
"""So many writes one batch has, but for a caller's that has more by itself."""
_AT_ONCE = 8
"""Batches of so many tenants are under way at once."""


class Request:
    """The writes of one caller, who waits for the answer.

    Attributes:
        tenant: Whose they are.
        writes: What to do.
        by: Who asked for it.
        answer: What the caller waits for.
    """

    __slots__ = ("answer", "by", "tenant", "weight", "writes")

    def __init__(self, tenant: str, writes: Sequence[Write], by: Actor) -> None:
        """Ask for writes; the event loop is running."""
        self.tenant = tenant
        self.writes = writes
        self.by = by
        self.weight = sum(map(_weight, writes))
        self.answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

    def settle(self, answer: Receipt | BaseException) -> None:
        """Tell the caller, unless it went away meanwhile."""
        if self.answer.done():
            return
        if isinstance(answer, BaseException):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


class Batches:
    """One batch of a tenant at a time, those of several tenants side by side; tenants take turns."""

    def __init__(
        self, perform: Callable[[str, Sequence[Request]], Awaitable[None]], max_waiting: int = MAX_WAITING
    ) -> None:
        """Have batches done by a function that settles each request, or raises what all of them fail with."""
        self._max_waiting = max_waiting
        self._perform = perform
        self._queue: FairTurns[Request] = FairTurns()
        self._working: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    async def submit(self, request: Request) -> Receipt:
        """Have writes done and return what came of them; a caller that goes away undoes nothing that has begun.

        Raises:
            StoreBusyError: Too many of the tenant's wait already.
            StoreError: They could not be done, or the store is closed.
        """
        if self._closed:
            raise StoreError("the store is closed")
        if self._queue.waiting(request.tenant) >= self._max_waiting:
            raise StoreBusyError("too many writes of the tenant wait already")
        self._queue.add(request.tenant, request)
        self._start()
        return await request.answer

    async def close(self) -> None:
        """Take no more writes and finish those that wait; harmless to repeat."""
        self._closed = True
        while self._working:
            await asyncio.wait(list(self._working.values()))

    def _start(self) -> None:
        """Begin batches, as many as may be under way."""
        while len(self._working) < _AT_ONCE:
            first = self._queue.take(lambda tenant: tenant not in self._working)
            if first is None:
                return
            task = asyncio.get_running_loop().create_task(self._run(first))
            self._working[first.tenant] = task

    async def _run(self, first: Request) -> None:
        # Those that arrive in the same turn of the event loop share the batch.
        await asyncio.sleep(0)
        batch = self._gathered(first)
        try:
            if batch:
                await self._perform(first.tenant, batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers hear of it
            for request in batch:
                request.settle(error)
        finally:
            for request in batch:
                request.answer.cancel()
            del self._working[first.tenant]
            self._start()

    def _gathered(self, first: Request) -> list[Request]:
        batch, weight = [first], first.weight
        while weight < _WRITES and (more := self._queue.take(lambda tenant: tenant == first.tenant)):
            batch.append(more)
            weight += more.weight
        return [request for request in batch if not request.answer.done()]


def _weight(write: Write) -> int:
    return len(write.writes) if isinstance(write, (AllOrNone, BulkWrite)) else 1
