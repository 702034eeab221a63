"""Leaky buckets of one process."""

from __future__ import annotations

from collections import OrderedDict

from facetry.domain.leaky_bucket import Bucket, BucketLevel, Filling, fill, level_of, take
from facetry.ports.clock import Clock

MAX_BUCKETS = 100_000


class MemoryRateLimiter:
    """Buckets in a dictionary; at most so many are kept, the longest unused one goes."""

    def __init__(self, clock: Clock, max_buckets: int = MAX_BUCKETS) -> None:
        """Begin with empty buckets."""
        self._clock = clock
        self._max_buckets = max_buckets
        self._empty_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def take(self, tenant: str, name: str, bucket: Bucket, amount: float = 1.0) -> BucketLevel:
        """Fill a bucket by an amount, if there is room."""
        return self._filled(take, tenant, name, bucket, amount)

    async def fill(self, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        """Fill a bucket by an amount that was used already."""
        return self._filled(fill, tenant, name, bucket, amount)

    def _filled(self, how: Filling, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        key = (tenant, name)
        level, self._empty_at[key] = how(bucket, self._empty_at.get(key, 0.0), self._clock.now(), amount)
        self._empty_at.move_to_end(key)
        if len(self._empty_at) > self._max_buckets:
            self._empty_at.popitem(last=False)
        return level

    async def level(self, tenant: str, name: str, bucket: Bucket) -> BucketLevel:
        """Tell how full a bucket is."""
        return level_of(bucket, self._empty_at.get((tenant, name), 0.0), self._clock.now())

    async def close(self) -> None:
        """Forget all buckets."""
        self._empty_at.clear()
