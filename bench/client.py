"""The Client API's actions on products under load: lists brought in, searches by SKU, sales; one server, one worker.

``python -m bench.client`` prints the table.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from bench.figures import Figure, table
from bench.load import Load, closed_loop, send
from bench.program import Server, machine

SECONDS = 8.0
CONNECTIONS = 32
LIST = 100
SOLD = 2_000
STOCK = 1_000_000
OK = b'"code":100'
Calls = Callable[[int], Iterator[tuple[str, object]]]
"""Makes the endless actions of a process, each with its data, by its number."""


def measure() -> list[Figure]:
    """Return the rates of lists of products brought in, of searches by SKU and of sales."""
    server = Server()
    key = server.create_tenant()["accessKey"]
    with server:
        brought, import_cost = _load(server, key, _imports)
        _call(server, key, "product_import", [_product(f"S{n}") | {"quantity": STOCK} for n in range(SOLD)])
        found, search_cost = _load(server, key, _searches)
        sold, sale_cost = _load(server, key, _sales)
        listed = len(_call(server, key, "product_search", {"q": "gold"}))
    products = brought.answers * LIST
    expected = products + SOLD
    return [
        Figure(
            f"product_import in lists of {LIST}, searchable on answer",
            f"{brought.rate * LIST:,.0f} products/s, p99 {brought.percentile(0.99):.0f} ms a list, "
            f"{import_cost / LIST:.0f} µs of processor a product; "
            f"{listed:,} found afterwards of at least {expected:,}",
            ">= 4,000/s",
            ok=brought.rate * LIST >= 4000 and not brought.wrong and listed >= expected,
        ),
        Figure(
            "product_search by SKU",
            f"{found.rate:,.0f}/s, p99 {found.percentile(0.99):.1f} ms, {search_cost:.0f} µs of processor",
            ">= 3,000/s",
            ok=found.rate >= 3000 and not found.wrong,
        ),
        Figure(
            "product_sold, durable",
            f"{sold.rate:,.0f}/s, p99 {sold.percentile(0.99):.0f} ms, {sale_cost:.0f} µs of processor",
            ">= 1,500/s",
            ok=sold.rate >= 1500 and not sold.wrong,
        ),
    ]


def _load(server: Server, key: str, calls: Calls) -> tuple[Load, float]:
    """Return what the load saw, and the microseconds of processor time that each answer took the server."""

    def requests(process: int) -> Iterator[bytes]:
        for action, data in calls(process):
            yield _request(key, action, data)

    before = server.processor_seconds()
    load = closed_loop(server.port, requests, OK, connections=CONNECTIONS, processes=2, seconds=SECONDS)
    return load, (server.processor_seconds() - before) / load.answers * 1e6


def _imports(process: int) -> Iterator[tuple[str, object]]:
    for number in itertools.count():
        yield "product_import", [_product(f"P{process}N{number}X{at}") for at in range(LIST)]


def _searches(process: int) -> Iterator[tuple[str, object]]:
    for number in itertools.count(process):
        yield "product_search", {"sku": f"S{number % SOLD}"}


def _sales(process: int) -> Iterator[tuple[str, object]]:
    for number in itertools.count(process):
        yield "product_sold", {"sku": f"S{number % SOLD}", "quantity": 1}


def _product(sku: str) -> dict[str, object]:
    return {
        "sku": sku,
        "title": f"Gold ring {sku}",
        "description": "A hand made ring of gold with a round stone, polished and hallmarked.",
        "type": "ring",
        "collection": "Classics",
        "price": "1250.00",
        "quantity": "3",
        "tags": ["ring", "gold"],
        "images": [f"https://example.com/{sku}.jpg"],
        "metals": [{"name": "gold", "purity": "18kt", "weight": "3.2", "color": "yellow"}],
        "gemstones": [{"type": "2", "shape": "RB", "color": "G", "clarity": "VS1", "carat": "0.5"}],
        "additional": {"style": "solitaire"},
    }


def _request(key: str, action: str, data: object) -> bytes:
    body = urlencode({"auth": key, "action": action, "data": json.dumps(data, separators=(",", ":"))}).encode()
    head = (
        "POST /client/V1/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _call(server: Server, key: str, action: str, data: object) -> list[object]:
    """Do one call and return its data."""
    answer = json.loads(send(server.port, _request(key, action, data)))
    assert answer["status"]["code"] == 100, answer["status"]
    return list(answer["data"])


if __name__ == "__main__":
    print(f"{machine()}\n\n{table(measure())}")
