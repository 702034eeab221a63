"""Cached reads against a bare Granian that answers the same bytes; needs ``wrk``."""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure
from bench.load import closed_loop
from bench.product import post, product
from bench.program import Server, free_port

PAIRS = 3
GOALS = {"product": 0.6, "group": 0.55, "search": 0.5}
PATHS = {
    "product": "/catalog/v1/products/S001",
    "group": "/catalog/v1/productgroups/G000",
    "search": "/search/v1/search?q=ring&facets=true",
}


def measure() -> list[Figure]:
    """Return one ratio for each kind of read."""
    if shutil.which("wrk") is None:
        return [Figure("cached reads", "not measured: wrk is not installed", "", ok=False)]
    server = Server()
    server.create_tenant()
    with server:
        token = server.login()
        _fill(server, token)
        return [_ratio(kind, server, token) for kind in PATHS]


def _fill(server: Server, token: str) -> None:
    values = [product(f"S{i:03}", f"G{i // 5:03}", is_main=i % 5 == 0) for i in range(200)]
    for value in values:
        value["name"] = f"ring {value['name']}"

    def requests(_: int) -> Iterator[bytes]:
        yield from (post(token, value) for value in values)
        yield from iter(lambda: post(token, values[0]), None)

    closed_loop(server.port, requests, b"", connections=1, processes=1, seconds=2)


def _ratio(kind: str, server: Server, token: str) -> Figure:
    with _bare(server.get(PATHS[kind], token)) as bare:
        _wrk(server.port, PATHS[kind], token)
        pairs = [(_wrk(server.port, PATHS[kind], token), _wrk(bare, "/", token)) for _ in range(PAIRS)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    return Figure(
        f"GET {kind}, cached",
        f"{ratio:.2f} of bare Granian ({ours / 1000:.1f}k/s of {theirs / 1000:.1f}k/s)",
        f">= {GOALS[kind]}",
        ok=ratio >= GOALS[kind],
    )


@contextmanager
def _bare(body: bytes) -> Iterator[int]:
    """Serve these bytes with nothing but Granian, and yield the port."""
    port, granian, bare = free_port(), Path(sys.executable).with_name("granian"), "bench.bare:application"
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        process = subprocess.Popen(
            [
                granian,
                *["--interface", "asgi", "--workers", "1", "--no-access-log", "--log-level", "error", "--port"],
                str(port),
                bare,
            ],
            env={**os.environ, "BARE_BODY": file.name},
        )
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _wrk(port: int, path: str, token: str) -> float:
    """Return answers a second over two seconds and 32 connections."""
    options = ["-t1", "-c32", "-d2s", "-H", f"x-access-token: {token}", f"http://127.0.0.1:{port}{path}"]
    printed = subprocess.run(["wrk", *options], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in printed:
        raise RuntimeError(printed)
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    assert found is not None
    return float(found[1])
