"""Processor time of each part per request, and round trips per request."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.bulk import bulk_rate, line
from bench.figures import Figure
from bench.load import answer, connected
from bench.program import Server
from bench.scale_out.topology import Topology, topology
from bench.searches.requests import request
from bench.shapes.catalog import shape

SHARE = 0.01
SECONDS = 4.0
Requests = Callable[[str], Iterator[bytes]]


def measure() -> list[Figure]:
    """Return the figures of the embedded profile, and of one and two processes on one and three nodes."""
    figures = [*_embedded()]
    for serving, nodes in ((1, 1), (2, 1), (1, 3)):
        name = f"{serving} process{'es' if serving > 1 else ''}, {nodes} node{'s' if nodes > 1 else ''}"
        with _temporary() as folder, topology(folder, serving=serving, nodes=nodes) as found:
            _load(found.serving[0])
            figures += [_costs(found, name, kind, requests) for kind, requests in KINDS.items()]
    with _temporary() as folder, topology(folder, counted=True) as found:
        _load(found.serving[0])
        figures += [_trips(found, kind, requests) for kind, requests in KINDS.items()]
    return figures


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as name:
        yield Path(name)


def _load(server: Server) -> None:
    bulk_rate(server, [line(product) for group in shape("J1", SHARE).groups() for product in group.products])


def _embedded() -> Iterator[Figure]:
    server = Server()
    server.create_tenant()
    with server:
        _load(server)
        for kind, requests in KINDS.items():
            before = server.processor_seconds()
            count, seconds = _asked([server], requests)
            spent = (server.processor_seconds() - before) / count
            yield _figure(f"embedded: {kind}", {"serve": spent}, count / seconds)


def _costs(found: Topology, name: str, kind: str, requests: Requests) -> Figure:
    before = found.processor_seconds()
    count, seconds = _asked(found.serving, requests)
    after = found.processor_seconds()
    spent = {part: (after[part] - before[part]) / count for part in after}
    return _figure(f"{name}: {kind}", spent, count / seconds)


def _trips(found: Topology, kind: str, requests: Requests) -> Figure:
    """Return how many requests to engines one request makes, of the last of some."""
    server = found.serving[0]
    made = requests(server.tenant["apiKey"])
    with connected(server.port) as connection:
        for _ in range(5):
            connection.sendall(next(made))
            answer(connection)
            time.sleep(0.2)
        found.requests()
        connection.sendall(next(made))
        answer(connection)
    counted = {name: dict(names) for name, names in found.requests().items() if names}
    told = "; ".join(
        f"{name}: " + ", ".join(f"{n} x {what}" for what, n in names.items()) for name, names in counted.items()
    )
    return Figure(f"requests to engines for one {kind}", told or "none", "", ok=True)


def _figure(name: str, spent: dict[str, float], rate: float) -> Figure:
    parts = ", ".join(f"{part} {seconds * 1e3:.2f}" for part, seconds in spent.items())
    total = sum(spent.values()) * 1e3
    return Figure(
        f"{name}, processor ms a request", f"{total:.2f} ({parts}); {rate:,.0f}/s one after another", "", ok=True
    )


def _asked(servers: Sequence[Server], requests: Requests) -> tuple[int, float]:
    """Ask one process after another without pause; return how often, and for how long."""
    count = 0
    began = time.perf_counter()
    connections = [connected(server.port) for server in servers]
    made = requests(servers[0].tenant["apiKey"])
    for connection in itertools.cycle(connections):
        if time.perf_counter() - began > SECONDS:
            break
        connection.sendall(next(made))
        head = answer(connection)
        assert b'"status":' not in head, head
        count += 1
    for connection in connections:
        connection.close()
    return count, time.perf_counter() - began


def _get(key: str, *paths: str) -> Iterator[bytes]:
    for path in itertools.cycle(paths):
        yield f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def _sent(key: str, method: str, path: str, body: object) -> bytes:
    text = msgspec.json.encode(body)
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(text) + text


def _cached_read(key: str) -> Iterator[bytes]:
    return _get(key, f"/v2/products/{_skus()[0]}")


def _read(key: str) -> Iterator[bytes]:
    return _get(key, *(f"/v2/products/{sku}" for sku in _skus()))


def _search(key: str) -> Iterator[bytes]:
    # Another page of the same questions, so that no answer was given before.
    for offset in itertools.count():
        for question in shape("J1", SHARE).questions(100, "faceted"):
            yield _sent(key, "POST", "/v2/search", {**request(question), "offset": offset})


def _write(key: str) -> Iterator[bytes]:
    for number in itertools.count():
        product = {"name": f"Ring {number}", "group_id": f"w{number % 100}", "regular_price": 10.0}
        yield _sent(key, "PUT", f"/v2/products/bench-{number % 500}", product)


def _skus() -> list[str]:
    return [product.sku for group in itertools.islice(shape("J1", SHARE).groups(), 20) for product in group.products]


KINDS: dict[str, Requests] = {
    "cached read of a product": _cached_read,
    "read of a product": _read,
    "search with 12 facets": _search,
    "write of a product": _write,
}
