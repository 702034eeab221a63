"""Several requests at once, so that the engine has the next one to do when it is done with one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")


class InFlight(Generic[T]):
    """Do things at once, so many at most; as a context, whose end with an error gives up those that are under way.

    Attributes:
        results: Of those that are done, in whatever order.
    """

    def __init__(self, most: int) -> None:
        """Do ``most`` at once."""
        self.results: list[T] = []
        self._most = most
        self._tasks: set[asyncio.Task[T]] = set()

    async def begin(self, doing: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Begin one thing, as soon as there is room; raises what became of an earlier one."""
        while len(self._tasks) >= self._most:
            await self._some_are_done()
        self._tasks.add(asyncio.create_task(doing()))

    async def finish(self) -> list[T]:
        """Return all results; raises what the first one that failed raised."""
        while self._tasks:
            await self._some_are_done()
        return self.results

    async def __aenter__(self) -> Self:
        """Begin nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave nothing under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _some_are_done(self) -> None:
        done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self.results += [task.result() for task in done]
