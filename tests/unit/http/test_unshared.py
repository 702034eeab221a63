"""Reads that take long on purpose, and clients that leave meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from facetry.http.answer import json_answer
from facetry.http.call import Call
from facetry.http.exchange import SCOPE_KEY, Exchange
from tests.unit.http.stage import Stage

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("unshared", [["/p/wait"], []])
async def test_equal_reads_that_may_take_long_do_not_wait_for_each_other(unshared):
    stage = Stage(unshared=unshared)
    token = await stage.add_tenant("a")
    await stage.call("GET", "/p/first", token=token)
    over = asyncio.Event()

    async def wait(scope, receive, exchange):
        await over.wait()
        return json_answer({})

    stage.handler, stage.calls = wait, 0
    calls = [asyncio.ensure_future(stage.call("GET", "/p/wait?x=1", token=token)) for _ in range(3)]
    await asyncio.sleep(0.01)
    assert (stage.calls == 3) is bool(unshared)
    over.set()
    assert [answer.status for answer in await asyncio.gather(*calls)] == [200, 200, 200]


async def test_a_call_hears_that_its_client_has_left():
    messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return messages.pop()

    scope = {"method": "HEAD", "headers": [], SCOPE_KEY: Exchange("id", 0.0, "")}
    call = Call(scope, receive, "/p")
    await call.gone()
    assert (messages, call.is_head, call.method) == ([], True, "GET")
    assert not Call({**scope, "method": "GET"}, receive, "/p").is_head
