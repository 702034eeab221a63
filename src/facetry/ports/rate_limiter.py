"""The port of what counts calls against a limit."""

from __future__ import annotations

from typing import Protocol

from facetry.domain.leaky_bucket import Bucket, BucketLevel


class RateLimiter(Protocol):
    """Leaky buckets of tenants, by name; one that nobody ever filled, or that has run out, is empty.

    From an empty bucket exactly its size of calls fit in at once, and ``size + leak * seconds`` in a time, whoever
    makes them: all processes that share the buckets are counted together. What a bucket is comes with each call, and
    a change of it holds from the next one. A clock that is set back lets nobody wait for longer than a full bucket
    takes to run out.
    """

    async def take(self, tenant: str, name: str, bucket: Bucket) -> BucketLevel:
        """Fill a bucket by one, if there is room, and tell how full it is."""

    async def level(self, tenant: str, name: str, bucket: Bucket) -> BucketLevel:
        """Tell how full a bucket is, filling nothing; ``is_allowed`` is whether a call would fit in."""

    async def close(self) -> None:
        """Release everything; harmless to repeat."""
