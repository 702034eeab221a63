"""How often an address may fail to log in."""

from __future__ import annotations

import asyncio

import pytest

from facetry.application.login_limits import LoginLimiter, key_limiter
from facetry.application.sign_in_limits import SignInLimits
from facetry.domain.errors import TooManyAttemptsError
from facetry.domain.leaky_bucket import Bucket
from facetry.engines.mapped.rate_limiter import MappedRateLimiter
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.testing.rate_limiter import SetClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def limiter(clock):
    return LoginLimiter(MemoryRateLimiter(clock), "test")


@pytest.fixture
async def processes(clock, tmp_path, anyio_backend):
    """Return what two processes of one data directory count in."""
    both = [MappedRateLimiter(tmp_path / "buckets", clock) for _ in range(2)]
    yield both
    for one in both:
        await one.close()


async def fail(limiter, times, address="a", login_id="x"):
    for _ in range(times):
        assert await limiter.wait_seconds(address, login_id) == 0.0
        await limiter.failed(address, login_id)


async def test_twenty_failures_come_at_once_and_one_more_every_three_seconds(limiter, clock):
    await fail(limiter, 20)
    assert await limiter.wait_seconds("a", "x") == pytest.approx(3.0)
    clock.time += 2.0
    assert await limiter.wait_seconds("a", "x") == pytest.approx(1.0)
    clock.time += 1.01
    await fail(limiter, 1)
    assert await limiter.wait_seconds("a", "x") > 2.9


async def test_other_ids_and_addresses_are_not_held_up(limiter):
    await fail(limiter, 20)
    assert await limiter.wait_seconds("a", "y") == 0.0
    assert await limiter.wait_seconds("b", "x") == 0.0


async def test_an_address_that_tries_many_ids_is_held_up_for_all(limiter, clock):
    for number in range(300):
        await fail(limiter, 1, login_id=f"id {number}")
    assert await limiter.wait_seconds("a", "yet another") == pytest.approx(0.1, abs=1e-3)
    assert await limiter.wait_seconds("b", "id 1") == 0.0
    clock.time += 0.11
    assert await limiter.wait_seconds("a", "yet another") == 0.0


async def test_a_key_names_nobody_so_the_address_alone_counts(clock):
    limiter = key_limiter(MemoryRateLimiter(clock), "keys")
    await fail(limiter, 300, login_id="")
    assert await limiter.wait_seconds("a", "") == pytest.approx(0.1, abs=1e-3)


async def test_ids_longer_than_any_tenants_share_a_bucket(limiter):
    for number in range(20):
        await fail(limiter, 1, login_id=f"{number:051}")
    assert await limiter.wait_seconds("a", "x" * 1_000_000) == pytest.approx(3.0)
    assert await limiter.wait_seconds("a", "x" * 50) == 0.0


async def test_a_full_bucket_holds_no_more_than_its_size(limiter, clock):
    await fail(limiter, 20)
    clock.time += 1_000_000
    await fail(limiter, 20)
    assert await limiter.wait_seconds("a", "x") == pytest.approx(3.0)


async def test_a_try_that_was_counted_before_can_be_taken_back(limiter):
    await fail(limiter, 20)
    assert await limiter.wait_seconds("a", "x") > 0.0
    await limiter.forgive("a", "x")
    assert await limiter.wait_seconds("a", "x") == 0.0


async def test_forgiving_what_never_failed_gives_no_more_tries(limiter):
    await limiter.forgive("a", "x")
    await fail(limiter, 20)
    assert await limiter.wait_seconds("a", "x") == pytest.approx(3.0)


async def test_limits_of_other_names_are_others(clock):
    shared = MemoryRateLimiter(clock)
    await fail(LoginLimiter(shared, "one"), 20)
    assert await LoginLimiter(shared, "other").wait_seconds("a", "x") == 0.0


async def test_failures_in_any_process_count_together(processes):
    here, there = (LoginLimiter(one, "test") for one in processes)
    await fail(here, 12)
    await fail(there, 8)
    assert [await one.wait_seconds("a", "x") for one in (here, there)] == [pytest.approx(3.0)] * 2


async def test_tries_at_once_in_any_process_are_let_in_as_often_as_the_limit_says(processes):
    limits = [SignInLimits(one, "sign-in", Bucket(10, 1 / 30), Bucket(100, 1 / 3)) for one in processes]
    tried = await asyncio.gather(*(limits[n % 2].count("192.0.2.1", "ada") for n in range(40)), return_exceptions=True)
    assert [one for one in tried if one is not None and not isinstance(one, TooManyAttemptsError)] == []
    assert sum(one is None for one in tried) == 10
    with pytest.raises(TooManyAttemptsError) as caught:
        await limits[0].count("192.0.2.1", "ada")
    assert caught.value.wait_seconds == 30
    await limits[1].take_back("192.0.2.1", "ada")
    await limits[0].count("192.0.2.1", "ada")


async def test_what_the_address_has_no_room_for_is_not_counted_against_the_name(clock):
    shared = MemoryRateLimiter(clock)
    limits = SignInLimits(shared, "sign-in", Bucket(10, 1 / 30), Bucket(3, 1.0))
    for name in ("ada", "ada", "bob"):
        await limits.count("2001:db8::1", name)
    with pytest.raises(TooManyAttemptsError) as caught:
        await limits.count("2001:db8::2", "ada")
    assert caught.value.wait_seconds == 1
    clock.time += 3.0
    await limits.count("2001:db8::3", "ada")
    pair = "sign-in 2001:db8::/64\nada"
    level = await shared.level("", pair, Bucket(10, 1 / 30))
    assert level.remaining == 7
