"""The proxy that counts requests knows where each begins and ends, and what it is called."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest
from redis import Redis

from tools.engines.counting import CountingProxy, http_request, mongodb_request, redis_request
from tools.engines.process import HOST

MESSAGE = b"\x00\x00\x00\x00\x00\x10\x00\x00\x00\x10ping\x00\x01\x00\x00\x00\x00"


def mongodb(body, opcode=2013):
    return (16 + len(body)).to_bytes(4, "little") + bytes(8) + opcode.to_bytes(4, "little") + body


@pytest.mark.parametrize(
    ("read", "request_bytes", "name"),
    [
        (mongodb_request, mongodb(MESSAGE), "ping"),
        (mongodb_request, mongodb(b"whatever", 2004), "hello"),
        (http_request, b"GET /a?b=c HTTP/1.1\r\nhost: x\r\n\r\n", "GET /a"),
        (http_request, b"POST /_bulk HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", "POST /_bulk"),
        (redis_request, b"*2\r\n$3\r\nget\r\n$1\r\na\r\n", "GET"),
        (redis_request, b"*1\r\n$4\r\nPING\r\n", "PING"),
    ],
)
def test_a_request_is_named_once_it_is_whole(read, request_bytes, name):
    for size in range(len(request_bytes)):
        assert read(request_bytes[:size]) is None
    assert read(request_bytes) == (name, len(request_bytes))
    assert read(request_bytes * 2) == (name, len(request_bytes))


def test_requests_of_a_real_client_are_counted(redis_url):
    port = int(redis_url.rpartition(":")[2])
    with CountingProxy("redis", port) as proxy, Redis(HOST, proxy.port) as client:
        client.ping()
        proxy.taken()
        with client.pipeline(transaction=False) as pipeline:
            pipeline.get("a").get("b").set("facetry-test-counting", "x" * 100_000, px=1).execute()
        assert proxy.taken() == {"GET": 2, "SET": 1}
        assert proxy.taken() == {}


def test_it_ends_with_connections_open(redis_url):
    with CountingProxy("redis", int(redis_url.rpartition(":")[2])) as proxy:
        connection = socket.create_connection((HOST, proxy.port), timeout=10)
        connection.sendall(b"*1\r\n$4\r\nPING\r\n")
        assert connection.recv(100) == b"+PONG\r\n"
        connection.sendall(b"*1\r\n$4\r\nPI")
    with connection, suppress(ConnectionResetError):
        assert connection.recv(1) == b""
