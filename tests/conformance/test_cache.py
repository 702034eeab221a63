"""The conformance suite of the cache over every engine."""

from __future__ import annotations

import pytest

from facetry.engines.memory.cache import MemoryCache
from facetry.testing.cache import CacheConformance


class TestMemory(CacheConformance):
    @pytest.fixture
    def cache(self):
        return MemoryCache(50_000)


def test_the_bytes_used_are_those_of_the_entries_kept():
    cache = MemoryCache(10_000)
    assert (len(cache), cache.used_bytes) == (0, 0)
    cache.put("t", "a", "x", size=1000, tags=["1", "2"], revision=1)
    cache.put("t", "a", "x", size=2000, tags=["1", "2"], revision=1)
    cache.put("u", "a", "x", size=3000, tags=["1"], revision=1)
    assert (len(cache), cache.used_bytes) == (2, 2000 + 3000 + 2 * 512 + 5 * 65)
    cache.invalidate("t", ["2"], 2)
    assert (len(cache), cache.used_bytes) == (1, 3000 + 512 + 2 * 65)
    cache.forget("u")
    assert (len(cache), cache.used_bytes) == (0, 0)


def test_a_cache_without_room_keeps_nothing():
    cache = MemoryCache(0)
    assert not cache.put("t", "a", "x", size=0, tags=[], revision=1).fresh
    assert len(cache) == 0
