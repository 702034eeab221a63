"""The batches in which journals are written, without a server."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.errors import ConnectionFailure

from facetry.engines.mongodb.journal_writer import JournalWriter
from facetry.testing.journal import request

pytestmark = pytest.mark.anyio


class Shelf:
    """Keeps what is written, unless it is told to fail."""

    def __init__(self):
        self.batches: list[list[str]] = []
        self.failure: Exception | None = None
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def keep(self, batch):
        await self.go_on.wait()
        if self.failure is not None:
            raise self.failure
        self.batches.append([line.id for _, line in batch])
        return sum(line.id == "r7" for _, line in batch)


@pytest.fixture
async def shelf(anyio_backend):
    return Shelf()


@pytest.fixture
async def writer(shelf):
    writer = JournalWriter(shelf.keep, max_waiting=5)
    yield writer
    shelf.go_on.set()
    await writer.close()


async def test_what_is_noted_together_is_written_together(shelf, writer):
    writer.put("acme", [request(1), request(2)])
    writer.put("acme", [])
    writer.put("acme", [request(3)])
    await writer.flush()
    writer.put("acme", [request(4)])
    await writer.flush()
    await writer.flush()
    assert shelf.batches == [["r1", "r2", "r3"], ["r4"]]
    assert writer.dropped == 0


async def test_so_much_waits_and_no_more(shelf, writer):
    """While a batch is on its way others wait, as many as there is room for."""
    shelf.go_on.clear()
    writer.put("acme", [request(0)])
    await writer.flush(0.05)
    writer.put("acme", [request(number) for number in range(1, 4)])
    writer.put("acme", [request(number) for number in range(4, 9)])
    assert writer.dropped == 3
    shelf.go_on.set()
    await writer.flush()
    assert shelf.batches == [["r0"], ["r1", "r2", "r3", "r4", "r5"]]


async def test_what_nothing_can_store_is_counted(shelf, writer):
    writer.put("acme", [request(7), request(8)])
    await writer.flush()
    assert writer.dropped == 1


async def test_a_failure_is_told_once_and_costs_what_came_meanwhile(shelf, writer, caplog):
    shelf.failure = ConnectionFailure("mongodb://user:secret@host")
    for number in range(3):
        writer.put("acme", [request(number)])
        await writer.flush()
    assert writer.dropped == 3
    assert [record.message for record in caplog.records] == ["journals cannot be written: MongoDB does not answer"]


async def test_what_no_driver_fails_with_is_told_by_its_name(shelf, writer, caplog):
    shelf.failure = KeyError("secret")
    writer.put("acme", [request(1)])
    await writer.flush()
    assert [record.message for record in caplog.records] == ["journals cannot be written: KeyError"]


async def test_what_comes_after_the_end_is_dropped(shelf, writer):
    writer.put("acme", [request(1)])
    await writer.close()
    await writer.close()
    writer.put("acme", [request(2)])
    assert (shelf.batches, writer.dropped) == ([["r1"]], 1)
