"""How much a tenant feels of another one's flood: ``python -m bench.fairness [searches writes bulks]``.

A quiet tenant does something 25 times a second, first alone and then while 64 clients of another tenant do as much as
they can. Both have 4,000 products; one worker, without quotas.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec

from bench.bulk import bulk_rate, line
from bench.figures import Figure, table
from bench.load import Load, answer, closed_loop, connected
from bench.program import Server, command, machine
from bench.shapes.catalog import shape

CLIENTS = 64
RATE = 25.0
SECONDS = 8.0
LINES = 100
LIMIT = 2.0
"""So many times as long as alone may what the quiet tenant does take."""
SHARE = 0.004
_WORDS = ("gold", "ring", "white", "large", "small", "classic", "steel", "blue", "cotton", "light")
Requests = Callable[[str], Iterator[bytes]]


def measure(floods: tuple[str, ...] = ("searches", "writes", "bulks")) -> list[Figure]:
    """Return how long searches and writes of a quiet tenant take beside each flood."""
    server = Server()
    lines = [line(product) for group in shape("G", SHARE).groups() for product in group.products]
    tenants = [json.loads(_tenant(server, name)) for name in ("Flood", "Quiet")]
    with server:
        for tenant in tenants:
            server.tenant = tenant
            bulk_rate(server, lines)
        flood, quiet = (tenant["apiKey"] for tenant in tenants)
        return [figure for name in floods for figure in _figures(server, name, flood, quiet)]


def _tenant(server: Server, name: str) -> str:
    return command("tenant", "create", name, "--json", "--data", str(server.directory)).stdout


def _figures(server: Server, name: str, flood: str, quiet: str) -> Iterator[Figure]:
    for what in ("searches", "writes"):
        alone = _steady(server.port, KINDS[what](quiet))
        beside, load = _beside(server.port, KINDS[what](quiet), KINDS[name](flood))
        before, after = alone.percentile(0.95), beside.percentile(0.95)
        yield Figure(
            f"{what} of a quiet tenant beside a flood of {name} by {CLIENTS} clients of another",
            f"p95 {after:.1f} ms, alone {before:.1f} ms: {after / before:.1f} times "
            f"(p50 {beside.percentile(0.5):.1f} and {alone.percentile(0.5):.1f} ms); the flood got {load.rate:,.0f}/s, "
            f"p95 {load.percentile(0.95):.0f} ms",
            f"<= {LIMIT:.0f} times",
            ok=after <= LIMIT * before,
        )


def _steady(port: int, requests: Iterator[bytes]) -> Load:
    """Return what a client sees that asks at fixed times, and less often where it has to wait for that long."""
    latencies: list[float] = []
    start = time.perf_counter()
    with connected(port) as connection:
        while (begun := time.perf_counter()) < start + SECONDS:
            connection.sendall(next(requests))
            answer(connection)
            latencies.append(time.perf_counter() - begun)
            time.sleep(max(0.0, begun + 1 / RATE - time.perf_counter()))
    return Load(len(latencies), SECONDS, sorted(latencies), 0)


def _beside(port: int, quiet: Iterator[bytes], flood: Iterator[bytes]) -> tuple[Load, Load]:
    """Return what a quiet tenant saw beside a flood, and what that saw."""
    found: list[Load] = []

    def run() -> None:
        found.append(closed_loop(port, lambda _: flood, b"", connections=CLIENTS, processes=1, seconds=SECONDS + 2))

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(1.0)
    seen = _steady(port, quiet)
    thread.join()
    return seen, found[0]


def _searches(key: str) -> Iterator[bytes]:
    draw = random.Random(key)
    while True:
        words = " ".join(draw.sample(_WORDS, 2))
        asked = {"q": words, "limit": 10, "filter": f"price > {draw.random():.6f}", "facets": ["brand", "color"]}
        yield _request(key, "POST", "/v2/search", msgspec.json.encode(asked))


def _writes(key: str) -> Iterator[bytes]:
    for number in itertools.count():
        body = {"name": f"Ring {number}", "regular_price": number % 1000, "group_id": f"W{number % 200}"}
        yield _request(key, "PUT", f"/v2/products/W{number % 1000}", msgspec.json.encode(body))


def _bulks(key: str) -> Iterator[bytes]:
    for number in itertools.count():
        some = [{"sku": f"B{number % 50}-{at}", "name": f"Ring {number}"} for at in range(LINES)]
        body = b"\n".join(map(msgspec.json.encode, some))
        yield _request(key, "POST", "/v2/products:bulk?atomic=true", body, "application/x-ndjson")


def _request(key: str, method: str, target: str, body: bytes, kind: str = "application/json") -> bytes:
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


KINDS: Mapping[str, Requests] = {"searches": _searches, "writes": _writes, "bulks": _bulks}


if __name__ == "__main__":
    print(f"{machine()}\n\n{table(measure(tuple(sys.argv[1:]) or tuple(KINDS)))}")
