"""The buckets of limited actions, and the headers that tell how full they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from facetry.api.client.action import Action
from facetry.api.client.envelope import Headers
from facetry.application.client_limits import DEFAULT_BUCKET, ClientLimits
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import ClientApiSettings
from facetry.http.exchange import Session
from facetry.http.tenant_limits import limit_headers, wait_of
from facetry.ports.rate_limiter import RateLimiter


@dataclass(frozen=True)
class Level:
    """How full a bucket is after a call.

    Attributes:
        is_allowed: Whether the call fitted in.
        retry_after: Whole seconds after which one will.
        headers: What tells all this.
    """

    is_allowed: bool
    retry_after: int
    headers: Headers


class Limits:
    """One bucket per access key and limited action."""

    def __init__(self, limiter: RateLimiter, buckets: Mapping[str, Bucket]) -> None:
        """Count in a limiter; ``buckets`` are the server's, by the action's name."""
        self._limits = ClientLimits(limiter, buckets)

    def bucket(self, settings: ClientApiSettings, action: Action) -> Bucket | None:
        """Return the bucket of an action for a tenant, None where the action is not limited."""
        return self._limits.bucket(settings, action.name) or (DEFAULT_BUCKET if action.is_limited else None)

    async def take(self, session: Session, action: Action, bucket: Bucket) -> Level:
        """Fill a caller's bucket by one, if there is room."""
        level = await self._limits.take(session.tenant, session.key_id, action.name, bucket)
        headers = (
            (b"x-ratelimit-limit", b"%d" % bucket.size),
            (b"x-ratelimit-remaining", b"%d" % level.remaining),
            (b"x-ratelimit-reset", b"%d" % math.ceil(level.reset_seconds)),
            *limit_headers(action.name, bucket, level),
        )
        return Level(level.is_allowed, wait_of(level), headers)
