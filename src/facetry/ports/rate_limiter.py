"""The port of what counts calls against a limit."""

from __future__ import annotations

from typing import Protocol

import msgspec


class BucketLevel(msgspec.Struct, frozen=True):
    """How full a leaky bucket is after a call.

    Attributes:
        is_allowed: Whether the call fitted in; one that did not has filled nothing.
        remaining: How many more calls fit in now.
        reset_seconds: How long until it is empty.
        retry_seconds: How long until one call fits in; 0 where one does now.
    """

    is_allowed: bool
    remaining: int
    reset_seconds: float
    retry_seconds: float


class RateLimiter(Protocol):
    """Leaky buckets by name; one that nobody ever filled, or that has run out, is empty.

    Each call fills its bucket by one, and ``leak`` calls run out each second, evenly. So from an empty bucket
    exactly ``size`` calls fit in at once, and ``size + leak * seconds`` in a time, whoever makes them: all
    processes that share the buckets are counted together. Size and leak come with each call, and a change of them
    holds from the next one. A clock that is set back lets nobody wait for longer than a full bucket takes.
    """

    async def take(self, name: str, size: int, leak: float) -> BucketLevel:
        """Fill a bucket by one, if there is room, and tell how full it is.

        Args:
            name: Which bucket.
            size: How many calls fit in, at least 1.
            leak: How many run out each second, greater than 0.
        """

    async def level(self, name: str, size: int, leak: float) -> BucketLevel:
        """Tell how full a bucket is, filling nothing; ``is_allowed`` is whether a call would fit in."""

    async def close(self) -> None:
        """Release everything; harmless to repeat."""
