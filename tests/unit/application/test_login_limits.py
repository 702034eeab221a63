"""How often an address may fail to log in."""

from __future__ import annotations

import pytest

from facetry.application.login_limits import Allowance, LoginLimiter


class SetClock:
    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def limiter(clock):
    return LoginLimiter(clock)


def fail(limiter, times, address="a", login_id="x"):
    for _ in range(times):
        assert limiter.wait_seconds(address, login_id) == 0.0
        limiter.failed(address, login_id)


def test_twenty_failures_come_at_once_and_one_more_every_three_seconds(limiter, clock):
    fail(limiter, 20)
    assert limiter.wait_seconds("a", "x") == pytest.approx(3.0)
    clock.time += 2.0
    assert limiter.wait_seconds("a", "x") == pytest.approx(1.0)
    clock.time += 1.01
    fail(limiter, 1)
    assert limiter.wait_seconds("a", "x") > 2.9


def test_other_ids_and_addresses_are_not_held_up(limiter):
    fail(limiter, 20)
    assert limiter.wait_seconds("a", "y") == 0.0
    assert limiter.wait_seconds("b", "x") == 0.0


def test_an_address_that_tries_many_ids_is_held_up_for_all(limiter, clock):
    for number in range(300):
        fail(limiter, 1, login_id=f"id {number}")
    assert limiter.wait_seconds("a", "yet another") == pytest.approx(0.1)
    assert limiter.wait_seconds("b", "id 1") == 0.0
    clock.time += 0.11
    assert limiter.wait_seconds("a", "yet another") == 0.0


def test_ids_longer_than_any_tenants_share_a_bucket(limiter):
    for number in range(20):
        fail(limiter, 1, login_id=f"{number:051}")
    assert limiter.wait_seconds("a", "x" * 1_000_000) == pytest.approx(3.0)
    assert limiter.wait_seconds("a", "x" * 50) == 0.0
    assert len(limiter) == 2


def test_a_full_bucket_holds_no_more_than_its_burst(limiter, clock):
    fail(limiter, 20)
    clock.time += 1_000_000
    fail(limiter, 20)
    assert limiter.wait_seconds("a", "x") == pytest.approx(3.0)


def test_a_clock_set_back_takes_nothing_away(limiter, clock):
    fail(limiter, 10)
    clock.time -= 500
    fail(limiter, 10)
    assert limiter.wait_seconds("a", "x") == pytest.approx(3.0)


def test_memory_is_bounded_and_the_longest_unused_goes(clock):
    limiter = LoginLimiter(
        clock, per_address_and_id=Allowance(1, 0.001), per_address=Allowance(1000, 1.0), max_buckets=3
    )
    for name in ("x", "y", "z"):
        fail(limiter, 1, login_id=name)
    assert limiter.wait_seconds("a", "x") == pytest.approx(1000.0)
    limiter.failed("a", "x")
    fail(limiter, 1, login_id="new")
    assert len(limiter) == 3 + 1
    assert limiter.wait_seconds("a", "x") == pytest.approx(1000.0)
    assert limiter.wait_seconds("a", "y") == 0.0


def test_a_try_that_was_counted_before_can_be_taken_back(limiter):
    fail(limiter, 20)
    assert limiter.wait_seconds("a", "x") > 0.0
    limiter.forgive("a", "x")
    assert limiter.wait_seconds("a", "x") == 0.0


def test_forgiving_what_never_failed_gives_no_more_tries(limiter):
    limiter.forgive("a", "x")
    fail(limiter, 20)
    assert limiter.wait_seconds("a", "x") == pytest.approx(3.0)
    assert len(limiter) == 2
