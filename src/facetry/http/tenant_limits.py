"""How many calls a tenant may make on a surface, counted over all its credentials."""

from __future__ import annotations

import math

from facetry.domain.errors import RateLimitedError
from facetry.domain.leaky_bucket import Bucket, BucketLevel
from facetry.http.exchange import Exchange
from facetry.ports.rate_limiter import RateLimiter

_POLICY = "tenant"

Headers = tuple[tuple[bytes, bytes], ...]


def limit_headers(policy: str, bucket: Bucket, level: BucketLevel) -> Headers:
    """Return the fields of the IETF's draft that tell how full a bucket is."""
    window, reset = math.ceil(bucket.size / bucket.leak), math.ceil(level.reset_seconds)
    return (
        (b"ratelimit-policy", f'"{policy}";q={bucket.size};w={window}'.encode()),
        (b"ratelimit", f'"{policy}";r={level.remaining};t={reset}'.encode()),
    )


def wait_of(level: BucketLevel) -> int:
    """Return the whole seconds after which a call that was refused fits in."""
    return max(1, math.ceil(level.retry_seconds))


class TenantLimits:
    """One bucket per tenant."""

    def __init__(self, limiter: RateLimiter | None = None, bucket: Bucket | None = None) -> None:
        """Count in a limiter; without one nothing is counted."""
        self._limiter = limiter
        self._bucket = bucket

    async def take(self, exchange: Exchange) -> None:
        """Count the call of whoever asks, and let its answer tell how full the bucket is.

        Raises:
            RateLimitedError: It is full.
        """
        if self._limiter is None or self._bucket is None or exchange.session is None:
            return
        level = await self._limiter.take(exchange.session.tenant, _POLICY, self._bucket)
        exchange.headers = limit_headers(_POLICY, self._bucket, level)
        if not level.is_allowed:
            wait = wait_of(level)
            exchange.headers = (*exchange.headers, (b"retry-after", b"%d" % wait))
            raise RateLimitedError(wait)


UNLIMITED = TenantLimits()
"""Nothing is counted."""
