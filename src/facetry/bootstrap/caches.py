"""What processes share of calls: answers kept, marks told, buckets filled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from facetry.bootstrap.engine_urls import MEMORY, REDIS, driver_of, is_shared
from facetry.engines.memory.cache import MemoryCache
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.memory.shared_marks import NoMarks
from facetry.ports.cache import Cache
from facetry.ports.clock import Clock
from facetry.ports.rate_limiter import RateLimiter
from facetry.ports.shared_marks import SharedMarks
from facetry.settings import Settings

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Messenger:
    """What the processes of a service tell each other by.

    Attributes:
        marks: Where they tell which tenants changed.
        open_limiter: Opens the buckets in which they count calls, by a clock.
    """

    marks: SharedMarks
    open_limiter: Callable[[Clock], RateLimiter]


def open_messenger(settings: Settings, stack: AsyncExitStack) -> Messenger:
    """Open what the settings name as cache, closed with the stack.

    Raises:
        SettingError: Its driver is not installed, or an option of its URL is not known.
    """
    if not settings.cache.startswith(REDIS):
        return Messenger(NoMarks(), lambda clock: open_rate_limiter(settings, clock))
    with driver_of("cache", settings.cache):
        from facetry.engines.redis.marks import RedisMarks
        from facetry.engines.redis.opening import open_client
        from facetry.engines.redis.rate_limiter import RedisRateLimiter
    client = open_client(settings.cache)
    marks = RedisMarks(client)
    stack.push_async_callback(marks.close)
    return Messenger(marks, lambda clock: RedisRateLimiter(client, MemoryRateLimiter(clock)))


def open_rate_limiter(settings: Settings, clock: Clock) -> RateLimiter:
    """Open the buckets that all processes of a data directory share, or those of this process where there is none.

    Raises:
        StoreError: The directory cannot be used.
    """
    # A single process of a shared store needs no directory; several on one machine count together.
    if settings.store == MEMORY or (is_shared(settings) and settings.workers == 1):
        return MemoryRateLimiter(clock)
    from facetry.engines.mapped.rate_limiter import MappedRateLimiter

    return MappedRateLimiter(settings.data / "buckets", clock)


def open_cache(settings: Settings) -> Cache:
    """Open the cache of answers: each process has its own, whatever tells it what to drop."""
    return MemoryCache(settings.cache_megabytes * MEGABYTE)
