"""Bulks of a real server: clients that are slow, gone or many, and a server that is killed."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.program import Program, new_tenant, together

SECONDS = 20


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    data = tmp_path_factory.mktemp("bulk") / "data"
    tenant = new_tenant(data)
    with Program(data) as server:
        yield server, tenant


class Bulk:
    """One bulk under way."""

    def __init__(self, shop, length=None, query="", room=None):
        server, tenant = shop
        self.connection = socket.socket()
        self.connection.settimeout(SECONDS)
        if room:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        self.connection.connect(("127.0.0.1", server.port))
        kind = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
        self.connection.sendall(
            f"POST /v2/products:bulk{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: Bearer {tenant['apiKey']}\r\nContent-Type: application/x-ndjson\r\n{kind}\r\n\r\n".encode()
        )
        self.answer = b""

    def send(self, *lines):
        body = body_of(*lines)
        self.connection.sendall(b"%x\r\n%b\r\n" % (len(body), body))

    def end(self):
        self.connection.sendall(b"0\r\n\r\n")

    def until(self, text):
        while text not in self.answer:
            part = self.connection.recv(1 << 16)
            assert part, self.answer[-500:]
            self.answer += part
        return self.answer

    def results(self):
        """Return all lines of the answer, read to its end or to where it was cut off."""
        try:
            while part := self.connection.recv(1 << 20):
                self.answer += part
        except OSError:
            pass
        self.connection.close()
        return [json.loads(line) for line in self.answer.splitlines() if line.startswith(b"{") and line.endswith(b"}")]


def body_of(*lines):
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def product(sku, **fields):
    return {"sku": sku, "name": "Ring", **fields}


def sent_until_stuck(connection, body):
    """Send as much of a body as is taken, and return how much that is."""
    sent = 0
    try:
        while sent < len(body):
            sent += connection.send(body[sent : sent + 100_000])
    except TimeoutError:
        pass
    return sent


def call(shop, method, path):
    server, tenant = shop
    with server.connect() as connection:
        return connection(method, path, headers={"authorization": f"Bearer {tenant['apiKey']}"})


def test_who_waits_for_answers_gets_them(shop):
    bulk = Bulk(shop)
    for number in range(3):
        bulk.send(product(f"W-{number}"))
        bulk.until(b'"sku":"W-%d"' % number)
    bulk.end()
    assert bulk.results()[-1] | {"revision": 0} == {"done": True, "lines": 3, "failed": 0, "revision": 0}


def test_who_sends_slowly_is_waited_for(shop):
    body = body_of(product("S-1"), product("S-2"))
    bulk = Bulk(shop, len(body))
    for place in range(0, len(body), 7):
        bulk.connection.sendall(body[place : place + 7])
        time.sleep(0.005)
    assert [one.get("status") for one in bulk.results()] == [201, 201, None]


def test_who_does_not_read_is_not_read_from(shop):
    # Both the body and its answers are longer than what the server's end of the connection may hold (32 and 4 MiB).
    lines = 20_000
    body = body_of({"op": "delete", "sku": "x" * 500})[:-1] + b" " * 2_000 + b"\n"
    body *= lines
    bulk = Bulk(shop, len(body), room=1 << 16)
    bulk.connection.settimeout(1.5)
    sent = sent_until_stuck(bulk.connection, body)
    assert sent < len(body)
    bulk.connection.settimeout(SECONDS)
    sender = threading.Thread(target=bulk.connection.sendall, args=(body[sent:],))
    sender.start()
    results = bulk.results()
    sender.join()
    assert (len(results), results[-1]["done"], results[-1]["failed"]) == (lines + 1, True, lines)


def test_what_came_whole_from_a_client_that_left_is_done(shop):
    bulk = Bulk(shop)
    bulk.send(product("L-1"))
    bulk.until(b'"sku":"L-1"')
    bulk.send(product("L-2"))
    line = body_of(product("L-3"))[:-1]
    bulk.connection.sendall(b"%x\r\n%b\r\n" % (len(line), line))
    bulk.connection.close()
    deadline = time.monotonic() + SECONDS
    while call(shop, "GET", "/v2/products/L-2").status != 200:
        assert time.monotonic() < deadline
    time.sleep(0.1)
    assert call(shop, "GET", "/v2/products/L-3").status == 404


def test_many_at_once_are_each_answered_in_order(shop):
    body = body_of(product("M-read"))
    bulk = Bulk(shop, len(body))
    bulk.connection.sendall(body)
    assert bulk.results()[0]["status"] == 201

    def load(number):
        body = body_of(*(product(f"M{number}-{n}") for n in range(700)))
        bulk = Bulk(shop, len(body))
        threading.Thread(target=bulk.connection.sendall, args=(body,)).start()
        return bulk.results()

    waits = []
    is_over = threading.Event()

    def watch():
        while not is_over.is_set():
            began = time.monotonic()
            assert call(shop, "GET", "/v2/products/M-read").status == 200
            waits.append(time.monotonic() - began)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number, results in enumerate(together(10, load)):
        assert [one.get("sku") for one in results] == [*(f"M{number}-{n}" for n in range(700)), None]
        assert {one["status"] for one in results[:-1]} == {201}
        assert results[-1]["done"] is True
    is_over.set()
    watcher.join()
    assert sorted(waits)[len(waits) // 2] < 0.5


def test_what_was_answered_survives_a_kill(shop):
    server, _ = shop
    bulk = Bulk(shop)
    sender = threading.Thread(target=_send_for_ever, args=(bulk,))
    sender.start()
    bulk.until(b'"line":1500,')
    server.kill()
    answered = {one["sku"] for one in bulk.results() if one.get("status") == 201}
    sender.join()
    assert len(answered) >= 1500
    server.start()
    assert {one["sku"] for one in _all_products(shop)} >= answered


def _send_for_ever(bulk):
    try:
        for start in range(0, 10_000_000, 100):
            bulk.send(*(product(f"K-{start + n}") for n in range(100)))
    except OSError:
        pass


def _all_products(shop):
    after = ""
    while True:
        page = call(shop, "GET", f"/v2/products?limit=1000{after}").json
        yield from page["items"]
        if "next" not in page:
            return
        after = f"&after={page['next']}"


@pytest.mark.slow
def test_a_body_of_a_gigabyte_needs_little_memory(shop):
    server, _ = shop
    line = b'{"sku": "BIG", "name": "x", "description": "%b"}\n' % (b"d" * 100_000)
    lines = (1 << 30) // len(line)
    bulk = Bulk(shop, lines * len(line), "?results=failed")
    before = _resident_megabytes(server.pid)
    highest = before
    for number in range(lines):
        bulk.connection.sendall(line)
        if number % 500 == 0:
            highest = max(highest, _resident_megabytes(server.pid))
    results = bulk.results()
    assert (results[-1]["lines"], results[-1]["failed"]) == (lines, 0)
    assert highest - before < 300


def _resident_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
