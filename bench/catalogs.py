"""A catalog of 100,000 products: its import, its searches over HTTP, its start, its memory."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.load import closed_loop, open_loop
from bench.product import KINDS, METALS, STONES, product, search
from bench.program import Server, free_port

PRODUCTS = 100_000
PRODUCTS_A_GROUP = 4
CLIENTS = 8
SECONDS = 8.0
OPEN_RATE = 50.0


def measure() -> list[Figure]:
    """Return the figures of one large catalog."""
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        directory = Path(folder) / "data"
        directory.mkdir()
        server = Server(directory=directory)
        server.create_tenant()
        figures = [*_import(server, _file(Path(folder)))]
        with server:
            pass  # The first start after an import may still have something to persist.
        server.port = free_port()
        with server:
            figures.append(_started(server))
            figures += _searches(server)
        return figures


def idle() -> list[Figure]:
    """Return the memory of a server that serves the demo catalog and nobody asks."""
    with Server("--demo") as server:
        time.sleep(5)
        memory = server.memory_megabytes()
    return [Figure("idle memory with the demo catalog (PSS)", f"{memory:.0f} MB", "<= 320 MB", ok=memory <= 320)]


def _file(folder: Path) -> Path:
    path = folder / "catalog.ndjson"
    with path.open("w") as file:
        for number in range(PRODUCTS):
            group = f"G{number // PRODUCTS_A_GROUP}"
            value = product(f"P{number}", group, is_main=number % PRODUCTS_A_GROUP == 0)
            file.write(json.dumps(value) + "\n")
    return path


def _import(server: Server, file: Path) -> list[Figure]:
    options = ["import", str(file), "--tenant", server.tenant["id"], "--data", str(server.directory), "--json"]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "facetry.cli.main", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    sizes: list[int] = []
    watcher = threading.Thread(target=_watch, args=(process.pid, sizes))
    watcher.start()
    printed = process.communicate()[0]
    seconds = time.perf_counter() - start
    watcher.join()
    stored = json.loads(printed)["stored"]
    growth = (max(sizes) - sizes[len(sizes) // 20]) / 1024
    rate = stored / seconds
    return [
        Figure(
            f"import of {PRODUCTS:,} products, start-up included",
            f"{rate:,.0f}/s, searchable",
            ">= 5,000/s",
            ok=rate >= 5000,
        ),
        Figure("memory growth during that import", f"{growth:.0f} MB", "< 300 MB", ok=growth < 300),
    ]


def _watch(pid: int, sizes: list[int]) -> None:
    """Note the resident memory in kB until the process ends."""
    status = Path(f"/proc/{pid}/status")
    while True:
        try:
            found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
        except OSError:
            return
        if found is None:
            return
        sizes.append(int(found[1]))
        time.sleep(0.05)


def _started(server: Server) -> Figure:
    return Figure(
        f"start with {PRODUCTS:,} products until ready",
        f"{server.ready_seconds:.1f} s",
        "<= 3 s",
        ok=server.ready_seconds <= 3,
    )


def _searches(server: Server) -> list[Figure]:
    token = server.login()

    def requests(process: int) -> Iterator[bytes]:
        draw = random.Random(process)
        for number in itertools.count():
            words = f"{draw.choice(METALS)} {draw.choice(STONES)} {draw.choice(KINDS)}"
            # A word of its own keeps each search out of the cache.
            yield search(token, f"{words} x{process}y{number}z{os.getpid()}")

    closed = closed_loop(server.port, requests, b'"aggregations"', connections=CLIENTS, processes=1, seconds=SECONDS)
    paced = open_loop(server.port, requests, rate=OPEN_RATE, seconds=SECONDS)
    return [
        Figure(
            f"uncached search with facets over HTTP, {CLIENTS} clients, p95",
            f"{closed.percentile(0.95):.1f} ms (p50 {closed.percentile(0.5):.1f} ms, {closed.rate:,.0f}/s)",
            "<= 60 ms",
            ok=closed.percentile(0.95) <= 60 and closed.wrong == 0,
        ),
        Figure(
            f"the same at {OPEN_RATE:.0f} requests/s, p99",
            f"{paced.percentile(0.99):.1f} ms (p50 {paced.percentile(0.5):.1f} ms)",
            "<= 25 ms",
            ok=paced.percentile(0.99) <= 25,
        ),
    ]
