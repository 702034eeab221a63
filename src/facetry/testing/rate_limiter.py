"""The conformance suite of the ``RateLimiter`` port."""

from __future__ import annotations

import asyncio
import math

import pytest

from facetry.domain.leaky_bucket import Bucket, BucketLevel
from facetry.ports.rate_limiter import RateLimiter

TENANT = "acme"
BUCKET = Bucket(size=5, leak=2.0)


class SetClock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        """Begin in 2020."""
        self.time = 1_600_000_000.0

    def now(self) -> float:
        """Return the time as it is set."""
        return self.time


async def taken(limiter: RateLimiter, times: int, name: str = "a", bucket: Bucket = BUCKET) -> int:
    """Return how many of so many calls at once fitted in."""
    return sum([(await limiter.take(TENANT, name, bucket)).is_allowed for _ in range(times)])


@pytest.mark.anyio
class RateLimiterConformance:
    """Everything that the contract of ``ports.rate_limiter`` promises.

    A subclass provides the pytest fixtures ``clock``, a ``SetClock``, and ``limiter``, which tells the time by it.

    Attributes:
        greedy_seconds: So long callers call at every moment; less where a call takes its time.
    """

    greedy_seconds = 60

    @pytest.fixture
    def clock(self) -> SetClock:
        """Return a clock that stands still."""
        return SetClock()

    async def test_an_empty_bucket_takes_its_size(self, limiter: RateLimiter) -> None:
        """So many calls fit in at once, and not one more."""
        assert await taken(limiter, 8) == 5
        assert await taken(limiter, 1) == 0

    async def test_a_call_is_told_how_full_the_bucket_is(self, limiter: RateLimiter) -> None:
        """What remains counts down, the time until it is empty goes up; a refused call fills nothing."""
        told = [await limiter.take(TENANT, "a", BUCKET) for _ in range(6)]
        assert [level.remaining for level in told] == [4, 3, 2, 1, 0, 0]
        assert [round(level.reset_seconds, 3) for level in told] == [0.5, 1.0, 1.5, 2.0, 2.5, 2.5]
        assert [round(level.retry_seconds, 3) for level in told] == [0, 0, 0, 0, 0.5, 0.5]
        assert [level.is_allowed for level in told] == [True] * 5 + [False]

    async def test_to_look_fills_nothing(self, limiter: RateLimiter) -> None:
        """A bucket is as full after a look as before."""
        assert await limiter.level(TENANT, "a", BUCKET) == BucketLevel(
            is_allowed=True, remaining=5, reset_seconds=0.0, retry_seconds=0.0
        )
        await taken(limiter, 5)
        looked = [await limiter.level(TENANT, "a", BUCKET) for _ in range(3)]
        assert [(level.is_allowed, level.remaining) for level in looked] == [(False, 0)] * 3

    async def test_calls_run_out_evenly(self, limiter: RateLimiter, clock: SetClock) -> None:
        """Each half second makes room for one call, a whole bucket is empty after its time."""
        await taken(limiter, 5)
        clock.time += 0.49
        assert await taken(limiter, 1) == 0
        clock.time += 0.01
        assert await taken(limiter, 2) == 1
        clock.time += 1.5
        assert await taken(limiter, 5) == 3
        clock.time += 2.5
        assert await taken(limiter, 9) == 5

    async def test_buckets_are_apart(self, limiter: RateLimiter) -> None:
        """A full bucket says nothing about others, whatever they are called."""
        names = ["a", "A", "", "a\n", "\ud800", "é" * 300, *map(str, range(200))]
        for name in names:
            assert await taken(limiter, 7, name) == 5
        for name in names:
            assert await taken(limiter, 1, name) == 0

    async def test_tenants_do_not_share_buckets(self, limiter: RateLimiter) -> None:
        """The same name of another tenant is another bucket."""
        assert await taken(limiter, 7) == 5
        for tenant, name in [("zenith", "a"), ("acm", "ea"), ("acmea", "")]:
            assert (await limiter.take(tenant, name, BUCKET)).remaining == 4

    async def test_a_bucket_may_become_another_one(self, limiter: RateLimiter) -> None:
        """A greater size has room at once, a smaller one is full."""
        await taken(limiter, 5)
        assert await taken(limiter, 9, bucket=Bucket(8, 2.0)) == 3
        assert await taken(limiter, 1, bucket=Bucket(4, 2.0)) == 0

    async def test_a_clock_set_back_lets_nobody_wait_longer_than_a_full_bucket(
        self, limiter: RateLimiter, clock: SetClock
    ) -> None:
        """After the time that a full bucket takes to run out, everything is as ever."""
        await taken(limiter, 5)
        clock.time -= 3600
        assert await taken(limiter, 1) == 0
        assert (await limiter.take(TENANT, "a", BUCKET)).reset_seconds <= 2.5
        clock.time += 2.5
        assert await taken(limiter, 9) == 5

    @pytest.mark.parametrize(("size", "leak"), [(40, 2.0), (1, 0.1), (1000, 333.3), (7, 1 / 3)])
    async def test_a_greedy_caller_gets_size_and_leak_times_time(
        self, limiter: RateLimiter, clock: SetClock, size: int, leak: float
    ) -> None:
        """In a while of calls at every moment, neither one less nor one more."""
        bucket, begun, step = Bucket(size, leak), clock.time, 1 / 64
        count = await taken(limiter, size + 1, bucket=bucket)
        while clock.time < begun + self.greedy_seconds:
            clock.time += step
            count += await taken(limiter, math.ceil(leak * step) + 1, bucket=bucket)
        assert abs(count - (size + leak * self.greedy_seconds)) <= 1

    async def test_who_obeys_is_never_refused(self, limiter: RateLimiter, clock: SetClock) -> None:
        """Whoever waits, when nothing remains, as long as is told, gets through for a minute."""
        begun = clock.time
        while clock.time < begun + 60:
            level = await limiter.take(TENANT, "a", BUCKET)
            assert level.is_allowed
            clock.time += 0.01 if level.remaining else level.retry_seconds

    async def test_callers_at_once_are_counted_together(self, limiter: RateLimiter) -> None:
        """Of a hundred calls at once exactly as many fit in as there is room for."""
        levels = await asyncio.gather(*(limiter.take(TENANT, "a", BUCKET) for _ in range(100)))
        assert sum(level.is_allowed for level in levels) == 5

    async def test_an_amount_fills_by_as_much(self, limiter: RateLimiter, clock: SetClock) -> None:
        """What does not fit whole fills nothing, and is told when it fits."""
        assert (await limiter.take(TENANT, "a", BUCKET, 3)).remaining == 2
        refused = await limiter.take(TENANT, "a", BUCKET, 4)
        assert (refused.is_allowed, refused.remaining, refused.retry_seconds) == (False, 2, 1.0)
        clock.time += 1.0
        assert (await limiter.take(TENANT, "a", BUCKET, 4)).remaining == 0

    async def test_what_is_larger_than_the_bucket_needs_all_of_it_and_overflows(
        self, limiter: RateLimiter, clock: SetClock
    ) -> None:
        """Then the others wait until all of it has run out, so that no more gets through than leaks."""
        wide = Bucket(5, 2.0, overflow=100)
        await taken(limiter, 1, bucket=wide)
        refused = await limiter.take(TENANT, "a", wide, 45)
        assert (refused.is_allowed, refused.retry_seconds) == (False, 0.5)
        clock.time += 0.5
        let_in = await limiter.take(TENANT, "a", wide, 45)
        assert (let_in.is_allowed, let_in.remaining, let_in.reset_seconds) == (True, 0, 22.5)
        clock.time += 20.4
        assert (await limiter.take(TENANT, "a", wide)).retry_seconds == pytest.approx(0.1)
        clock.time += 0.1
        assert await taken(limiter, 9, bucket=wide) == 1

    async def test_what_was_used_already_fills_a_full_bucket_too(self, limiter: RateLimiter, clock: SetClock) -> None:
        """As far as it may overflow, and not further."""
        wide = Bucket(5, 2.0, overflow=10)
        assert (await limiter.fill(TENANT, "a", wide, 3.5)).is_allowed
        filled = await limiter.fill(TENANT, "a", wide, 4)
        assert (filled.is_allowed, filled.remaining, filled.reset_seconds) == (False, 0, 3.75)
        assert (await limiter.fill(TENANT, "a", wide, 1000)).reset_seconds == 7.5
        assert (await limiter.fill(TENANT, "b", wide, 0)).remaining == 5
        clock.time -= 3600
        assert (await limiter.level(TENANT, "a", wide)).reset_seconds == 7.5

    async def test_what_was_filled_can_be_taken_back(self, limiter: RateLimiter, clock: SetClock) -> None:
        """As far as it has not run out: nobody gets more room than there is in an empty bucket."""
        await taken(limiter, 5)
        assert (await limiter.fill(TENANT, "a", BUCKET, -2)).remaining == 2
        assert await taken(limiter, 3) == 2
        clock.time += 1.0
        emptied = await limiter.fill(TENANT, "a", BUCKET, -4)
        assert (emptied.is_allowed, emptied.remaining, emptied.reset_seconds) == (True, 5, 0.0)
        assert (await limiter.fill(TENANT, "b", BUCKET, -1)).reset_seconds == 0.0
        assert [await taken(limiter, 9, name) for name in "ab"] == [5, 5]

    async def test_to_close_twice_is_harmless(self, limiter: RateLimiter) -> None:
        """The second time does nothing."""
        await limiter.take(TENANT, "a", BUCKET)
        await limiter.close()
        await limiter.close()
