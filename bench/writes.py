"""Durable posts of new products, each searchable on answer, beside what SQLite alone commits in the same run."""

from __future__ import annotations

import itertools
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import apsw

from bench.figures import Figure
from bench.load import Load, closed_loop
from bench.product import post, product
from bench.program import Server

SECONDS = 8.0
CONNECTIONS = 32
GROUP_COMMIT = 16


def measure() -> list[Figure]:
    """Return the rate of durable posts, their latency, and the baseline."""
    alone, together = sqlite_rate(1), sqlite_rate(GROUP_COMMIT)
    server = Server()
    server.create_tenant()
    with server:
        token = server.login()
        load = _post(server, token)
        found = json.loads(server.get("/search/v1/search?q=hand&qfield=description", token))["hits"]["total"]["value"]
    groups = sum(-(-count // 4) for count in _per_process(load))
    return [
        Figure(
            "POST of new products, durable and searchable",
            f"{load.rate:,.0f}/s; {load.rate / together:.2f} of bare SQLite in commits of {GROUP_COMMIT} "
            f"({together:,.0f}/s; one by one {alone:,.0f}/s)",
            ">= 1,500/s",
            ok=load.rate >= 1500 and load.wrong == 0,
        ),
        Figure(
            "post to searchable, p99 under that load",
            f"{load.percentile(0.99):.0f} ms (p50 {load.percentile(0.5):.0f} ms), "
            f"{found:,} groups found of about {groups:,}",
            "<= 50 ms",
            ok=load.percentile(0.99) <= 50,
        ),
    ]


def sqlite_rate(rows_a_commit: int, seconds: float = 2.0) -> float:
    """Return how many rows of 800 bytes SQLite makes durable a second."""
    with tempfile.TemporaryDirectory() as folder:
        connection = apsw.Connection(str(Path(folder) / "bare.sqlite3"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE bare (number INTEGER, text TEXT)")
        start, rows = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(rows_a_commit):
                connection.execute("SAVEPOINT one")
                connection.execute("INSERT INTO bare VALUES (?, ?)", (rows, "x" * 800))
                connection.execute("RELEASE one")
                rows += 1
            connection.execute("COMMIT")
        rate = rows / (time.perf_counter() - start)
        connection.close()
    return rate


def _post(server: Server, token: str) -> Load:
    def requests(process: int) -> Iterator[bytes]:
        for number in itertools.count():
            yield post(token, product(f"P{process}N{number}", f"G{process}N{number // 4}", is_main=number % 4 == 0))

    return closed_loop(server.port, requests, b'"success":true', connections=CONNECTIONS, processes=2, seconds=SECONDS)


def _per_process(load: Load) -> tuple[int, int]:
    return load.answers // 2, load.answers - load.answers // 2
