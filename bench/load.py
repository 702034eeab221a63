"""Load generators over kept-alive connections: closed loop in processes of their own, and open loop."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Load(NamedTuple):
    """What a load saw: answers, seconds it ran, the latencies in seconds, ascending, and answers that were wrong."""

    answers: int
    seconds: float
    latencies: list[float]
    wrong: int

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds below which this share of the answers stays."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] * 1000


Requests = Callable[[int], Iterator[bytes]]
"""Makes the endless requests of a process, by its number."""


def closed_loop(
    port: int, requests: Requests, expected: bytes, *, connections: int, processes: int, seconds: float
) -> Load:
    """Keep every connection busy: a new request as soon as the last is answered.

    Args:
        port: Of the server, on this machine.
        requests: What each process sends.
        expected: What a right answer's body contains.
        connections: Over all processes.
        processes: How many share the work of generating it.
        seconds: How long.
    """
    queue: multiprocessing.Queue[Load] = multiprocessing.Queue()
    share = _Share(port, expected, connections // processes, seconds)
    workers = [multiprocessing.Process(target=_run, args=(share, requests(n), queue)) for n in range(processes)]
    for worker in workers:
        worker.start()
    loads = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    latencies = sorted(latency for load in loads for latency in load.latencies)
    return Load(sum(load.answers for load in loads), seconds, latencies, sum(load.wrong for load in loads))


def open_loop(port: int, requests: Requests, *, rate: float, seconds: float) -> Load:
    """Send at fixed times, whatever the server does; latency counts from the planned time."""
    latencies = []
    made = requests(0)
    start = time.perf_counter()
    with connected(port) as connection:
        for number in range(int(rate * seconds)):
            planned = start + number / rate
            time.sleep(max(0.0, planned - time.perf_counter()))
            connection.sendall(next(made))
            answer(connection)
            latencies.append(time.perf_counter() - planned)
    return Load(len(latencies), seconds, sorted(latencies), 0)


def send(port: int, request: bytes) -> bytes:
    """Return the body of the answer to one request."""
    with connected(port) as connection:
        connection.sendall(request)
        return answer(connection)


class _Share(NamedTuple):
    """What one process of a closed loop has to do."""

    port: int
    expected: bytes
    connections: int
    seconds: float


def _run(share: _Share, made: Iterator[bytes], queue: multiprocessing.Queue[Load]) -> None:
    selector = selectors.DefaultSelector()
    for _ in range(share.connections):
        connection = connected(share.port)
        connection.sendall(next(made))
        selector.register(connection, selectors.EVENT_READ, [time.perf_counter(), b""])
    latencies: list[float] = []
    wrong = 0
    end = time.perf_counter() + share.seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(1):
            connection, state = key.fileobj, key.data
            assert isinstance(connection, socket.socket)
            state[1] += connection.recv(1 << 17)
            body = _body(state[1])
            if body is None:
                continue
            wrong += share.expected not in body
            latencies.append(time.perf_counter() - state[0])
            state[:] = [time.perf_counter(), b""]
            connection.sendall(next(made))
    queue.put(Load(len(latencies), share.seconds, latencies, wrong))


def connected(port: int) -> socket.socket:
    """Return a new connection to the server."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return the body of the next answer."""
    received = b""
    while (body := _body(received)) is None:
        received += connection.recv(1 << 17)
    return body


def _body(received: bytes) -> bytes | None:
    """Return the body of an answer once it is whole; one that is streamed with the lengths of its parts."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return None
    if b"content-length:" not in head.lower():
        return body if body.endswith(b"0\r\n\r\n") else None
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return body if len(body) >= length else None
