"""Group commit: the commands of many callers share one transaction and one wait for the disk."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from facetry.application.calls import CALLS
from facetry.application.precedence import CHANGES
from facetry.application.to_the_end import done_in_thread
from facetry.domain.errors import StoreBusyError, StoreError
from facetry.engines.sqlite.checkpoint import IDLE_SECONDS, Checkpointer
from facetry.engines.sqlite.commands import ROLL_BACK, Command, CommandQueue, Queued, Steps
from facetry.engines.sqlite.connection import store_error

T = TypeVar("T")
_BATCH_SECONDS = 0.005
"""No further command joins a batch that has worked this long, so that its callers need not wait for more."""
_FEW, _FEW_SECONDS = 4, 0.02
"""The same for so few commands, if they and all that waits are of one tenant: long lists share what a commit costs."""
_SLICE_SECONDS, _BESIDE_SECONDS = 0.001, 0.0001
"""How long one command keeps the event loop before reads get their turn, and a long one while other tenants come."""
_GATHER_TURNS, _GATHER_SECONDS = 6, 0.001
"""So many times at most a batch waits so long for callers of the last one to come again, which share its costs then."""
CROWD_SECONDS = 0.05
"""Nobody is waited for where nothing was committed for so long."""
_PUT_OFF_TIMES, _PUT_OFF_SECONDS = 2, 0.01
"""A long command begins anew so many times at most, and not once it has worked so long: that would be lost."""
_MOST_REST_SECONDS, _LOOK_SECONDS = 0.01, 0.001
"""So long at most the writer rests between long commands beside other tenants, looking so often for short ones."""
_LOCK_WAIT_SECONDS = 5.0
_LOCK_RETRY_SECONDS = 0.02
MAX_WAITING = 10_000
"""So many commands of one tenant wait at most."""


class GroupCommit:
    """The one writer of a database.

    Commands run on the event loop, each in its own savepoint. Only the commit, which waits for the disk, runs in a
    thread, and what a command hands over because the database alone works long on it. Commands that arrive meanwhile
    make up the next batch; where there are more than one batch takes, tenants take turns. A long command shares its
    batch with no other tenant's, and lets a short one by that comes soon after it began.
    """

    def __init__(self, path: Path, connection: apsw.Connection, on_commit: Callable[[set[str]], None]) -> None:
        """Take over the writing connection.

        Args:
            path: The database.
            connection: Nobody else may use it.
            on_commit: Called on the event loop after each commit, before its callers hear of it, with the tenants
                that it touched.
        """
        self._connection = connection
        self._on_commit = on_commit
        self._queue = CommandQueue()
        self._alone: deque[Callable[[], Coroutine[Any, Any, None]]] = deque()
        self._thread = ThreadPoolExecutor(1, "facetry-commit")
        self._checkpointer = Checkpointer(path, connection)
        self._work: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._closed = False
        self._slice_began = 0.0
        self._last_commit = 0.0
        # So many callers were there at once when the last batch was committed; 0 where it was that of one alone.
        self._crowd = 0
        self._crowd_tenants: AbstractSet[str] = frozenset()
        self._rested = 0.0

    async def submit(
        self,
        command: Command[T],
        committed: Callable[[], None] | None = None,
        *,
        tenant: str = "",
        is_long: bool = False,
    ) -> T:
        """Do a command and return its result once it is committed.

        Cancelling the caller withdraws a command that has not begun, and does not undo one that has.

        Args:
            command: What to do.
            committed: Called once it is, before anybody hears of it.
            tenant: Whose turn it takes, among those of all tenants that wait; none for what keeps the store itself.
            is_long: Whether it works long: other tenants' commands are not made to wait for its end.

        Raises:
            StoreBusyError: Too many of the tenant's wait already; nothing was changed.
            StoreError: It could not be committed; nothing was changed.
        """
        if self._queue.waiting(tenant) >= MAX_WAITING:
            raise StoreBusyError("too many writes of the tenant wait already")
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        queued = Queued(command, future, committed, tenant, is_long=is_long)
        self._queue.add(tenant, queued)
        if self._work is None:
            self._start(self._drain())
        try:
            return await future
        finally:
            queued.wait_no_more()

    async def alone(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do work outside of any transaction, in the thread that commits; what is submitted meanwhile waits for it.

        Raises:
            StoreError: The driver failed.
        """
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def do() -> T:
            return work(self._connection)

        async def take_turn() -> None:
            try:
                result = await asyncio.get_running_loop().run_in_executor(self._thread, do)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller waits for it, and others for their turn
                future.set_exception(store_error(error) if isinstance(error, apsw.Error) else error)
            else:
                future.set_result(result)

        self._alone.append(take_turn)
        if self._work is None:
            self._start(self._drain())
        return await asyncio.shield(future)

    async def finish(self) -> None:
        """Take no more commands and commit what is queued; harmless to repeat."""
        self._closed = True
        if self._idle is not None:
            self._idle.cancel()
        while self._work is not None:
            await asyncio.wait([self._work])

    def close(self) -> None:
        """Empty the write-ahead log and close the connection, after ``finish``."""
        self._thread.shutdown()
        self._checkpointer.close()
        self._connection.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = asyncio.get_running_loop().create_task(work)
        self._work.add_done_callback(self._rest)

    def _rest(self, _: asyncio.Task[None]) -> None:
        self._work = None
        if self._queue or self._alone:
            self._start(self._drain())
        elif self._idle is None and not self._closed and self._checkpointer.is_due:
            self._await_idleness()

    def _await_idleness(self) -> None:
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._tidy)

    def _tidy(self) -> None:
        """Empty the write-ahead log if there was nothing else to do for a while."""
        self._idle = None
        if self._work is not None:
            return
        if time.monotonic() - self._last_commit < IDLE_SECONDS:
            self._await_idleness()
        else:
            self._start(self._in_thread(self._checkpointer.truncate))

    async def _drain(self) -> None:
        while self._queue or self._alone:
            if self._alone:
                await self._alone.popleft()()
            elif self._rests():
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                await self._run_batch()
                # Those who hear of it now go on before the next batch keeps them waiting.
                await CALLS.let_pass()

    def _rest_after(self, batch: Sequence[Queued]) -> None:
        """Have long commands wait as long as those of a batch worked, where other tenants come."""
        worked = sum(queued.worked for queued in batch if queued.is_long and CALLS.had_others(queued.tenant))
        self._rested = max(self._rested, time.monotonic() + min(worked, _MOST_REST_SECONDS))

    def _rests(self) -> bool:
        """Return whether only long commands wait, and those before were done just now."""
        if self._closed or time.monotonic() >= self._rested:
            return False
        return not self._queue.has_short()

    async def _run_batch(self) -> None:
        batch: list[Queued] = []
        try:
            await self._gather()
            await self._begin(batch)
            with CHANGES.taken():
                await self._perform_queued(batch)
            await self._in_thread(self._commit)
        except apsw.Error as error:
            self._abandon()
            for queued in batch:
                queued.error = store_error(error)
        except BaseException:
            self._abandon()
            for queued in batch:
                queued.future.cancel()
            raise
        else:
            self._announce(batch)
        for queued in batch:
            queued.settle()
        self._rest_after(batch)

    async def _gather(self) -> None:
        """Wait a little for callers who were there a moment ago; who writes alone waits for nobody.

        Nor does a tenant for the callers of another one.
        """
        if time.monotonic() - self._last_commit > CROWD_SECONDS:
            self._crowd = 0
        for _ in range(min(_GATHER_TURNS, self._crowd)):
            if len(self._queue) >= self._crowd or not self._is_of_crowd(self._queue.tenants):
                return
            # Answers go out meanwhile, and what comes in is read.
            await asyncio.sleep(_GATHER_SECONDS)

    def _is_of_crowd(self, tenants: AbstractSet[str]) -> bool:
        return len(tenants) <= 1 and tenants <= self._crowd_tenants

    async def _begin(self, batch: list[Queued]) -> None:
        """Open a transaction; where that fails, everything queued fails with it."""
        until = time.monotonic() + _LOCK_WAIT_SECONDS
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except apsw.Error as error:
                # Only another program, say a shell on the file, can hold the lock.
                if isinstance(error, apsw.BusyError) and time.monotonic() < until:
                    await asyncio.sleep(_LOCK_RETRY_SECONDS)
                    continue
                while (queued := self._queue.take()) is not None:
                    batch.append(queued)
                raise
            return

    async def _perform_queued(self, batch: list[Queued]) -> None:
        began = self._slice_began = time.monotonic()
        while time.monotonic() - began < self._longest(batch) and (queued := self._queue.take_for(batch)) is not None:
            if queued.future.done():
                continue
            queued.wait_no_more()
            batch.append(queued)
            if not await self._perform(queued):
                self._queue.put_back(queued.tenant, batch.pop())
                began = self._slice_began = time.monotonic()

    def _longest(self, batch: Sequence[Queued]) -> float:
        if len(batch) >= _FEW:
            return _BATCH_SECONDS
        tenants = {queued.tenant for queued in batch} | self._queue.tenants
        return _FEW_SECONDS if len(tenants) <= 1 else _BATCH_SECONDS

    async def _perform(self, queued: Queued) -> bool:
        """Do a command, and return whether it is done; if not, all is as if it had not begun."""
        connection = self._connection
        connection.execute("SAVEPOINT one_command")
        is_done = True
        try:
            is_done = await self._step_through(queued, queued.command.steps(connection))
            if not is_done:
                connection.execute(ROLL_BACK)
        except Exception as error:
            # After some failures the database gives up the whole transaction, and with it the whole batch.
            if not connection.in_transaction:
                raise
            connection.execute(ROLL_BACK)
            queued.error = store_error(error) if isinstance(error, apsw.Error) else error
        connection.execute("RELEASE one_command")
        return is_done

    async def _step_through(self, queued: Queued, steps: Steps[object]) -> bool:
        """Take the steps of a command to its result, and return whether there is one; not where it is put off."""
        queued.worked = 0.0
        is_beside = queued.is_long and CALLS.had_others(queued.tenant)
        seconds = _BESIDE_SECONDS if is_beside else _SLICE_SECONDS
        while True:
            begun = time.monotonic()
            try:
                work = next(steps)
            except StopIteration as finished:
                queued.result = finished.value
                return True
            queued.worked += time.monotonic() - begun
            if self._puts_off(queued):
                steps.close()
                queued.put_off += 1
                return False
            if work is not None:
                await self._in_thread(work)
            elif time.monotonic() > self._slice_began + seconds:
                await (CALLS.let_on(is_awaited=True) if queued.is_long else CALLS.let_pass())
            else:
                continue
            self._slice_began = time.monotonic()

    def _puts_off(self, queued: Queued) -> bool:
        """Return whether a long command begins anew later, because a short one of another tenant came meanwhile."""
        if not queued.is_long or not self._queue:
            return False
        if queued.put_off >= _PUT_OFF_TIMES or queued.worked > _PUT_OFF_SECONDS:
            return False
        return self._queue.has_short(of_others_than=queued.tenant)

    def _commit(self) -> None:
        self._connection.execute("COMMIT")
        self._checkpointer.after_commit()

    def _announce(self, batch: list[Queued]) -> None:
        self._last_commit = time.monotonic()
        self._crowd = len(batch) + len(self._queue) if len(batch) > 1 else 0
        self._crowd_tenants = frozenset(queued.tenant for queued in batch)
        for queued in batch:
            if queued.error is None and queued.committed is not None:
                queued.committed()
        self._on_commit({q.command.tenant for q in batch if q.error is None and q.command.tenant is not None})

    def _abandon(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    async def _in_thread(self, work: Callable[[], None]) -> None:
        """Run work in the thread that commits; a cancelled caller waits for it as well, the connection is in use."""
        await done_in_thread(self._thread, work)
