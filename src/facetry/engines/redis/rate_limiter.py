"""Leaky buckets on a server that all processes share, exact over all of them as long as it is there."""

from __future__ import annotations

import hashlib
import logging

from facetry.domain.errors import StoreError
from facetry.domain.leaky_bucket import Bucket, BucketLevel, Filling, fill, level_of, take, tolerance_of
from facetry.engines.redis.client import Argument, Client
from facetry.engines.redis.scripts import FILL, LEVEL, WAYS, Script
from facetry.ports.clock import Clock
from facetry.ports.rate_limiter import RateLimiter

_log = logging.getLogger(__name__)


class RedisRateLimiter:
    """Buckets as keys, each the time at which it will have run out, by the server's clock.

    While the server is away every process counts for itself: to serve matters more than to be exact.

    Attributes:
        is_shared: Whether the last call was counted on the server.
    """

    def __init__(self, client: Client, alone: RateLimiter, *, clock: Clock | None = None) -> None:
        """Count on the server of a client, which is closed with this.

        Args:
            client: Of the server.
            alone: Counts while that is away.
            clock: Tells the time; None for the server's own clock.
        """
        self.is_shared = True
        self._client = client
        self._alone = alone
        self._clock = clock

    async def take(self, tenant: str, name: str, bucket: Bucket, amount: float = 1.0) -> BucketLevel:
        """Fill a bucket by an amount, if there is room."""
        try:
            return await self._filled(take, tenant, name, bucket, amount)
        except StoreError as error:
            self._leave(error)
            return await self._alone.take(tenant, name, bucket, amount)

    async def fill(self, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        """Fill a bucket by an amount that was used already."""
        try:
            return await self._filled(fill, tenant, name, bucket, amount)
        except StoreError as error:
            self._leave(error)
            return await self._alone.fill(tenant, name, bucket, amount)

    async def level(self, tenant: str, name: str, bucket: Bucket) -> BucketLevel:
        """Tell how full a bucket is."""
        try:
            return level_of(bucket, *await self._asked(LEVEL, tenant, name, bucket))
        except StoreError as error:
            self._leave(error)
            return await self._alone.level(tenant, name, bucket)

    async def close(self) -> None:
        """Disconnect."""
        await self._alone.close()
        await self._client.close()

    async def _filled(self, how: Filling, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        further = (amount, tolerance_of(bucket), WAYS[how])
        before, now = await self._asked(FILL, tenant, name, bucket, *further)
        # The server has done the same sum.
        return how(bucket, before, now, amount)[0]

    async def _asked(
        self, script: Script, tenant: str, name: str, bucket: Bucket, *further: Argument
    ) -> tuple[float, float]:
        """Return when a bucket had run out before the call, and the time."""
        key = self._client.key("bucket", tenant, _digest(name))
        now = "" if self._clock is None else repr(self._clock.now())
        before, at = await self._client.run(script, key, now, bucket.size, bucket.leak, bucket.overflow, *further)
        if not self.is_shared:
            self.is_shared = True
            _log.warning("calls are counted over all processes again")
        return float(before), float(at)

    def _leave(self, error: StoreError) -> None:
        if self.is_shared:
            self.is_shared = False
            _log.warning("each process counts calls for itself: %s", error)


def _digest(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
