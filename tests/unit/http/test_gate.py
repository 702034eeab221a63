"""What the outermost layer does to every request, whatever the router makes of it."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets

import pytest
from litestar.exceptions import InternalServerException, MethodNotAllowedException, NotFoundException

from facetry.application.calls import CALLS
from facetry.application.tenant_places import AT_ONCE
from facetry.http.answer import Answer, json_answer
from facetry.http.exchange import SCOPE_KEY
from facetry.http.gate import let_through
from facetry.http.streaming import StreamAnswer
from tests.unit.http.stage import ROUTE, Stage

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(anyio_backend):
    stage = Stage()
    yield stage
    stage.lines()


@pytest.fixture
async def shop(stage):
    return await stage.add_tenant("shop")


async def body_length(stage):
    async def handler(scope, receive, exchange):
        message = await receive()
        after = await receive()
        return json_answer({"bytes": len(message["body"]), "more": message["more_body"], "after": after["type"]})

    stage.handler = handler


async def test_every_answer_carries_its_own_request_id(stage):
    ids = []
    for number in range(3):
        given = await stage.call("GET", f"/p/{number}", headers=[(b"x-request-id", b"chosen-by-client")])
        ids.append(given.named[b"x-request-id"].decode())
        assert stage.scopes[-1][SCOPE_KEY].request_id == ids[-1]
        assert given.headers[-1][0] == b"x-request-id"
    assert len(set(ids)) == 3
    assert {(len(text), int(text, 16) > 0) for text in ids} == {(32, True)}
    other = await Stage().call("GET", "/p/1")
    assert other.named[b"x-request-id"].decode()[:16] != ids[0][:16]


async def test_the_router_sees_the_raw_path(stage):
    for target in ("/p/a%2Fb", "/p/a%252F/", "/p/..", "/p/a//"):
        await stage.call("GET", target)
    assert [scope["path"] for scope in stage.scopes] == ["/p/a%2Fb", "/p/a%252F", "/p/..", "/p/a/"]


async def test_a_body_within_the_limit_arrives_whole(stage):
    await body_length(stage)
    chunks = [b"a" * 400_000, b"", b"b" * 600_000]
    assert (await stage.call("POST", "/p", body=chunks)).body == (
        b'{"bytes":1000000,"more":false,"after":"http.disconnect"}'
    )


@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 413)])
@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_a_body_beyond_the_limit_is_refused_in_the_surfaces_form(size, status, declared, method):
    stage = Stage(body_limit=100)
    await body_length(stage)
    headers = [(b"content-length", b"%d" % size)] if declared else []
    given = await stage.call(method, "/p", headers=headers, body=[b"x" * 60, b"x" * (size - 60)])
    assert (given.status, stage.calls) == (status, int(status == 200))
    if status == 413:
        expected = b'{"refused":413,"id":"%s"}' % given.named[b"x-request-id"]
        assert given.body == expected
    assert stage.lines()[-1]["status"] == status


@pytest.mark.parametrize("coding", [b"gzip", b"GZip", b"x-gzip", b"br", b"identity, zstd", b"gzip,deflate"])
@pytest.mark.parametrize("path", ["/p", "/p/many"])
async def test_a_body_that_is_compressed_is_refused(coding, path):
    stage = Stage(unread=["/p/many"], packed=["/p/other"])
    for method in ("POST", "PUT", "PATCH"):
        given = await stage.call(method, path, headers=[(b"content-encoding", coding)], body=[b"x"])
        assert (given.status, given.named[b"accept-encoding"], stage.calls) == (415, b"identity", 0)
        assert given.body == b'{"refused":415,"id":"%s"}' % given.named[b"x-request-id"]
    assert (await stage.call("GET", path, headers=[(b"content-encoding", coding)])).status == 200


@pytest.mark.parametrize("coding", [b"", b"identity", b"utf-8", b"UTF-8, identity", b"application/gzip"])
async def test_what_names_no_compression_is_passed_over(stage, coding):
    await body_length(stage)
    assert (await stage.call("POST", "/p", headers=[(b"content-encoding", coding)], body=[b"abc"])).status == 200


@pytest.mark.parametrize(("coding", "status"), [(b"gzip", 200), (b"X-GZIP", 200), (b"br", 415), (b"gzip, br", 415)])
async def test_a_file_may_be_gzip(coding, status):
    stage = Stage(packed=["/p/file"])
    await body_length(stage)
    assert (await stage.call("POST", "/p/file", headers=[(b"content-encoding", coding)], body=[b"a"])).status == status


async def test_a_declared_length_is_enough_to_refuse_any_method(stage):
    headers = [(b"content-length", b"1048577")]
    assert [(await stage.call(method, "/p/a", headers=headers)).status for method in ("GET", "DELETE")] == [413, 413]
    assert stage.calls == 0


@pytest.mark.parametrize("length", [b"", b"abc", b"-5", b"1e9", "²".encode()])
async def test_a_length_that_is_none_is_counted_instead(stage, length):
    await body_length(stage)
    assert (await stage.call("POST", "/p", headers=[(b"content-length", length)], body=[b"abc"])).status == 200


async def test_other_surfaces_refuse_in_their_own_form():
    stage = Stage()
    given = await stage.call("POST", "/elsewhere", headers=[(b"content-length", b"1048577")])
    assert (given.status, given.body) == (413, b"other form")


async def test_a_body_that_breaks_off_reaches_no_handler(stage):
    given = await stage.call("POST", "/p", body=[])
    assert (given.status, given.body) == (400, b'{"refused":400,"id":"%s"}' % given.named[b"x-request-id"])
    assert stage.calls == 0
    (line,) = stage.lines()
    assert (line["status"], line["route"], line["bytes"]) == (400, "unmatched", len(given.body))


async def test_a_failure_is_answered_in_the_surfaces_form_and_logged(stage, caplog):
    async def handler(scope, receive, exchange):
        raise RuntimeError("the secret of the cellar")

    stage.handler = handler
    given = await stage.call("GET", "/p/a")
    assert (given.status, given.body) == (500, b'{"refused":500,"id":"%s"}' % given.named[b"x-request-id"])
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "request failed")
    assert record.request_id == given.named[b"x-request-id"].decode()
    assert record.exc_info[1].args == ("the secret of the cellar",)
    assert stage.lines()[-1]["level"] == "error"


@pytest.mark.parametrize(
    ("error", "status", "allow"),
    [
        (NotFoundException(), 404, None),
        (MethodNotAllowedException(headers={"allow": "GET, OPTIONS"}), 405, b"GET, OPTIONS"),
        (InternalServerException("inside"), 500, None),
    ],
)
async def test_what_the_framework_refuses_takes_the_surfaces_form(stage, caplog, error, status, allow):
    async def handler(scope, receive, exchange):
        let_through(None, error)

    stage.handler = handler
    given = await stage.call("GET", "/p/a")
    assert (given.status, given.named.get(b"allow")) == (status, allow)
    assert given.body == b'{"refused":%d,"id":"%s"}' % (status, given.named[b"x-request-id"])
    assert len(caplog.records) == (1 if status == 500 else 0)


async def test_a_failure_after_the_answer_began_adds_nothing_to_it(stage, caplog):
    messages = []

    def sent(message):
        messages.append(message["type"])
        if message["type"] == "http.response.body":
            raise ConnectionResetError

    await stage.run("GET", "/p/a", sent)
    assert messages == ["http.response.start", "http.response.body"]
    assert len(caplog.records) == 1


async def test_other_protocols_are_not_spoken(stage):
    await stage.gate({"type": "lifespan"}, None, None)
    assert stage.calls == 0


async def test_a_request_without_a_known_client_is_served(stage):
    scopes = []

    async def handler(scope, receive, exchange):
        scopes.append(exchange.peer)
        return json_answer({})

    stage.handler = handler
    await stage.call("GET", "/p/a")
    scope = {"type": "http", "method": "GET", "raw_path": b"/p/a", "query_string": b"", "headers": [], "client": None}

    async def send(message):
        pass

    await stage.gate(scope, None, send)
    assert scopes == ["192.0.2.1", ""]


async def test_the_log_names_the_route_and_neither_path_nor_query_nor_token(stage, shop):
    await stage.call("GET", "/p/warm-up", token=shop)
    await stage.call("GET", "/p/private-sku?apiKey=private-key", token=shop)
    await stage.call("GET", "/p/private-sku?apiKey=private-key", token=shop)
    await stage.call("GET", "/p/x", token="private-token")
    assert stage.calls == 3
    _, first, second, third = stage.lines()
    text = stage.output.getvalue()
    assert b"private" not in text
    assert shop.encode() not in text
    for line in (first, second):
        assert (line["tenant"], line["method"], line["route"], line["status"]) == ("shop", "GET", ROUTE, 200)
        assert line["bytes"] > 2000
        assert line["duration_ms"] > 0
    assert first["bytes"] == second["bytes"]
    assert (third["tenant"], third["route"]) == ("", ROUTE)


async def test_requests_are_counted(stage, shop):
    for _ in range(5):
        await stage.call("GET", "/p/a", token=shop)
    await stage.call("HEAD", "/p/a", token=shop)
    await stage.call("DELETE", "/p/a", token=shop)
    text = stage.metrics.text().decode()
    assert f'facetry_requests_total{{method="GET",route="{ROUTE}",status="2xx"}} 5\n' in text
    assert f'facetry_requests_total{{method="HEAD",route="{ROUTE}",status="2xx"}} 1\n' in text
    assert f'facetry_requests_total{{method="DELETE",route="{ROUTE}",status="2xx"}} 1\n' in text
    assert f'facetry_request_seconds_count{{method="GET",route="{ROUTE}"}} 5\n' in text
    assert "facetry_hot_hits_total 4\n" in text
    assert "facetry_requests_in_flight 0\n" in text
    assert "facetry_cache_entries 1\n" in text
    assert f"facetry_cache_bytes {stage.cache.used_bytes}\n" in text
    assert "facetry_log_lines_dropped_total 0\n" in text
    stage.lines()
    await stage.call("GET", "/p/a", token=shop)
    stage.log.flush()
    assert "facetry_log_lines_dropped_total 1\n" in stage.metrics.text().decode()


async def test_an_answer_counts_as_what_it_stands_for(stage):
    async def handler(scope, receive, exchange):
        return Answer(stands_for=503, code="201")

    stage.handler = handler
    assert (await stage.call("GET", "/p/a")).status == 200
    text = stage.metrics.text().decode()
    assert f'facetry_requests_total{{method="GET",route="{ROUTE}",status="5xx"}} 1\n' in text
    assert 'status="2xx"' not in text
    assert [line["status"] for line in stage.lines()] == [200]


async def test_requests_in_flight_are_counted(stage):
    held = asyncio.Event()

    async def handler(scope, receive, exchange):
        await held.wait()
        return json_answer({})

    stage.handler = handler
    tasks = [asyncio.create_task(stage.call("GET", f"/p/{n}")) for n in range(3)]
    await asyncio.sleep(0)
    assert "facetry_requests_in_flight 3\n" in stage.metrics.text().decode()
    tasks[0].cancel()
    held.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert "facetry_requests_in_flight 0\n" in stage.metrics.text().decode()
    assert [line["status"] for line in stage.lines()] == [0, 200, 200]


async def test_what_a_stop_cuts_off_is_answered_in_the_surfaces_form_and_is_no_fault(stage, caplog):
    calling = await begun(stage)
    assert await stage.gate.under_way.cut_off(10) == 1
    given = await calling
    assert (given.status, json.loads(given.body)["refused"]) == (500, 500)
    assert caplog.records == []
    assert [line["status"] for line in stage.lines()] == [500]


async def test_what_is_cancelled_without_a_stop_is_told_to_who_asked(stage):
    calling = await begun(stage)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert len(stage.gate.under_way) == 0


async def begun(stage):
    """Begin a call of what never answers."""
    arrived = asyncio.Event()

    async def handler(scope, receive, exchange):
        arrived.set()
        await asyncio.Event().wait()

    stage.handler = handler
    calling = asyncio.create_task(stage.call("GET", "/p/1"))
    await arrived.wait()
    return calling


async def make_known(stage, *tokens):
    """Have the layers before the router remember whose these are, as they do once each tenant is settled."""
    for token in [*tokens, *tokens]:
        await stage.call("GET", f"/p/{secrets.token_hex(4)}", token=token)


async def test_calls_of_one_tenant_wait_for_each_other_where_another_one_comes(stage, shop):
    other = await stage.add_tenant("other")
    held, begun = asyncio.Event(), []

    async def handler(scope, receive, exchange):
        begun.append(exchange.session.tenant)
        if exchange.session.tenant == "shop":
            await held.wait()
        return json_answer({})

    await make_known(stage, shop, other)
    stage.handler = handler
    calls = [asyncio.create_task(stage.call("PUT", f"/p/{n}", token=shop, body=[b"x"])) for n in range(AT_ONCE + 3)]
    await asyncio.sleep(0.01)
    assert begun == ["shop"] * AT_ONCE
    await stage.call("PUT", "/p/1", token=other, body=[b"x"])
    assert begun == [*["shop"] * AT_ONCE, "other"]
    calls[0].cancel()
    await asyncio.sleep(0.01)
    assert begun == [*["shop"] * AT_ONCE, "other", "shop"]
    held.set()
    assert [(await call).status for call in calls[1:]] == [200] * (AT_ONCE + 2)


async def test_a_place_is_free_again_as_soon_as_the_answer_begins(stage, shop):
    other = await stage.add_tenant("other")
    await make_known(stage, shop, other)

    async def parts():
        yield b"a"
        await asyncio.sleep(60)

    async def handler(scope, receive, exchange):
        return StreamAnswer(parts=parts(), media_type="text/plain")

    stage.handler = handler
    slow = [asyncio.create_task(stage.call("GET", f"/p/{n}", token=shop)) for n in range(AT_ONCE)]
    await asyncio.sleep(0.01)
    stage.handler = stage.product
    assert (await asyncio.wait_for(stage.call("PUT", "/p/1", token=shop, body=[b"x"]), 5)).status == 200
    # Nor does anybody's long work wait for who reads slowly.
    assert not CALLS.has_others("other")
    for call in slow:
        call.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_what_takes_long_on_purpose_keeps_no_place():
    stage = Stage(unshared=["/p/wait"])
    shop, other = await stage.add_tenant("shop"), await stage.add_tenant("other")
    await make_known(stage, shop, other)
    held = asyncio.Event()

    async def handler(scope, receive, exchange):
        await held.wait()
        return json_answer({})

    stage.handler = handler
    waiting = [asyncio.create_task(stage.call("GET", "/p/wait", token=shop)) for _ in range(AT_ONCE)]
    await asyncio.sleep(0.01)
    stage.handler = stage.product
    assert (await asyncio.wait_for(stage.call("PUT", "/p/1", token=shop, body=[b"x"]), 5)).status == 200
    held.set()
    await asyncio.gather(*waiting)
