"""The requests that a process answers at a time, so that a stop can end those that do not end by themselves."""

from __future__ import annotations

import asyncio


class UnderWay:
    """Requests that are answered, each by a task of its own; ``with`` one of these around the answer of each.

    Attributes:
        is_over: Whether they were cut off.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.is_over = False
        self._tasks: set[asyncio.Task[object] | None] = set()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tasks)

    def __enter__(self) -> None:
        """Count the request of this task."""
        self._tasks.add(asyncio.current_task())

    def __exit__(self, *_: object) -> None:
        """Count it no more."""
        self._tasks.discard(asyncio.current_task())

    async def cut_off(self, seconds: float) -> int:
        """Cancel them all, wait so long for their ends at most, and return how many there were."""
        self.is_over = True
        tasks = [task for task in self._tasks if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        return len(tasks)
