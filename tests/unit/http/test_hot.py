"""Reads answered before the router: the same bytes, never stale, each computed once."""

from __future__ import annotations

import asyncio

import pytest

from facetry.application.tenants import Rotation
from facetry.domain.catalog import DeleteProduct
from facetry.http.answer import Answer, json_answer
from facetry.testing.samples import put
from tests.unit.http.stage import Stage

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(anyio_backend):
    stage = Stage()
    yield stage
    stage.writer.close()


@pytest.fixture
async def shop(stage):
    return await stage.add_tenant("shop")


async def warm(stage, token, target="/p/a"):
    """Read until the layer has the answer: the first read of a tenant only learns of it."""
    await stage.call("GET", target, token=token)
    given = await stage.call("GET", target, token=token)
    calls = stage.calls
    assert await stage.call("GET", target, token=token)
    assert stage.calls == calls
    return given


async def test_the_second_read_does_not_reach_the_router(stage, shop):
    await warm(stage, shop)
    await stage.store.write("shop", [put("b")])
    calls = stage.calls
    first = await stage.call("GET", "/p/b", token=shop)
    second = await stage.call("GET", "/p/b", token=shop)
    assert stage.calls == calls + 1
    assert first.unnamed == second.unnamed
    assert first.named[b"x-request-id"] != second.named[b"x-request-id"]


async def test_other_targets_are_other_answers(stage, shop):
    await warm(stage, shop)
    for target in ("/p/b", "/p/a?", "/p/a?x=1", "/p/a/", "/p/%61"):
        calls = stage.calls
        await stage.call("GET", target, token=shop)
        assert stage.calls == calls + (target != "/p/a?")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
async def test_only_reads_are_answered(stage, shop, method):
    await warm(stage, shop)
    calls = stage.calls
    await stage.call(method, "/p/a", token=shop, body=[b""])
    assert stage.calls == calls + 1


@pytest.mark.parametrize("token", [None, "", "garbage"])
async def test_without_a_good_token_nothing_is_answered(stage, shop, token):
    await warm(stage, shop)
    assert (await stage.call("GET", "/p/a", token=token)).body == b'{"bad":"token"}'


async def test_a_token_that_ended_opens_nothing(stage, shop):
    await warm(stage, shop)
    stage.clock.time += 86_400
    assert (await stage.call("GET", "/p/a", token=shop)).body == b'{"bad":"token"}'


async def test_tenants_do_not_share_answers(stage, shop):
    rival = await stage.add_tenant("rival")
    await stage.store.write("shop", [put("a", name="of the shop")])
    mine = await warm(stage, shop)
    theirs = await warm(stage, rival)
    assert b"of the shop" in mine.body
    assert b"of the shop" not in theirs.body
    assert (await stage.call("GET", "/p/a", token=shop)).body == mine.body


async def test_a_write_is_seen_by_the_next_read(stage, shop):
    await warm(stage, shop)
    for name in ("one", "two", "three"):
        await stage.store.write("shop", [put("a", name=name)])
        for _ in range(2):
            assert f'"name": "{name}"'.encode() in (await stage.call("GET", "/p/a", token=shop)).body
    await stage.store.write("shop", [DeleteProduct("a")])
    assert b'"name": null' in (await stage.call("GET", "/p/a", token=shop)).body


async def test_a_write_leaves_other_answers_alone(stage, shop):
    await warm(stage, shop)
    await stage.store.write("shop", [put("b")])
    calls = stage.calls
    await stage.call("GET", "/p/a", token=shop)
    assert stage.calls == calls


@pytest.mark.parametrize("change", ["rotate", "disable", "delete"])
async def test_a_tenant_that_changed_is_asked_for_again(stage, shop, change):
    await warm(stage, shop)
    if change == "rotate":
        await stage.tenants.rotate("shop", [Rotation.API_KEY])
    elif change == "disable":
        await stage.tenants.set_active("shop", active=False)
    else:
        await stage.tenants.delete("shop")
    assert (await stage.call("GET", "/p/a", token=shop)).body == b'{"bad":"token"}'


async def test_an_answer_overtaken_by_a_write_is_not_kept(stage, shop):
    await warm(stage, shop)
    product = stage.product

    async def slow(scope, receive, exchange):
        answer = await product(scope, receive, exchange)
        await stage.store.write("shop", [put("b", name="new")])
        await stage.relay.settle("shop")
        return answer

    stage.handler = slow
    assert b'"name": null' in (await stage.call("GET", "/p/b", token=shop)).body
    stage.handler = product
    assert b'"name": "new"' in (await stage.call("GET", "/p/b", token=shop)).body


async def test_an_answer_begun_before_a_tenant_was_forgotten_is_not_kept(stage, shop):
    await warm(stage, shop)
    product = stage.product

    async def slow(scope, receive, exchange):
        answer = await product(scope, receive, exchange)
        stage.invalidation.forget("shop")
        return answer

    stage.handler = slow
    await stage.call("GET", "/p/b", token=shop)
    assert stage.cache.get("shop", "product b") is None


async def test_forgetting_another_tenant_does_not_matter(stage, shop):
    await warm(stage, shop)
    product = stage.product

    async def slow(scope, receive, exchange):
        stage.invalidation.forget("rival")
        return await product(scope, receive, exchange)

    stage.handler = slow
    await stage.call("GET", "/p/b", token=shop)
    assert stage.cache.get("shop", "product b") is not None


async def test_answers_that_may_not_be_kept_are_not(stage, shop):
    async def handler(scope, receive, exchange):
        return json_answer({"n": stage.calls})

    stage.handler = handler
    bodies = [(await stage.call("GET", "/p/a", token=shop)).body for _ in range(3)]
    assert bodies == [b'{"n":1}', b'{"n":2}', b'{"n":3}']


async def test_an_answer_without_a_session_is_nobodys(stage):
    async def handler(scope, receive, exchange):
        return Answer(body=b"{}", cache_key="k")

    stage.handler = handler
    await stage.call("GET", "/p/a")
    assert len(stage.cache) == 0


async def test_two_targets_of_one_answer_share_it(stage, shop):
    await warm(stage, shop, "/p/a")
    await warm(stage, shop, "/p/a?x=1")
    calls = stage.calls
    for target in ("/p/a", "/p/a?x=1", "/p/a"):
        await stage.call("GET", target, token=shop)
    assert (stage.calls, len(stage.cache), len(stage.hot)) == (calls, 1, 2)


async def test_targets_are_bounded_in_number_and_length(anyio_backend):
    stage = Stage(max_targets=2)
    shop = await stage.add_tenant("shop")
    for name in "abc":
        await warm(stage, shop, f"/p/{name}")
    assert len(stage.hot) == 2
    long = "/p/" + "x" * 3000
    await stage.call("GET", long, token=shop)
    await stage.call("GET", long, token=shop)
    assert len(stage.hot) == 2
    calls = stage.calls
    await stage.call("GET", "/p/a", token=shop)
    assert stage.calls == calls + 1
    stage.writer.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", [b"", b"gzip", b"zstd", b"br"])
@pytest.mark.parametrize("conditional", [False, True])
async def test_the_layer_answers_what_the_router_does(method, coding, conditional, anyio_backend):
    cold, hot = Stage(), Stage()
    tokens = [await stage.add_tenant("shop") for stage in (cold, hot)]
    await warm(hot, tokens[1])
    headers = [(b"accept-encoding", coding)] if coding else []
    if conditional:
        tag = (await hot.call("GET", "/p/a", token=tokens[1], headers=headers)).named[b"etag"]
        headers.append((b"if-none-match", tag))
    routed = await cold.call(method, "/p/a", token=tokens[0], headers=headers)
    calls = hot.calls
    for _ in range(2):
        kept = await hot.call(method, "/p/a", token=tokens[1], headers=headers)
        assert kept.unnamed == routed.unnamed
    assert (cold.calls, hot.calls) == (1, calls)
    assert routed.status == (304 if conditional else 200)
    for stage in (cold, hot):
        stage.writer.close()


async def test_equal_reads_at_once_reach_the_router_once(stage, shop):
    await warm(stage, shop)
    calls = stage.calls
    product = stage.product

    async def slow(scope, receive, exchange):
        await asyncio.sleep(0.02)
        return await product(scope, receive, exchange)

    stage.handler = slow
    given = await asyncio.gather(*(stage.call(("GET", "HEAD")[n % 2], "/p/b", token=shop) for n in range(20)))
    assert stage.calls == calls + 1
    assert {each.status for each in given} == {200}
    assert len({each.body for each in given[::2]}) == 1
    assert {each.body for each in given[1::2]} == {b""}
    assert len({each.named[b"x-request-id"] for each in given}) == 20
    assert [line["tenant"] for line in stage.lines()][-20:] == ["shop"] * 20


async def test_who_waited_for_an_answer_that_was_overtaken_gets_a_new_one(stage, shop):
    await warm(stage, shop)
    product = stage.product
    begun, written = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, exchange):
        answer = await product(scope, receive, exchange)
        begun.set()
        await written.wait()
        return answer

    stage.handler = slow
    first = asyncio.create_task(stage.call("GET", "/p/b", token=shop))
    await begun.wait()
    await stage.store.write("shop", [put("b", name="new")])
    later = [asyncio.create_task(stage.call("GET", "/p/b", token=shop)) for _ in range(5)]
    await asyncio.sleep(0)
    calls = stage.calls
    written.set()
    assert b'"name": null' in (await first).body
    assert [b'"name": "new"' in (await task).body for task in later] == [True] * 5
    assert stage.calls == calls + 1


async def test_who_waited_for_an_answer_that_nobody_can_share_waits_once(stage, shop):
    await warm(stage, shop)
    running = []

    async def slow(scope, receive, exchange):
        running.append(1)
        await asyncio.sleep(0.02)
        return json_answer({"n": len(running)})

    stage.handler = slow
    given = await asyncio.gather(*(stage.call("GET", "/p/b", token=shop) for _ in range(5)))
    # The others went together: each saw all of them begin.
    assert [each.body for each in given] == [b'{"n":1}'] + [b'{"n":5}'] * 4


async def test_a_failure_or_a_client_that_leaves_strands_nobody(stage, shop):
    await warm(stage, shop)
    product, attempts = stage.product, []

    async def handler(scope, receive, exchange):
        attempts.append(1)
        await asyncio.sleep(0.01)
        if len(attempts) == 2:
            raise RuntimeError("once")
        return await product(scope, receive, exchange)

    stage.handler = handler
    tasks = [asyncio.create_task(stage.call("GET", "/p/b", token=shop)) for _ in range(4)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    given = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(given[0], asyncio.CancelledError)
    assert [each.status for each in given[1:]] == [500, 200, 200]


async def test_a_cancelled_waiter_leaves_the_others_alone(stage, shop):
    await warm(stage, shop)
    product, held = stage.product, asyncio.Event()

    async def slow(scope, receive, exchange):
        await held.wait()
        return await product(scope, receive, exchange)

    stage.handler = slow
    calls = stage.calls
    tasks = [asyncio.create_task(stage.call("GET", "/p/b", token=shop)) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    held.set()
    given = await asyncio.gather(*tasks, return_exceptions=True)
    assert (given[0].status, given[2].status, stage.calls) == (200, 200, calls + 1)
