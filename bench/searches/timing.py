"""Percentiles of what was timed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, TypeVar

_Asked = TypeVar("_Asked")


class Times(NamedTuple):
    """Milliseconds, ascending."""

    milliseconds: list[float]

    def at(self, share: float) -> float:
        """Return what this share of all stays below."""
        return self.milliseconds[min(int(len(self.milliseconds) * share), len(self.milliseconds) - 1)]

    def __str__(self) -> str:
        return f"p50 {self.at(0.5):.1f} ms, p95 {self.at(0.95):.1f} ms"


def times(seconds: Iterable[float]) -> Times:
    """Return seconds as ``Times``."""
    return Times(sorted(second * 1000 for second in seconds))


async def timed(asked: Iterable[_Asked], ask: Callable[[_Asked], Awaitable[object]]) -> Times:
    """Return how long each of some questions took, one after another."""
    seconds = []
    for one in asked:
        start = time.perf_counter()
        await ask(one)
        seconds.append(time.perf_counter() - start)
    return times(seconds)
