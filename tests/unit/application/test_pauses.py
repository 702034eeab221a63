"""Pauses: slices of long work lie apart, and calls that need the event loop have it between them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time

import apsw
import pytest

from facetry.application import pauses as pauses_module
from facetry.application.calls import CallsUnderWay
from facetry.application.pauses import Pauses
from facetry.application.turns import Turns
from facetry.bootstrap.serve import SWITCH_SECONDS

pytestmark = pytest.mark.anyio


@pytest.fixture
def calls():
    return CallsUnderWay()


@pytest.fixture
def patience(monkeypatch):
    """Let pauses last for calls as long as it takes."""
    monkeypatch.setattr(pauses_module, "_MOST_SECONDS", 10.0)


class Work:
    """Some long works that count their slices."""

    def __init__(self, calls, *, is_awaited=False, count=1):
        self.slices = 0
        self.calls = calls
        self.is_awaited = is_awaited
        self.tasks = [asyncio.create_task(self._run()) for _ in range(count)]

    async def _run(self):
        while True:
            await self.calls.let_on(is_awaited=self.is_awaited)
            self.slices += 1

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def steps(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def eventually(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


async def test_long_work_hardly_pauses_where_no_call_came(calls):
    work = Work(calls)
    await steps(20)
    assert work.slices >= 10
    await work.stop()


async def test_after_each_slice_calls_take_some_steps_however_many_long_works_there_are(calls):
    calls.begin("a")
    calls.end("a")
    work = Work(calls, is_awaited=True, count=5)
    await steps(40)
    assert 1 <= work.slices <= 40 / pauses_module.STEPS
    await eventually(lambda: work.slices > 20)
    await work.stop()


async def test_no_slice_begins_while_a_call_needs_the_loop(calls, patience):
    calls.begin("a")
    work = Work(calls, is_awaited=True, count=3)
    await asyncio.sleep(0.02)
    assert work.slices == 0
    calls.end("a")
    await eventually(lambda: work.slices > 3)
    await work.stop()


async def test_a_call_that_waits_for_the_writer_holds_nobody_up(calls, patience):
    calls.begin("a")
    work = Work(calls, is_awaited=True)
    await asyncio.sleep(0.01)
    calls.begin_waiting("a")
    await eventually(lambda: work.slices > 3)
    calls.end_waiting("a")
    await steps(2 * pauses_module.STEPS)
    before = work.slices
    await asyncio.sleep(0.02)
    assert work.slices == before
    await work.stop()


async def test_calls_of_a_flood_hold_nobody_up(calls, patience):
    for _ in range(10):
        calls.begin("flood")
    work = Work(calls, is_awaited=True)
    await eventually(lambda: work.slices > 3)
    await work.stop()


async def test_calls_that_never_end_do_not_stop_long_work(calls):
    calls.begin("a")
    work = Work(calls, count=2)
    await eventually(lambda: work.slices > 6)
    await work.stop()


async def test_a_call_that_has_arrived_holds_long_work_up_a_little(calls, patience, monkeypatch):
    monkeypatch.setattr("facetry.application.calls._COMING_SECONDS", 0.05)
    arrived = time.monotonic()
    calls.arrive("a")
    work = Work(calls, is_awaited=True)
    await eventually(lambda: work.slices > 0)
    # Who sends its body slowly is not waited for any longer.
    assert time.monotonic() - arrived >= 0.05
    await work.stop()


async def test_who_arrived_and_ended_is_not_waited_for(calls, patience, monkeypatch):
    monkeypatch.setattr("facetry.application.calls._COMING_SECONDS", 60.0)
    calls.arrive("a")
    calls.begin("a")
    calls.end("a")
    work = Work(calls)
    await eventually(lambda: work.slices > 3)
    await work.stop()


def work_for(seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        pass


async def seconds_between(calls, slices, seconds, *, is_awaited):
    """Return how long slices pause in all that take so many seconds each."""
    begun = time.monotonic()
    for _ in range(slices):
        await calls.let_on(is_awaited=is_awaited)
        work_for(seconds)
    return time.monotonic() - begun - slices * seconds


@pytest.mark.parametrize("seconds", [0.001, 0.0001])
async def test_long_work_that_nobody_waits_for_rests_as_long_as_it_works(calls, seconds):
    calls.begin("a")
    calls.end("a")
    # It rests for the last slices later, and a rest may end a look later.
    slices = round(0.02 / seconds)
    assert 0.017 < await seconds_between(calls, slices, seconds, is_awaited=False) < 0.15


@pytest.mark.parametrize("seconds", [0.001, 0.0001])
async def test_long_work_is_held_in_proportion_to_what_it_works(calls, seconds):
    calls.begin("a")
    slices = round(0.02 / seconds)
    held = await seconds_between(calls, slices, seconds, is_awaited=True)
    assert 0.02 < held < 0.25


async def test_who_goes_away_while_it_waits_holds_nobody_up(calls):
    calls.begin("a")
    first, second = Work(calls), Work(calls)
    await steps(2)
    await first.stop()
    await eventually(lambda: second.slices > 3)
    await second.stop()
    third = Work(calls)
    await eventually(lambda: third.slices > 3)
    await third.stop()


def test_work_that_ended_with_its_loop_holds_nobody_up_in_the_next(calls):
    calls.begin("a")
    gone = asyncio.new_event_loop()
    task = gone.create_task(calls.let_on())
    gone.run_until_complete(asyncio.sleep(0))
    gone.close()

    async def go_on():
        await asyncio.wait_for(calls.let_on(), 5)

    asyncio.run(go_on())
    task.get_coro().close()
    task._log_destroy_pending = False


def test_loops_do_not_meet(calls):
    calls.begin("a")
    done = []

    async def go_on():
        for _ in range(50):
            await asyncio.wait_for(calls.let_on(), 1)
        done.append(1)

    threads = [threading.Thread(target=asyncio.run, args=(go_on(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(done) == 3


async def test_a_call_is_not_held_up_by_itself(calls, patience, monkeypatch):
    monkeypatch.setattr("facetry.application.turns.CALLS", calls)
    calls.begin("a")
    await asyncio.wait_for(Turns(slice_seconds=-1.0).give(), 5)
    long = asyncio.create_task(Turns(slice_seconds=-1.0, is_call=False).give())
    await asyncio.sleep(0.02)
    assert not long.done()
    calls.end("a")
    await asyncio.wait_for(long, 5)


@pytest.fixture
def busy_processors():
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range((os.cpu_count() or 1) + 1)]
    yield
    for one in busy:
        one.kill()
        one.wait()


@pytest.mark.slow
@pytest.mark.usefixtures("busy_processors")
async def test_a_thread_that_waits_for_the_interpreter_gets_it_between_slices():
    """As that of the HTTP server does, though all processors are busy and statements let go of it for moments only."""
    switching = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    connection = apsw.Connection(":memory:")
    pauses = Pauses(lambda: True, lambda: False)
    late, is_over = [], threading.Event()

    def come_and_go():
        while not is_over.is_set():
            due = time.monotonic() + 0.003
            time.sleep(0.003)
            late.append(time.monotonic() - due)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            slice_ends = time.monotonic() + 0.001
            while time.monotonic() < slice_ends:
                connection.execute("SELECT 1").fetchall()
            await pauses.take(is_awaited=True)
    finally:
        is_over.set()
        thread.join()
        connection.close()
        sys.setswitchinterval(switching)
    assert sorted(late)[len(late) // 2] < 0.0005
