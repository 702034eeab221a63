"""A leaky bucket and its arithmetic: one number says all, the time at which it will have run out."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from facetry.domain.errors import InvalidValueError

_LIMIT = re.compile(r"(?P<name>[a-z_]{1,80})=(?P<size>[0-9]{1,9})/(?P<leak>[0-9]{1,9}(?:\.[0-9]{1,9})?)", re.ASCII)
_TOLERANCE = 1e-6
"""What the rounding of seconds since 1970 may add to a level; a bucket that leaks quickly needs more."""


class Bucket(msgspec.Struct, frozen=True, omit_defaults=True):
    """A leaky bucket, which each call fills by one, or by as much as it is.

    Attributes:
        size: So many calls fit in; at least 1.
        leak: So many run out each second, evenly; greater than 0.
        overflow: So many more than fit in may be in it, where a call is larger than the bucket, or was let in before
            anybody knew how large it is.
    """

    size: int
    leak: float
    overflow: int = 0


def read_limit(text: str) -> tuple[str, Bucket]:
    """Return the name and the bucket of a limit written ``name=size/leak``.

    Raises:
        InvalidValueError: It is not written so, has no room, or no leak.
    """
    match = _LIMIT.fullmatch(text)
    if match is None or not int(match["size"]) or not float(match["leak"]):
        raise InvalidValueError("limit", "must be action=size/leak, as product_sold=40/2")
    return match["name"], Bucket(int(match["size"]), float(match["leak"]))


class BucketLevel(msgspec.Struct, frozen=True):
    """How full a bucket is after a call.

    Attributes:
        is_allowed: Whether the call fitted in; one that did not has filled nothing. Of a bucket that was only looked
            at, or filled by what was done already, whether a call of one fits in now.
        remaining: How many more calls fit in now.
        reset_seconds: How long until it is empty.
        retry_seconds: How long until the call fits in that did not, or another one of 1; 0 where one does now.
    """

    is_allowed: bool
    remaining: int
    reset_seconds: float
    retry_seconds: float


def level_of(bucket: Bucket, empty_at: float, now: float) -> BucketLevel:
    """Return how full a bucket is that will have run out at a Unix time; ``is_allowed`` is whether a call fits in."""
    calls = _calls(bucket, empty_at, now)
    return _told(bucket, calls, is_allowed=_fits(bucket, calls))


def take(bucket: Bucket, empty_at: float, now: float, amount: float = 1.0) -> tuple[BucketLevel, float]:
    """Fill a bucket by an amount, if there is room; one that is larger than the bucket needs all of it.

    Returns:
        How full it is then, and when it will have run out.
    """
    calls = _calls(bucket, empty_at, now)
    if not _fits(bucket, calls, amount):
        return _told(bucket, calls, is_allowed=False, amount=amount), now + calls / bucket.leak
    calls = min(calls + amount, bucket.size + max(bucket.overflow, tolerance_of(bucket)))
    return _told(bucket, calls, is_allowed=True), now + calls / bucket.leak


def fill(bucket: Bucket, empty_at: float, now: float, amount: float) -> tuple[BucketLevel, float]:
    """Fill a bucket by an amount, whether there is room or not; see ``take``. Less than nothing takes some back."""
    calls = max(0.0, min(_calls(bucket, empty_at, now) + amount, float(bucket.size + bucket.overflow)))
    return _told(bucket, calls, is_allowed=_fits(bucket, calls)), now + calls / bucket.leak


Filling = Callable[[Bucket, float, float, float], tuple[BucketLevel, float]]
"""A way to fill a bucket: ``take`` or ``fill``."""


def _calls(bucket: Bucket, empty_at: float, now: float) -> float:
    """Return how many calls are in a bucket; never more than fit in, however the clock was set."""
    return min(float(bucket.size + bucket.overflow), max(0.0, (empty_at - now) * bucket.leak))


def _fits(bucket: Bucket, calls: float, amount: float = 1.0) -> bool:
    return calls + min(amount, bucket.size) <= bucket.size + tolerance_of(bucket)


def _told(bucket: Bucket, calls: float, *, is_allowed: bool, amount: float = 1.0) -> BucketLevel:
    over = calls + min(amount, bucket.size) - bucket.size
    return BucketLevel(
        is_allowed=is_allowed,
        remaining=min(bucket.size, max(0, int(bucket.size - calls + tolerance_of(bucket)))),
        reset_seconds=calls / bucket.leak,
        retry_seconds=0.0 if _fits(bucket, calls, amount) else over / bucket.leak,
    )


def tolerance_of(bucket: Bucket) -> float:
    """Return by how much a bucket may be too full, so that rounded times refuse nobody."""
    return _TOLERANCE * max(1.0, bucket.leak)
