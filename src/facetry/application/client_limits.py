"""The leaky buckets of the Client API: which actions have one, how large it is, and how full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from facetry.domain.leaky_bucket import Bucket, BucketLevel
from facetry.domain.tenant import ClientApiSettings
from facetry.ports.rate_limiter import RateLimiter

DEFAULT_BUCKET = Bucket(size=40, leak=2.0)
"""That of a limited action about which nothing is set."""


class LimitedAction(msgspec.Struct, frozen=True):
    """An action with a bucket, and how full that is for one access key."""

    name: str
    bucket: Bucket
    level: BucketLevel

    @property
    def used(self) -> int:
        """Return how many calls are in the bucket, rounded up."""
        return self.bucket.size - self.level.remaining


class ClientLimits:
    """One bucket per access key and limited action."""

    def __init__(self, limiter: RateLimiter, buckets: Mapping[str, Bucket], limited: Iterable[str] = ()) -> None:
        """Count in a limiter.

        Args:
            limiter: Which one.
            buckets: The server's, by the names of actions.
            limited: The actions that have a bucket where nothing is said about them.
        """
        self._limiter = limiter
        self._buckets = dict.fromkeys(limited, DEFAULT_BUCKET) | dict(buckets)

    def bucket(self, settings: ClientApiSettings, action: str) -> Bucket | None:
        """Return the bucket of an action for a tenant, None where the action is not limited."""
        own = settings.buckets.get(action) if settings.buckets else None
        return own or self._buckets.get(action)

    async def take(self, tenant: str, key_id: str, action: str, bucket: Bucket) -> BucketLevel:
        """Fill the bucket of a key by one call, if there is room."""
        return await self._limiter.take(tenant, _name(key_id, action), bucket)

    async def levels(self, tenant: str, settings: ClientApiSettings, key_id: str) -> list[LimitedAction]:
        """Return how full the buckets of a key are now, by the names of actions; fills none."""
        names = sorted(self._buckets | settings.buckets)
        buckets = [(name, settings.buckets.get(name) or self._buckets[name]) for name in names]
        return [
            LimitedAction(name, bucket, await self._limiter.level(tenant, _name(key_id, name), bucket))
            for name, bucket in buckets
        ]


def _name(key_id: str, action: str) -> str:
    """Return under what a key's calls of an action are counted."""
    return f"client\n{key_id}\n{action}"
