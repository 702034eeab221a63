import pytest

from facetry.engines.redis.breaker import Breaker


class Seconds:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def breaker(seconds):
    return Breaker(1.0, seconds)


def test_all_pass_while_all_is_well(breaker):
    assert [breaker.lets_pass() for _ in range(3)] == [True] * 3
    breaker.succeeded()
    assert not breaker.is_open


def test_after_a_failure_one_passes_a_second(breaker, seconds):
    breaker.failed("gone")
    passed = []
    for _ in range(30):
        seconds.now += 0.125
        passed.append(breaker.lets_pass())
    assert [at for at, did in enumerate(passed) if did] == [7, 15, 23]


def test_all_pass_again_after_the_first_that_succeeds(breaker, seconds):
    breaker.failed("gone")
    seconds.now += 1.0
    assert [breaker.lets_pass(), breaker.lets_pass()] == [True, False]
    breaker.succeeded()
    assert [breaker.lets_pass(), breaker.lets_pass()] == [True, True]


def test_the_log_says_once_what_happened_and_not_each_time_where_that_is_often(breaker, seconds, caplog):
    breaker.failed("gone")
    breaker.failed("gone")
    assert caplog.messages == ["the cache server cannot be used, all goes on without it: gone"]
    seconds.now += 11
    breaker.succeeded()
    breaker.succeeded()
    assert caplog.messages[1:] == ["the cache server is used again"]
    for _ in range(100):
        breaker.failed("gone")
        breaker.succeeded()
    assert len(caplog.messages) == 2
