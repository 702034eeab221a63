"""Leaky buckets of one process."""

from __future__ import annotations

from collections import OrderedDict

from facetry.domain.leaky_bucket import filled, fits, level_at, remaining, wait_seconds
from facetry.ports.clock import Clock
from facetry.ports.rate_limiter import BucketLevel

MAX_BUCKETS = 100_000


class MemoryRateLimiter:
    """Buckets in a dictionary; at most so many are kept, the longest unused one goes."""

    def __init__(self, clock: Clock, max_buckets: int = MAX_BUCKETS) -> None:
        """Begin with empty buckets."""
        self._clock = clock
        self._max_buckets = max_buckets
        self._empty_at: OrderedDict[str, float] = OrderedDict()

    async def take(self, name: str, size: int, leak: float) -> BucketLevel:
        """Fill a bucket by one, if there is room."""
        now = self._clock.now()
        level = level_at(now, self._empty_at.get(name, 0.0), size, leak)
        is_allowed = fits(level, size, leak)
        level += is_allowed
        self._empty_at[name] = filled(now, level, leak)
        self._empty_at.move_to_end(name)
        if len(self._empty_at) > self._max_buckets:
            self._empty_at.popitem(last=False)
        return _told(level, size, leak, is_allowed=is_allowed)

    async def level(self, name: str, size: int, leak: float) -> BucketLevel:
        """Tell how full a bucket is."""
        level = level_at(self._clock.now(), self._empty_at.get(name, 0.0), size, leak)
        return _told(level, size, leak, is_allowed=fits(level, size, leak))

    async def close(self) -> None:
        """Forget all buckets."""
        self._empty_at.clear()


def _told(level: float, size: int, leak: float, *, is_allowed: bool) -> BucketLevel:
    return BucketLevel(
        is_allowed=is_allowed,
        remaining=remaining(level, size, leak),
        reset_seconds=level / leak,
        retry_seconds=wait_seconds(level, size, leak),
    )
