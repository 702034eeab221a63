"""The network between a test and its servers: it passes bytes on, and does each harm that it knows."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from tests.engines.network_proxy import NetworkProxy
from tools.engines.process import HOST

SECONDS = 5


@pytest.fixture
def echo():
    """Return the port of a server that sends back what it gets."""
    listener = socket.create_server((HOST, 0))

    def answer(connection):
        with connection:
            try:
                while piece := connection.recv(4096):
                    connection.sendall(piece)
            except OSError:
                return

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(SECONDS)


@pytest.fixture
def proxy(echo):
    with NetworkProxy(echo) as proxy:
        yield proxy


@pytest.fixture
def connection(proxy):
    with socket.create_connection((HOST, proxy.port), timeout=SECONDS) as connection:
        assert said(connection, b"first") == b"first"
        yield connection


def said(connection, text):
    connection.sendall(text)
    received = b""
    while len(received) < len(text):
        piece = connection.recv(4096)
        if not piece:
            break
        received += piece
    return received


def is_cut_off(connection):
    try:
        return said(connection, b"lost") == b""
    except ConnectionError:
        return True


def test_all_bytes_pass_and_the_end_too(proxy, connection):
    text = b"x" * 1_000_000
    sender = threading.Thread(target=connection.sendall, args=(text,))
    sender.start()
    received = 0
    while received < len(text):
        received += len(connection.recv(1 << 16))
    sender.join(SECONDS)
    connection.shutdown(socket.SHUT_WR)
    assert connection.recv(1) == b""
    assert proxy.connections == 1


def test_a_cut_breaks_connections_and_refuses_new_ones_until_healed(proxy, connection):
    proxy.cut()
    assert is_cut_off(connection)
    with socket.create_connection((HOST, proxy.port), timeout=SECONDS) as late:
        assert is_cut_off(late)
    proxy.heal()
    with socket.create_connection((HOST, proxy.port), timeout=SECONDS) as healed:
        assert said(healed, b"found") == b"found"


def test_what_stalled_arrives_once_it_is_healed(proxy, connection):
    proxy.stall()
    connection.sendall(b"late")
    connection.settimeout(0.2)
    with pytest.raises(TimeoutError):
        connection.recv(4)
    proxy.heal()
    connection.settimeout(SECONDS)
    assert connection.recv(4) == b"late"


def test_a_lost_connection_is_silent_for_ever(proxy, connection):
    proxy.lose()
    proxy.heal()
    connection.sendall(b"lost")
    connection.settimeout(0.2)
    with pytest.raises(TimeoutError):
        connection.recv(4)


@pytest.mark.parametrize(("latency", "pace"), [(0.1, 0), (0.0, 50_000)])
def test_a_slow_network_takes_its_time(proxy, connection, latency, pace):
    proxy.latency_seconds, proxy.bytes_per_second = latency, pace
    begun = time.monotonic()
    assert said(connection, b"x" * 5_000) == b"x" * 5_000
    assert 0.2 <= time.monotonic() - begun < 2
