"""Pauses between slices of long work on the event loop."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

STEPS: Final = 4
"""A short call takes about so many steps between two waits for something else."""
_MOST_SECONDS = 0.003
_MOST_TIMES = 3
"""Long work is held for calls so many times as long as it has worked at most, and never longer than that at once."""
_REST_SECONDS = 0.001
"""Rests are no shorter: short slices rest together."""
_LONGEST_SECONDS = 0.002
"""A slice counts for no longer: what waited for something else meanwhile did not work."""
_LOOK_SECONDS = 0.001
_LET_GO_SECONDS = 0.00002
"""Threads that wait for the interpreter are woken each time a statement lets go of it, and come too late where the
processors are busy: leaving it to them for as long as it takes to wake up lets a request in that has arrived."""


class Pauses:
    """Keeps the slices of all long work apart, so that a call meets one of them at most at each of its steps.

    Between two slices calls take some steps. Where one needs the loop, or is about to, the pause lasts until it does no
    more, though not for ever: so it meets one slice in all, mostly.
    """

    def __init__(self, came_lately: Callable[[], bool], need_time: Callable[[], bool]) -> None:
        """Have nobody wait.

        Args:
            came_lately: Whether there are calls at all.
            need_time: Whether one needs the loop now.
        """
        self._came_lately = came_lately
        self._need_time = need_time
        self._waiting: deque[_Waiting] = deque()
        self._since = 0.0
        # When the last slice began, and what slices may be held for calls, and have not rested for yet.
        self._slice_began = 0.0
        self._patience = math.inf
        self._unrested = 0.0
        self._held: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def take(self, *, is_awaited: bool = False) -> None:
        """Wait for the next slice; where no call came lately it is one step, next to nothing.

        Args:
            is_awaited: Whether calls may wait for what this works at; if not, it rests as long as a slice lasts, so
                that it takes half of the time at most beside calls.
        """
        loop = asyncio.get_running_loop()
        if not self._came_lately() or not self._is_own(loop):
            await asyncio.sleep(0)
            return
        waiting = _Waiting(loop.create_future(), is_awaited)
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            self._begin(loop)
        try:
            await waiting.future
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            raise

    def look(self) -> None:
        """End a pause that is held for calls, if none needs the loop any more."""
        if self._held is None or self._loop is not asyncio.get_running_loop() or self._need_time():
            return
        self._held.cancel()
        self._held = None
        self._loop.call_soon(self._step, 1)

    def _is_own(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Return whether a loop is the one that pauses; a process that serves has one, and others need none."""
        if self._loop is not loop and (self._loop is None or self._loop.is_closed() or not self._waiting):
            self._loop = loop
            self._waiting.clear()
        return self._loop is loop

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        worked = min(time.monotonic() - self._slice_began, _LONGEST_SECONDS)
        self._patience = min(_MOST_SECONDS, self._patience + _MOST_TIMES * worked)
        self._unrested += worked
        time.sleep(_LET_GO_SECONDS)
        self._since = time.monotonic()
        loop.call_soon(self._step, STEPS)

    def _step(self, left: int) -> None:
        self._held = None
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        lasted = time.monotonic() - self._since
        if left > 1:
            loop.call_soon(self._step, left - 1)
        elif lasted < self._patience and self._need_time():
            self._held = loop.call_later(_LOOK_SECONDS, self._step, 1)
        elif not self._waiting[0].is_awaited and self._unrested >= max(_REST_SECONDS, lasted):
            loop.call_later(_LOOK_SECONDS, self._step, 1)
        else:
            self._patience -= lasted
            self._unrested = max(0.0, self._unrested - lasted)
            self._go_on(loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the first that waits go on; the pause of the next begins after its slice."""
        self._slice_began = time.monotonic()
        future = self._waiting.popleft().future
        if not future.done():
            future.set_result(None)
        if self._waiting:
            loop.call_soon(self._begin, loop)


class _Waiting(NamedTuple):
    """Long work between two slices."""

    future: asyncio.Future[None]
    is_awaited: bool
