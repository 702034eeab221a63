"""Metrics: plain integers added to in place, summed over the workers of a data directory when they are asked for."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from facetry.telemetry.prometheus import exposition
from facetry.telemetry.series import BOUNDS, COUNTER, GAUGE, HISTOGRAM, REQUESTS, STATUS_CLASSES, series_name
from facetry.telemetry.shard import Shard, Values, read_shards, remove_dead_shards

SAMPLE_SECONDS = 1.0
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SUM = len(BOUNDS) + 1
_FIRST_BUCKET = STATUS_CLASSES
_REQUEST_SUM = STATUS_CLASSES + _SUM
_SHORTEST = BOUNDS[0]


class Counter:
    """A number that only grows."""

    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        """Count in these numbers."""
        self._values = values

    def add(self, amount: int = 1) -> None:
        """Raise it."""
        self._values[0] += amount


class Histogram:
    """Durations, counted by size."""

    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        """Count in these numbers: one a bucket, then the sum in microseconds."""
        self._values = values

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self._values[bisect_left(BOUNDS, seconds)] += 1
        self._values[_SUM] += int(seconds * 1_000_000)


class RouteMeter:
    """The requests of one route and method."""

    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        """Count in these numbers: one a class of status, one a bucket, then the sum in microseconds."""
        self._values = values

    def count(self, status: int, seconds: float) -> None:
        """Count one request; status 0 is one whose client left, and counts as 4xx."""
        values = self._values
        values[(status or 499) // 100 - 1] += 1
        # Most are answered from memory.
        bucket = bisect_left(BOUNDS, seconds) if seconds > _SHORTEST else 0
        values[_FIRST_BUCKET + bucket] += 1
        values[_REQUEST_SUM] += int(seconds * 1_000_000)


class Metrics:
    """The metrics of this process, and of all that share its directory."""

    def __init__(self, directory: Path | None = None, *, fresh: bool = False) -> None:
        """Count in a file of a directory, or just here.

        Args:
            directory: Where the workers of one data directory find each other's numbers.
            fresh: Whether to forget what processes that ended have counted.
        """
        self._directory = directory
        if directory is not None and fresh:
            remove_dead_shards(directory)
        self._shard = Shard(directory)
        self._routes: dict[tuple[str, str], RouteMeter] = {}
        self._values: dict[str, Values] = {}
        self._sampled: list[tuple[Values, Callable[[], int]]] = []

    def route(self, method: str, route: str) -> RouteMeter:
        """Return the meter of a route's pattern and a method; unknown methods share one."""
        meter = self._routes.get((method, route))
        if meter is None:
            known = method if method in METHODS else "OTHER"
            meter = RouteMeter(self._series(series_name(REQUESTS, known, route)))
            if known == method:
                self._routes[method, route] = meter
        return meter

    def counter(self, name: str) -> Counter:
        """Return the counter of this name, the same one each time."""
        return Counter(self._series(series_name(COUNTER, name)))

    def histogram(self, name: str) -> Histogram:
        """Return the histogram of this name, the same one each time."""
        return Histogram(self._series(series_name(HISTOGRAM, name)))

    def gauge(self, name: str, read: Callable[[], int]) -> None:
        """Show a number that is read whenever metrics are sampled, as long as this process lives."""
        self._sampled.append((self._series(series_name(GAUGE, name)), read))

    def tally(self, name: str, read: Callable[[], int]) -> None:
        """Show a count that something else keeps; read whenever metrics are sampled."""
        self._sampled.append((self._series(series_name(COUNTER, name)), read))

    def sample(self) -> None:
        """Read gauges and tallies; to be called now and then, so that other workers see them."""
        for values, read in self._sampled:
            values[0] = read()

    async def keep_sampled(self) -> None:
        """Sample every second until it is cancelled, so that others see a process that answers nothing as it is."""
        while self._directory is not None:
            with suppress(OSError):
                self.sample()
            await asyncio.sleep(SAMPLE_SECONDS)

    def text(self) -> bytes:
        """Return all metrics of all workers in Prometheus' text format."""
        self.sample()
        shards = [self._shard.read()] if self._directory is None else list(read_shards(self._directory))
        return exposition(shards).encode()

    def close(self) -> None:
        """Let others know that this process counts no more; its counters stay until the next fresh start."""
        self.sample()
        self._shard.close()

    def _series(self, name: str) -> Values:
        if name not in self._values:
            self._values[name] = self._shard.allocate(name)
        return self._values[name]
