"""The port of the cache of finished answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class CacheEntry:
    """One cached answer.

    Attributes:
        value: The answer; None once the cache has dropped the entry.
        fresh: Whether it may still be used; goes to False once, when it is invalidated or evicted.
        used: Set by whoever serves it without asking the cache, so that the cache knows it is wanted.
    """

    __slots__ = ("fresh", "used", "value")

    def __init__(self, value: object) -> None:
        """Begin fresh."""
        self.value = value
        self.fresh = True
        self.used = False


class Cache(Protocol):
    """Answers by tenant and key, each with the tags of what it was made of; in the process, never waits.

    Attributes:
        used_bytes: What all entries together occupy.
    """

    used_bytes: int

    def __len__(self) -> int:
        """Return how many entries are kept."""

    def get(self, tenant: str, key: str) -> CacheEntry | None:
        """Return the fresh entry of this key, or None."""

    def put(self, tenant: str, key: str, value: object, *, size: int, tags: Iterable[str], revision: int) -> CacheEntry:
        """Keep an answer and return its entry.

        Args:
            tenant: Whose answer it is.
            key: What it answers.
            value: The answer.
            size: Its size in bytes; the cache evicts the least recently used beyond its limit.
            tags: What it was made of; ``invalidate`` by any of them drops it.
            revision: The tenant's revision before the answer was made. Where something was invalidated at a later
                one meanwhile, the entry is returned but not kept, and not fresh.
        """

    def invalidate(self, tenant: str, tags: Iterable[str], revision: int) -> None:
        """Drop every entry with one of the tags; ``revision`` is the one that made them stale."""

    def forget(self, tenant: str) -> None:
        """Drop every entry of a tenant."""
