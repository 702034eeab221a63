"""The arithmetic of a leaky bucket: one number says all, the time at which it will have run out."""

from __future__ import annotations

_TOLERANCE = 1e-6
"""What the rounding of seconds since 1970 may add to a level; a bucket that leaks quickly needs more."""


def level_at(now: float, empty_at: float, size: int, leak: float) -> float:
    """Return how many calls are in a bucket; never more than fit in, however the clock was set."""
    return min(float(size), max(0.0, (empty_at - now) * leak))


def fits(level: float, size: int, leak: float) -> bool:
    """Return whether one more call fits into a bucket."""
    return level + 1.0 <= size + _tolerance(leak)


def filled(now: float, level: float, leak: float) -> float:
    """Return when a bucket with this many calls in it will have run out."""
    return now + level / leak


def remaining(level: float, size: int, leak: float) -> int:
    """Return how many more calls fit in at once."""
    return max(0, int(size - level + _tolerance(leak)))


def wait_seconds(level: float, size: int, leak: float) -> float:
    """Return how long until one call fits in."""
    return 0.0 if fits(level, size, leak) else (level + 1.0 - size) / leak


def _tolerance(leak: float) -> float:
    return _TOLERANCE * max(1.0, leak)
