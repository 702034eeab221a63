"""Products in bulk through ``/v2``, searchable on answer, beside what SQLite alone stores of them in the same run."""

from __future__ import annotations

import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import apsw
import msgspec

from bench.figures import Figure, table
from bench.program import Server
from bench.shapes.catalog import shape
from facetry.domain.money import SCALE
from facetry.domain.product import Product
from facetry.http.lines import CHUNK_LINES

PRODUCTS = 100_000
GOAL = 15_000
SHAPES = {"J1": "jewelry in many variants", "G": "goods in four variants", "J2P": "loose stones"}
_encode = msgspec.json.Encoder().encode


def measure() -> list[Figure]:
    """Return the rate of a bulk of each shape; the goal is that of jewelry."""
    return [_figure(name, about) for name, about in SHAPES.items()]


def _figure(name: str, about: str) -> Figure:
    products = islice((product for group in shape(name).groups() for product in group.products), PRODUCTS)
    lines = [line(product) for product in products]
    bare = bare_rate(lines)
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        server = Server(directory=Path(folder))
        server.create_tenant()
        with server:
            processor = server.processor_seconds()
            rate, last = bulk_rate(server, lines)
            processor = server.processor_seconds() - processor
    is_done = last == {"done": True, "lines": len(lines), "failed": 0, "revision": last["revision"]}
    size = sum(map(len, lines)) / len(lines)
    return Figure(
        f"bulk of {len(lines):,} products over HTTP ({about}, {size:.0f} bytes each)",
        f"{rate:,.0f}/s, searchable; {rate / bare:.2f} of bare SQLite ({bare:,.0f}/s); "
        f"{processor / len(lines) * 1e6:.0f} us of processor each",
        f">= {GOAL:,}/s" if name == "J1" else "none",
        ok=is_done and (rate >= GOAL or name != "J1"),
    )


def line(product: Product) -> bytes:
    """Return a product as a line of a bulk."""
    return _encode(
        {
            "sku": product.sku,
            "group_id": product.group_id,
            "is_main": product.is_main,
            "name": product.name,
            "description": product.description,
            "images": product.images,
            "search_keywords": product.search_keywords,
            "category": product.category,
            "brand": product.brand,
            "color": product.color,
            "size": product.size,
            "regular_price": _units(product.regular_price),
            "promotion_price": _units(product.promotion_price),
            "quantity": product.quantity,
            "active": product.active,
            "attributes": product.attributes,
        }
    )


def bulk_rate(server: Server, lines: Sequence[bytes]) -> tuple[float, dict[str, object]]:
    """Send lines while answers are read; return how many are answered a second, and the last answer."""
    body = b"\n".join(lines)
    head = (
        f"POST /v2/products:bulk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
        f"{server.tenant['apiKey']}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answer = bytearray()
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        sender = threading.Thread(target=connection.sendall, args=(head.encode() + body,))
        sender.start()
        while part := connection.recv(1 << 20):
            answer += part
        sender.join()
    seconds = time.perf_counter() - start
    last = answer[answer.rindex(b'{"done"') :].partition(b"\n")[0]
    return len(lines) / seconds, msgspec.json.decode(last)


def bare_rate(lines: Sequence[bytes]) -> float:
    """Return how many of these lines SQLite alone makes durable a second, found by SKU, in commits of a chunk."""
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        connection = apsw.Connection(str(Path(folder) / "bare.sqlite3"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, sku TEXT UNIQUE, doc BLOB)")
        start = time.perf_counter()
        for first in range(0, len(lines), CHUNK_LINES):
            with connection:
                some = enumerate(lines[first : first + CHUNK_LINES], first)
                connection.executemany("INSERT INTO bare VALUES (?, ?, ?)", [(n, f"P{n}", text) for n, text in some])
        rate = len(lines) / (time.perf_counter() - start)
        connection.close()
    return rate


def _units(price: int | None) -> float | None:
    return None if price is None else price / SCALE


if __name__ == "__main__":
    print(table([_figure(name, SHAPES[name]) for name in sys.argv[1:] or SHAPES]))
