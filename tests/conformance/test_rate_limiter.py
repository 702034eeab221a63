"""The conformance suite of the rate limiter over every engine."""

from __future__ import annotations

import pytest

from facetry.domain.leaky_bucket import Bucket
from facetry.engines.mapped.rate_limiter import MappedRateLimiter
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.testing.rate_limiter import RateLimiterConformance, SetClock


class TestMemory(RateLimiterConformance):
    @pytest.fixture
    def limiter(self, clock):
        return MemoryRateLimiter(clock)


@pytest.mark.anyio
async def test_the_longest_unused_bucket_makes_room(anyio_backend):
    limiter, bucket = MemoryRateLimiter(SetClock(), max_buckets=2), Bucket(1, 1.0)
    for name, is_allowed in [("a", True), ("b", True), ("a", False), ("c", True), ("a", False), ("b", True)]:
        assert (await limiter.take("t", name, bucket)).is_allowed is is_allowed, name


class TestMapped(RateLimiterConformance):
    @pytest.fixture
    async def limiter(self, tmp_path, clock, anyio_backend):
        limiter = MappedRateLimiter(tmp_path / "buckets", clock)
        yield limiter
        await limiter.close()


class TestMappedTwice(RateLimiterConformance):
    """Two that share a file are one: calls go to them in turn."""

    @pytest.fixture
    async def limiter(self, tmp_path, clock, anyio_backend):
        both = [MappedRateLimiter(tmp_path / "buckets", clock) for _ in range(2)]
        yield Alternating(both)
        for one in both:
            await one.close()


class Alternating:
    """Hands each call to the next of several limiters."""

    def __init__(self, limiters):
        self._limiters = limiters
        self._calls = 0

    def _next(self):
        self._calls += 1
        return self._limiters[self._calls % len(self._limiters)]

    async def take(self, tenant, name, bucket, amount=1.0):
        return await self._next().take(tenant, name, bucket, amount)

    async def fill(self, tenant, name, bucket, amount):
        return await self._next().fill(tenant, name, bucket, amount)

    async def level(self, tenant, name, bucket):
        return await self._next().level(tenant, name, bucket)

    async def close(self):
        for limiter in self._limiters:
            await limiter.close()
