from __future__ import annotations

import asyncio
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest

from facetry.application import calls as calls_module
from facetry.application.calls import CallsUnderWay
from facetry.application.tenant_turns import TenantTurns


@contextmanager
def counted(calls, tenant):
    calls.begin(tenant)
    try:
        yield
    finally:
        calls.end(tenant)


@pytest.fixture
def calls():
    return CallsUnderWay()


def test_others_are_who_has_calls_under_way(calls):
    assert not calls.has_others("a")
    with counted(calls, "a"), counted(calls, "a"):
        assert (calls.has_others("a"), calls.has_others("b")) == (False, True)
        with counted(calls, "b"):
            assert (calls.has_others("a"), calls.has_others("b")) == (True, True)
    assert not calls.has_others("b")


def test_long_work_lets_no_flood_go_first(calls):
    with ExitStack() as stack:
        for count in range(1, 10):
            stack.enter_context(counted(calls, "b"))
            assert calls.has_others("a") is (count <= 4)
        with counted(calls, "c"):
            assert calls.has_others("a")


def test_others_came_lately_or_not(calls, monkeypatch):
    now = 100.0
    monkeypatch.setattr(calls_module.time, "monotonic", lambda: now)
    with counted(calls, "a"):
        assert (calls.had_others("a"), calls.had_others("b")) == (False, True)
    for tenant in ("b", "c", "a"):
        with counted(calls, tenant):
            pass
    assert (calls.had_others("a"), calls.had_others("c")) == (True, True)
    now += calls_module.RECENT_SECONDS
    assert not calls.had_others("c")


@pytest.mark.parametrize(("many", "few", "is_quieter"), [(4, 1, True), (3, 1, False), (8, 2, True), (7, 2, False)])
def test_quieter_is_who_has_far_fewer(calls, many, few, is_quieter):
    with ExitStack() as stack:
        for tenant, count in (("many", many), ("few", few)):
            for _ in range(count):
                stack.enter_context(counted(calls, tenant))
        assert calls.has_quieter("many") is is_quieter
        assert not calls.has_quieter("few")
        assert not calls.has_quieter("none")


def test_long_work_waits_for_the_end_of_others_calls(calls, monkeypatch):
    monkeypatch.setattr(calls_module, "WAIT_SECONDS", 10.0)
    courtesy, order = calls.courtesy("a"), []
    thread = threading.Thread(target=lambda: (courtesy.give_way(), order.append("work")))
    with counted(calls, "a"), counted(calls, "b"):
        thread.start()
        time.sleep(0.05)
        order.append("call")
    thread.join(5)
    assert order == ["call", "work"]


def test_long_work_rests_as_long_as_it_works_while_others_come(calls):
    with counted(calls, "a"):
        pass
    others, begun = calls.courtesy("b"), time.monotonic()
    for _ in range(5):
        time.sleep(0.002)
        others.give_way()
    assert time.monotonic() - begun >= 0.02
    slept = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls_module.time, "sleep", slept.append)
        calls.courtesy("a").give_way()
        assert slept == []
        others.give_way()
        assert len(slept) == 1


def test_long_work_waits_for_calls_that_have_arrived_too(calls, monkeypatch):
    calls.arrive("a")
    assert (calls.has_others("a"), calls.has_others("b")) == (False, True)
    monkeypatch.setattr(calls_module, "_COMING_SECONDS", 0.0)
    assert not calls.has_others("b")


def test_long_work_waits_so_long_at_most_all_in_all(calls):
    courtesy, begun = calls.courtesy("a"), time.monotonic()
    with counted(calls, "b"):
        for _ in range(20):
            courtesy.give_way()
    assert calls_module.WAIT_SECONDS <= time.monotonic() - begun < 10 * calls_module.WAIT_SECONDS


@pytest.mark.anyio
async def test_it_waits_on_the_event_loop_likewise(calls, monkeypatch):
    monkeypatch.setattr(calls_module, "WAIT_SECONDS", 10.0)
    with counted(calls, "b"):
        task = asyncio.create_task(calls.courtesy("a").let_go_first())
        await asyncio.sleep(0.02)
        assert not task.done()
    await asyncio.wait_for(task, 5)


@pytest.mark.anyio
async def test_a_flood_has_no_turn_while_a_call_of_a_quieter_tenant_is_under_way(calls, monkeypatch):
    monkeypatch.setattr("facetry.application.tenant_turns.WAIT_SECONDS", 10.0)
    turns = TenantTurns(calls)
    await turns.take("quiet")
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(counted(calls, "flood"))
        with counted(calls, "quiet"):
            await turns.take("flood")
            waiting = asyncio.create_task(turns.take("flood"))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            await asyncio.wait_for(turns.take("quiet"), 5)
            assert not waiting.done()
        await asyncio.wait_for(waiting, 5)


@pytest.mark.anyio
async def test_a_flood_has_its_turn_however_many_quiet_ones_there_are(calls):
    turns = TenantTurns(calls)
    await turns.take("quiet")
    with ExitStack() as stack:
        for tenant in ["quiet", *["flood"] * 8]:
            stack.enter_context(counted(calls, tenant))
        for _ in range(5):
            await asyncio.wait_for(turns.take("flood"), 5)
