"""What depends on the server: the layers behind a real one, over loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import NamedTuple

import pytest
from granian.server.embed import Server

from facetry.http.answer import json_answer
from tests.unit.http.stage import Stage

pytestmark = pytest.mark.anyio


class Raw(NamedTuple):
    status: int
    headers: dict
    body: bytes


class Client:
    """One connection."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self, *, head=False):
        """Return the next response."""
        text = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        first, *lines = text.decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        bare = head or first.split()[1] == "304"
        body = await self.reader.readexactly(0 if bare else int(headers.get("content-length", 0)))
        return Raw(int(first.split()[1]), headers, body)

    async def request(self, method, target, *, headers=(), body=b""):
        text = [f"{method} {target} HTTP/1.1", "host: here", *(f"{name}: {value}" for name, value in headers)]
        if body:
            text.append(f"content-length: {len(body)}")
        await self.send("\r\n".join([*text, "", ""]).encode("latin-1") + body)
        return await self.receive(head=method == "HEAD")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
async def stage(anyio_backend):
    stage = Stage()
    stage.token = await stage.add_tenant("shop")
    stage.port = free_port()
    server = Server(
        stage.gate, interface="asginl", address="127.0.0.1", port=stage.port, websockets=False, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", stage.port)
            writer.close()
            break
        await asyncio.sleep(0.01)
    yield stage
    server.stop()
    await asyncio.wait_for(serving, 10)
    stage.writer.close()


@pytest.fixture
async def connect(stage):
    writers = []

    async def open_one():
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        writers.append(writer)
        return Client(reader, writer)

    yield open_one
    for writer in writers:
        writer.close()


async def warm(client, stage):
    for _ in range(3):
        given = await client.request("GET", "/p/a", headers=[("x-access-token", stage.token)])
    return given


async def test_head_and_304_on_one_connection(stage, connect):
    client = await connect()
    full = await warm(client, stage)
    token = ("x-access-token", stage.token)
    for _ in range(2):
        bare = await client.request("HEAD", "/p/a", headers=[token])
        assert (bare.status, bare.body) == (200, b"")
        assert bare.headers["content-length"] == full.headers["content-length"] == str(len(full.body))
        assert bare.headers["etag"] == full.headers["etag"]
        unchanged = await client.request("GET", "/p/a", headers=[token, ("if-none-match", full.headers["etag"])])
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert "content-type" not in unchanged.headers
        assert unchanged.headers["etag"] == full.headers["etag"]
    coded = await client.request("GET", "/p/a", headers=[token, ("accept-encoding", "gzip")])
    assert (coded.headers["content-encoding"], len(coded.body)) == ("gzip", int(coded.headers["content-length"]))
    assert stage.calls == 2


async def test_raw_paths_reach_the_router_as_they_were_sent(stage, connect):
    client = await connect()
    targets = ["/p/a%2Fb", "/p/a%252Fb", "/p/a//b", "/p/../x", "/p/a%2F/", "/p/%ff", "/p/\u00c3\u00a9", "/p/a+b?q=%2F"]
    for target in targets:
        await client.request("GET", target)
    assert [scope["path"] for scope in stage.scopes] == [
        "/p/a%2Fb",
        "/p/a%252Fb",
        "/p/a//b",
        "/p/../x",
        "/p/a%2F",
        "/p/%ff",
        "/p/\u00c3\u00a9",
        "/p/a+b",
    ]


async def test_a_declared_body_that_is_too_large_is_refused_before_it_is_sent(stage, connect):
    client = await connect()
    await client.send(b"POST /p HTTP/1.1\r\nhost: here\r\ncontent-length: 50000000\r\n\r\n")
    given = await client.receive()
    assert (given.status, given.body[:14]) == (413, b'{"refused":413')


async def test_a_client_that_sends_too_much_regardless_can_read_the_refusal(stage, connect):
    client = await connect()
    await client.send(b"POST /p HTTP/1.1\r\nhost: here\r\ncontent-length: 3000000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await client.send(b"x" * 3_000_000)
    assert (await client.receive()).status == 413
    assert stage.calls == 0


async def test_a_body_in_chunks_is_counted(stage, connect):
    client = await connect()
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    await client.send(b"POST /p HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(17):
            await client.send(chunk)
    assert (await client.receive()).status == 413
    assert stage.calls == 0


async def test_a_body_in_chunks_arrives_whole(stage, connect):
    async def handler(scope, receive, exchange):
        message = await receive()
        return json_answer({"bytes": len(message["body"]), "more": message["more_body"]})

    stage.handler = handler
    client = await connect()
    await client.send(b"POST /p HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(3):
        await client.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await asyncio.sleep(0.01)
    await client.send(b"0\r\n\r\n")
    assert (await client.receive()).body == b'{"bytes":196608,"more":false}'


async def test_a_client_that_leaves_in_the_middle_of_its_body_reaches_no_handler(stage, connect):
    client = await connect()
    await client.send(b"POST /p HTTP/1.1\r\nhost: here\r\ncontent-length: 1000\r\n\r\nhalf")
    await asyncio.sleep(0.05)
    client.writer.close()
    for _ in range(100):
        stage.log.flush()
        if stage.output.getvalue():
            break
        await asyncio.sleep(0.01)
    assert stage.calls == 0
    assert stage.lines()[-1]["status"] == 400


async def test_chunks_that_are_none_are_refused_in_the_surfaces_form(stage, connect):
    client = await connect()
    await client.send(b"POST /p HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nhalf\r\n0\r\n\r\n")
    given = await client.receive()
    assert (given.status, given.body[:16]) == (400, b'{"refused":400,"')
    assert stage.calls == 0


async def test_a_client_that_leaves_before_the_answer_harms_nobody(stage, connect):
    held = asyncio.Event()
    product = stage.product

    async def slow(scope, receive, exchange):
        await held.wait()
        return await product(scope, receive, exchange)

    client, other = await connect(), await connect()
    await warm(client, stage)
    stage.handler = slow
    request = f"GET /p/b HTTP/1.1\r\nhost: here\r\nx-access-token: {stage.token}\r\n\r\n".encode()
    await client.send(request)
    await asyncio.sleep(0.05)
    await other.send(request)
    await asyncio.sleep(0.05)
    client.writer.close()
    await asyncio.sleep(0.05)
    held.set()
    assert (await other.receive()).status == 200


async def test_a_failure_leaves_the_connection_usable(stage, connect):
    async def handler(scope, receive, exchange):
        raise RuntimeError("inside")

    client = await connect()
    product, stage.handler = stage.product, handler
    failed = await client.request("POST", "/p", body=b"abc")
    assert (failed.status, failed.body) == (500, b'{"refused":500,"id":"%s"}' % failed.headers["x-request-id"].encode())
    stage.handler = product
    assert (await client.request("GET", "/p/a", headers=[("x-access-token", stage.token)])).status == 200


async def test_thirty_two_connections_at_once(stage, connect):
    clients = [await connect() for _ in range(32)]
    token = ("x-access-token", stage.token)

    async def read(client, number):
        return [await client.request("GET", f"/p/{number % 4}", headers=[token]) for _ in range(20)]

    answers = await asyncio.gather(*(read(client, number) for number, client in enumerate(clients)))
    for number, given in enumerate(answers):
        assert {(each.status, f'"sku": "{number % 4}"'.encode() in each.body) for each in given} == {(200, True)}
    ids = [each.headers["x-request-id"] for given in answers for each in given]
    assert len(set(ids)) == 640
