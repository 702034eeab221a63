"""The port of what counts calls against a limit."""

from __future__ import annotations

from typing import Protocol

from facetry.domain.leaky_bucket import Bucket, BucketLevel


class RateLimiter(Protocol):
    """Leaky buckets of tenants, by name; one that nobody ever filled, or that has run out, is empty.

    From an empty bucket exactly its size of calls fit in at once, and ``size + leak * seconds`` in a time, whoever
    makes them: all processes that share the buckets are counted together. What a bucket is comes with each call, and
    a change of it holds from the next one. A clock that is set back lets nobody wait for longer than a full bucket,
    with all that may overflow, takes to run out.
    """

    async def take(self, tenant: str, name: str, bucket: Bucket, amount: float = 1.0) -> BucketLevel:
        """Fill a bucket by an amount, if there is room, and tell how full it is.

        An amount that is larger than the bucket fits into an empty one, and overflows.
        """

    async def fill(self, tenant: str, name: str, bucket: Bucket, amount: float) -> BucketLevel:
        """Fill a bucket by an amount that was used already, whether there is room or not; tell how full it is.

        An amount below 0 takes back as much of what was filled, as far as it is still in the bucket.
        """

    async def level(self, tenant: str, name: str, bucket: Bucket) -> BucketLevel:
        """Tell how full a bucket is, filling nothing; ``is_allowed`` is whether a call would fit in."""

    async def close(self) -> None:
        """Release everything; harmless to repeat."""
