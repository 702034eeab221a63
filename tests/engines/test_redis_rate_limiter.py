"""Buckets on Redis and Valkey: what all buckets promise, and what happens without the server."""

import asyncio
from secrets import token_hex

import pytest

from facetry.domain.leaky_bucket import Bucket
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.redis.opening import open_client
from facetry.engines.redis.rate_limiter import RedisRateLimiter
from facetry.testing.rate_limiter import BUCKET, TENANT, RateLimiterConformance, SetClock, taken

pytestmark = pytest.mark.anyio


@pytest.fixture
def url(redis_server):
    return f"{redis_server.url}?prefix=test-{token_hex(6)}"


@pytest.fixture
async def opened(url, anyio_backend):
    """Return what opens limiters of the same buckets, each as a process of its own."""
    made = []

    def open_limiter(clock=None, address=url):
        alone = MemoryRateLimiter(clock or SetClock())
        made.append(RedisRateLimiter(open_client(address), alone, clock=clock))
        return made[-1]

    yield open_limiter
    for limiter in made:
        await limiter.close()


class TestConformance(RateLimiterConformance):
    greedy_seconds = 4

    @pytest.fixture
    def limiter(self, clock, opened):
        return opened(clock)


async def test_processes_are_counted_together(opened):
    limiters = [opened() for _ in range(4)]
    levels = await asyncio.gather(*(limiters[at % 4].take(TENANT, "a", Bucket(5, 0.001)) for at in range(40)))
    assert sum(level.is_allowed for level in levels) == 5


async def test_without_a_clock_the_server_tells_the_time(opened):
    limiter, bucket = opened(), Bucket(5, 20.0)
    assert await taken(limiter, 6, bucket=bucket) == 5
    await asyncio.sleep(0.26)
    assert await taken(limiter, 6, bucket=bucket) >= 5


async def test_a_bucket_is_forgotten_after_it_has_run_out(opened):
    limiter = opened()
    await taken(limiter, 5)
    [key] = await limiter._client.driver.keys(f"{limiter._client.prefix}:*")
    assert 60_000 < await limiter._client.driver.pttl(key) <= 62_500


async def test_without_the_server_each_process_counts_for_itself(opened, caplog):
    limiters = [opened(address="redis://127.0.0.1:1") for _ in range(2)]
    assert [await taken(limiter, 8) for limiter in limiters] == [5, 5]
    assert [limiter.is_shared for limiter in limiters] == [False, False]
    assert (await limiters[0].level(TENANT, "a", BUCKET)).remaining == 0
    assert not (await limiters[0].fill(TENANT, "a", BUCKET, 1)).is_allowed
    assert caplog.text.count("each process counts calls for itself") == 2


async def test_when_the_server_is_back_it_counts_again(opened, caplog):
    limiter = opened()
    limiter._client.breaker.failed("tried")
    assert (await limiter.take(TENANT, "a", BUCKET)).remaining == 4
    assert not limiter.is_shared
    await asyncio.sleep(1.1)
    assert (await limiter.take(TENANT, "a", BUCKET)).remaining == 4
    assert limiter.is_shared
    assert caplog.text.count("counted over all processes again") == 1
