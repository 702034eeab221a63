"""How much a tenant feels of another one's flood: ``python -m bench.fairness [searches writes bulks]``.

A quiet tenant does something 25 times a second: alone, while 64 clients of another tenant do as much as they can, and
while those flood another server of this machine. The last tells what keeping its processors busy costs by itself,
with nothing shared but them; what is above that is the server's doing. All tenants have 4,000 products; one worker
each, without quotas.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

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
RESULTS = Path(__file__).with_name("FAIRNESS.md")
PREFACE = """# Fairness

Made by `python -m bench.fairness`: 64 clients of one tenant flood a server with one worker and no quotas, and another
tenant asks or writes 25 times a second. The second ratio is to the same beside a flood of another server of this
machine, whose clients and server keep its processors as busy, and share nothing else: what that costs is the machine's.
"""
Requests = Callable[[str], Iterator[bytes]]


class Felt(NamedTuple):
    """What a quiet tenant felt of a flood."""

    what: str
    flood: str
    alone: Load
    elsewhere: Load
    """Beside the flood of another server on this machine."""
    beside: Load
    """Beside the flood of another tenant of its server."""
    got: Load
    """What the flood beside it got."""

    def figure(self) -> Figure:
        """Return it as a line of a table; the goal is against alone."""
        loads = (self.beside, self.alone, self.elsewhere)
        after, before, machines = (load.percentile(0.95) for load in loads)
        middle = ", ".join(f"{load.percentile(0.5):.1f}" for load in loads)
        return Figure(
            f"{self.what} of a quiet tenant beside a flood of {self.flood} by {CLIENTS} clients of another",
            f"p95 {after:.1f} ms: {after / before:.1f} times {before:.1f} ms alone, {after / machines:.1f} times "
            f"{machines:.1f} ms beside the flood of another server (p50 {middle} ms); "
            f"the flood got {self.got.rate:,.0f}/s, p95 {self.got.percentile(0.95):.0f} ms",
            f"<= {LIMIT:.0f} times alone",
            ok=after <= LIMIT * before,
        )


class _Client(NamedTuple):
    """Somebody who calls a server."""

    port: int
    key: str


def measure(floods: tuple[str, ...] = ("searches", "writes", "bulks"), seconds: float = SECONDS) -> list[Felt]:
    """Return how long searches and writes of a quiet tenant take beside each flood, looked at for so long."""
    here, there = Server(), Server()
    with _serving(here, "Flood", "Quiet") as (flood, quiet), _serving(there, "Flood") as (elsewhere,):
        kinds = [(what, name) for name in floods for what in ("searches", "writes")]
        return [_felt(what, name, quiet, elsewhere, flood, seconds) for what, name in kinds]


@contextlib.contextmanager
def _serving(server: Server, *names: str) -> Iterator[list[_Client]]:
    """Serve tenants of these names, each with products of its own."""
    lines = [line(product) for group in shape("G", SHARE).groups() for product in group.products]
    made = [command("tenant", "create", name, "--json", "--data", str(server.directory)).stdout for name in names]
    tenants = [json.loads(output) for output in made]
    with server:
        for tenant in tenants:
            server.tenant = tenant
            bulk_rate(server, lines)
        yield [_Client(server.port, tenant["apiKey"]) for tenant in tenants]


def _felt(what: str, name: str, quiet: _Client, elsewhere: _Client, flood: _Client, seconds: float) -> Felt:
    def steady() -> Load:
        return _steady(quiet.port, KINDS[what](quiet.key), seconds)

    alone = steady()
    there, _ = _during(steady, elsewhere, name, seconds)
    beside, got = _during(steady, flood, name, seconds)
    return Felt(what, name, alone, there, beside, got)


def _steady(port: int, requests: Iterator[bytes], seconds: float) -> Load:
    """Return what a client sees that asks at fixed times, and less often where it has to wait for that long."""
    latencies: list[float] = []
    start = time.perf_counter()
    with connected(port) as connection:
        while (begun := time.perf_counter()) < start + seconds:
            connection.sendall(next(requests))
            answer(connection)
            latencies.append(time.perf_counter() - begun)
            time.sleep(max(0.0, begun + 1 / RATE - time.perf_counter()))
    return Load(len(latencies), seconds, sorted(latencies), 0)


def _during(steady: Callable[[], Load], flood: _Client, name: str, seconds: float) -> tuple[Load, Load]:
    """Return what a quiet tenant saw while a flood went on, and what that saw."""
    found: list[Load] = []

    def run() -> None:
        made = KINDS[name](flood.key)
        found.append(
            closed_loop(flood.port, lambda _: made, b"", connections=CLIENTS, processes=1, seconds=seconds + 2)
        )

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(1.0)
    seen = steady()
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


def main() -> None:
    """Measure beside the floods that are named, or all; only a run of all is written down."""
    chosen = tuple(sys.argv[1:]) or tuple(KINDS)
    text = table([felt.figure() for felt in measure(chosen)])
    print(text)
    if chosen == tuple(KINDS):
        RESULTS.write_text(f"{PREFACE}\n{machine()}, {dt.datetime.now(dt.UTC).date()}\n\n{text}")


if __name__ == "__main__":
    main()
