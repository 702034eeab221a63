"""Checkpoints: the write-ahead log stays short, and nobody waits for that."""

from __future__ import annotations

import asyncio
import logging

import apsw
import pytest

from facetry.engines.sqlite import checkpoint, commit
from facetry.engines.sqlite.connection import open_reader
from facetry.testing.samples import TENANT, done, put

pytestmark = pytest.mark.anyio

MEGABYTE = 1 << 20


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(commit, "IDLE_SECONDS", 0.03)


def log_size(folder):
    return (folder / "catalog.sqlite3-wal").stat().st_size


async def until(condition):
    """Wait until something is so, and fail if it never is."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came about")


async def write_megabytes(store, count):
    """Write this many megabytes, one in each unit of work."""
    for n in range(count):
        await done(store, *(put(f"R{n}-{m}", "G", description="x" * 100_000) for m in range(10)))


@pytest.fixture
def early(monkeypatch):
    monkeypatch.setattr(checkpoint, "_START_FRAMES", 2_000)


async def test_the_log_starts_anew_while_writes_go_on(early, store, tmp_path):
    await write_megabytes(store, 60)
    assert log_size(tmp_path) < 40 * MEGABYTE
    assert (tmp_path / "catalog.sqlite3").stat().st_size > 30 * MEGABYTE


async def test_a_long_read_only_delays_it(early, store, tmp_path):
    reader = open_reader(tmp_path / "catalog.sqlite3")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM products").get == 0
    await write_megabytes(store, 30)
    assert log_size(tmp_path) > 25 * MEGABYTE
    assert reader.execute("SELECT count(*) FROM products").get == 0
    reader.close()
    await write_megabytes(store, 30)
    assert await store.counts(TENANT) == (300, 1)
    assert log_size(tmp_path) < 64 * MEGABYTE


async def test_the_log_is_emptied_when_nothing_happens(soon, store, tmp_path):
    await done(store, put("R1"))
    assert log_size(tmp_path) > 0
    await until(lambda: log_size(tmp_path) == 0)
    await done(store, put("R2"))
    assert await store.counts(TENANT) == (2, 2)


async def test_an_emptying_that_a_reader_prevents_is_tried_again(soon, store, tmp_path):
    reader = open_reader(tmp_path / "catalog.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM products").fetchall()
    await done(store, put("R1"))
    await asyncio.sleep(0.1)
    assert log_size(tmp_path) > 0
    reader.close()
    await until(lambda: log_size(tmp_path) == 0)


async def test_a_checkpoint_that_fails_is_logged_and_harmless(store, tmp_path, caplog):
    checkpointer = store._commits._checkpointer
    checkpointer._next_start = 1
    checkpointer._connection.close()
    with caplog.at_level(logging.WARNING):
        for n in range(3):
            await done(store, put(f"R{n}"))
        await until(lambda: "checkpoint failed: The connection has been closed" in caplog.text)
    assert await store.counts(TENANT) == (3, 3)
    checkpointer._connection = apsw.Connection(str(tmp_path / "catalog.sqlite3"))
