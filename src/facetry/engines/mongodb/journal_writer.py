"""What writes journals behind the calls: what is noted waits in memory, bounded, and is written in batches."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from time import monotonic

from pymongo.errors import PyMongoError

from facetry.domain.journal import Count, JournalLine
from facetry.engines.mongodb.failures import store_error

_log = logging.getLogger(__name__)

MAX_WAITING = 20_000
"""So many lines and counts wait at most; a line takes less than a kilobyte."""
PAUSE_SECONDS = 0.2
"""Between two batches, so that what is noted meanwhile shares one."""
FLUSH_SECONDS = 2.0
RETRY_SECONDS = 1.0
"""How long what is noted is given up after the server has refused a batch."""

Noted = tuple[str, JournalLine | Count]
"""A tenant, and what was noted of it."""
Keep = Callable[[Sequence[Noted]], Awaitable[int]]
"""Writes a batch and returns how much of it nothing can store."""


class JournalWriter:
    """Write batches in the loop that it was made in; lines and counts come from any thread."""

    def __init__(self, keep: Keep, max_waiting: int = MAX_WAITING) -> None:
        """Write with ``keep``; to be called in the loop of the driver."""
        self._keep = keep
        self._max_waiting = max_waiting
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting: list[Noted] = []
        self._is_called = self._is_closed = False
        self._taken = self._done = self._refused = self._failed = 0
        self._task: asyncio.Task[None] | None = None
        self._hurried = asyncio.Event()
        self._progress = asyncio.Condition()
        self._broken_until = 0.0

    @property
    def dropped(self) -> int:
        """How much was given up."""
        return self._refused + self._failed

    def put(self, tenant: str, noted: Sequence[JournalLine | Count]) -> None:
        """Take what is to be written, as far as not too much is waiting."""
        with self._lock:
            room = 0 if self._is_closed else max(0, self._max_waiting - len(self._waiting))
            taken = noted[:room]
            self._refused += len(noted) - len(taken)
            self._waiting.extend([(tenant, one) for one in taken])
            self._taken += len(taken)
            is_first = bool(taken) and not self._is_called
            self._is_called = self._is_called or is_first
        if is_first:
            # Where the loop has ended, there is nobody left to read a journal.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._start)

    async def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait until what was taken before is written or given up; for so long at most."""
        target = self._taken
        if self._done >= target:
            return
        self._hurried.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._progress:
                await self._progress.wait_for(lambda: self._done >= target)

    async def close(self) -> None:
        """Write what is waiting, for a moment; what comes later is given up. Harmless to repeat."""
        with self._lock:
            self._is_closed = True
        await self.flush()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def _start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurried.wait(), PAUSE_SECONDS)
            self._hurried.clear()
            with self._lock:
                batch, self._waiting = self._waiting, []
                self._is_called = bool(batch)
            if not batch:
                return
            await self._write(batch)
            self._done += len(batch)
            async with self._progress:
                self._progress.notify_all()

    async def _write(self, batch: Sequence[Noted]) -> None:
        if monotonic() < self._broken_until:
            self._failed += len(batch)
            return
        try:
            self._failed += await self._keep(batch)
        except Exception as error:  # noqa: BLE001 - whatever the server does, calls go on without their journals
            if not self._broken_until:
                reason = store_error(error).message if isinstance(error, PyMongoError) else type(error).__name__
                _log.warning("journals cannot be written: %s", reason)
            self._failed += len(batch)
            self._broken_until = monotonic() + RETRY_SECONDS
        else:
            self._broken_until = 0.0
