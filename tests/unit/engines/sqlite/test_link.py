"""The line between follower and owner when something goes wrong."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys

import pytest

from facetry.domain.actor import Actor
from facetry.domain.catalog import Stored
from facetry.domain.change import Receipt
from facetry.domain.errors import (
    CommitUnknownError,
    FacetryError,
    IndexBehindError,
    InvalidValueError,
    StoreBusyError,
    StoreError,
    StoreVersionError,
    TenantNotFoundError,
)
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.link import OwnerLink
from facetry.engines.sqlite.messages import (
    PROTOCOL,
    CutLogCall,
    Failure,
    Greeting,
    Reply,
    Request,
    RunCall,
    WriteCall,
    decode,
    failure,
    frame,
    raised,
    raw,
    read_frame,
)
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, error_of, put, tenant_record

pytestmark = pytest.mark.anyio

UNSURE = "the owner of the data directory did not answer: the write may or may not have been stored"
CALL = CutLogCall(TENANT, 1)


class FakeOwner:
    """Listen where an owner would, and do with each caller what a test says."""

    def __init__(self, place, serve):
        self.place = place
        self.serve = serve

    async def __aenter__(self):
        self.server = await asyncio.start_unix_server(self._serve, path=str(self.place.socket))
        return self

    async def __aexit__(self, *_):
        self.server.close()
        self.place.socket.unlink(missing_ok=True)

    async def _serve(self, reader, writer):
        try:
            await self.serve(reader, writer)
        except EOFError:
            pass
        finally:
            writer.close()
            await writer.wait_closed()


def greet(writer, protocol=PROTOCOL):
    writer.write(frame(Greeting(protocol, 4711)))


async def answer_nothing(reader, writer):
    greet(writer)
    await read_frame(reader)
    await read_frame(reader)


async def hang_up(reader, writer):
    greet(writer)
    await read_frame(reader)


def ended_process():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


@pytest.fixture
def place(tmp_path):
    return DataDirectory(tmp_path)


@pytest.fixture
async def link(place):
    link = OwnerLink(place, connect_seconds=0.2, answer_seconds=0.5)
    yield link
    await link.close()


@pytest.mark.parametrize("serve", [answer_nothing, hang_up])
async def test_an_answer_that_does_not_come_leaves_the_outcome_open(link, place, serve):
    async with FakeOwner(place, serve):
        error = await error_of(link.call(CALL, None))
    assert (type(error), error.message) == (CommitUnknownError, UNSURE)


async def test_all_who_wait_hear_of_a_broken_line(link, place):
    async def hang_up_later(reader, writer):
        greet(writer)
        for _ in range(3):
            await read_frame(reader)

    async with FakeOwner(place, hang_up_later):
        errors = await asyncio.gather(*(error_of(link.call(CALL, None)) for _ in range(3)))
    assert [error.message for error in errors] == [UNSURE] * 3


@pytest.mark.parametrize("nonsense", [b"\x00\x00\x00\x02hi", b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}"])
async def test_a_nonsensical_answer_is_none(link, place, nonsense):
    async def answer(reader, writer):
        greet(writer)
        await read_frame(reader)
        writer.write(nonsense)
        await reader.read()

    async with FakeOwner(place, answer):
        error = await error_of(link.call(CALL, None))
        assert error.message == UNSURE
        await link.close()


async def test_late_and_unknown_answers_are_ignored(link, place):
    async def answer(reader, writer):
        greet(writer)
        first = decode(await read_frame(reader), Request)
        second = decode(await read_frame(reader), Request)
        for number in (99, first.number, second.number):
            writer.write(frame(Reply(number, raw("done"))))
        await reader.read()

    async with FakeOwner(place, answer):
        assert (await error_of(link.call(CALL, str))).message == UNSURE
        assert await link.call(CALL, str) == "done"
        await link.close()


async def test_an_owner_of_another_version_is_named(link, place):
    async def greet_oddly(reader, writer):
        greet(writer, PROTOCOL + 1)
        await reader.read()

    async with FakeOwner(place, greet_oddly):
        error = await error_of(link.call(CALL, None))
    assert type(error) is StoreVersionError
    assert error.message.startswith(f"process 4711, which owns {place.path}, is another version of Facetry")


async def test_an_owner_that_does_not_greet_is_not_written_to(link, place):
    async def keep_silent(reader, writer):
        assert await reader.read() == b""

    async with FakeOwner(place, keep_silent):
        error = await error_of(link.call(CALL, None))
        assert error.message.endswith("; nothing was changed")


async def test_without_an_owner_nothing_is_changed(link, place):
    error = await error_of(link.call(CALL, None))
    assert error.message == f"nobody owns data directory {place.path}; nothing was changed"
    place.lock.write_text(str(os.getpid()))
    error = await error_of(link.call(CALL, None))
    assert error.message == (
        f"process {os.getpid()} owns data directory {place.path} but does not answer; nothing was changed"
    )
    gone = ended_process()
    place.lock.write_text(str(gone))
    error = await error_of(link.call(CALL, None))
    assert error.message == (f"process {gone}, which owned data directory {place.path}, is gone; nothing was changed")
    assert type(error) is StoreBusyError


async def test_a_process_of_another_user_counts_as_running(link, place, monkeypatch):
    def forbid(pid, signal):
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbid)
    place.lock.write_text("1")
    assert "process 1 owns" in (await error_of(link.call(CALL, None))).message


async def test_a_follower_finds_the_next_owner(store, tmp_path):
    follower = await open_store(tmp_path, owner=False)
    assert (await follower.write(TENANT, [put("R1")])).revision == 1
    await store.close()
    next_owner = await open_store(tmp_path, owner=True)
    assert (await follower.write(TENANT, [put("R2")])).revision == 2
    assert await next_owner.counts(TENANT) == await follower.counts(TENANT) == (2, 2)
    await follower.close()
    await next_owner.close()


async def test_a_write_waits_for_an_owner_that_starts_again(store, tmp_path):
    follower = await open_store(tmp_path, owner=False)
    await store.close()
    writing = asyncio.ensure_future(follower.write(TENANT, [put("R1")]))
    await asyncio.sleep(0.1)
    next_owner = await open_store(tmp_path, owner=True)
    assert (await writing).revision == 1
    await follower.close()
    await next_owner.close()


async def test_the_owner_finishes_what_it_was_asked_before_it_ends(store, tmp_path):
    follower = await open_store(tmp_path, owner=False)
    writing = [asyncio.ensure_future(follower.write(TENANT, [put(f"R{n}")])) for n in range(30)]
    begun = asyncio.Event()
    store.on_commit(lambda _: begun.set())
    await begun.wait()
    await store.close()
    receipts = await asyncio.gather(*writing)
    assert sorted(receipt.revision for receipt in receipts) == list(range(1, 31))
    await follower.close()


async def test_an_owner_survives_nonsense(store, tmp_path):
    for nonsense in (b"", b"\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x05\xff\xff\xff\xff\xff"):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "owner.sock"))
        await read_frame(reader)
        writer.write(nonsense)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    follower = await open_store(tmp_path, owner=False)
    assert (await follower.write(TENANT, [put("R1")])).revision == 1
    await follower.close()


async def test_a_failure_of_the_owner_is_told_and_logged(store, tmp_path, caplog):
    async def fail(tenant, writes, *, by):
        raise ZeroDivisionError("private details")

    store.write = fail
    follower = await open_store(tmp_path, owner=False)
    with caplog.at_level(logging.ERROR):
        error = await error_of(follower.write(TENANT, [put("R1")]))
    assert (type(error), error.message) == (StoreError, "the owner of the data directory failed")
    assert "private details" in caplog.text
    await follower.close()


async def test_tasks_that_the_owner_offers_are_done_there(store, tmp_path):
    asked = []

    async def count(tenant):
        asked.append(tenant)
        return {"products": 7}

    store.offer("count", count)
    follower = await open_store(tmp_path, owner=False)
    assert await follower.run("count", TENANT, dict[str, int]) == {"products": 7}
    assert asked == [TENANT]
    error = await error_of(follower.run("unknown", TENANT, None))
    assert type(error) is StoreError
    assert error.message.startswith("the owner of the data directory does not do unknown for others: ")
    await follower.close()


async def test_a_task_lasts_longer_than_other_answers(store, tmp_path):
    async def last(tenant):
        await asyncio.sleep(0.2)
        return "done"

    store.offer("last", last)
    link = OwnerLink(DataDirectory(tmp_path), answer_seconds=0.05)
    assert await link.call(RunCall("last", TENANT), str, patiently=True) == "done"
    assert (await error_of(link.call(RunCall("last", TENANT), str))).message == UNSURE
    await link.close()


async def test_an_owner_that_ends_gives_up_its_tasks(store, tmp_path):
    begun = asyncio.Event()

    async def last(tenant):
        begun.set()
        await asyncio.sleep(60)

    store.offer("last", last)
    follower = await open_store(tmp_path, owner=False)
    waiting = asyncio.ensure_future(error_of(follower.run("last", TENANT, None)))
    await begun.wait()
    await asyncio.wait_for(store.close(), 5)
    assert type(await waiting) is CommitUnknownError
    await follower.close()


@pytest.mark.parametrize(
    "error",
    [
        TenantNotFoundError("acme"),
        InvalidValueError("name", "must not be empty"),
        IndexBehindError(7),
        StoreBusyError("busy"),
        FacetryError("plain"),
    ],
)
def test_errors_travel_whole(error):
    told = raised(decode(frame(failure(error))[4:], Failure))
    assert type(told) is type(error)
    assert (str(told), vars(told)) == (str(error), vars(error))


def test_an_unknown_error_becomes_a_general_one():
    told = raised(Failure("from_the_future", "something new", {"field": "x"}))
    assert (type(told), told.message) == (StoreError, "something new")


def test_messages_are_pinned():
    """Owner and follower may be started from different versions: change these only with ``PROTOCOL``."""
    call = WriteCall("acme", (put("R1", attributes={"n": 10**30}),), Actor("main"))
    assert frame(Request(7, call)) == (
        b'\x00\x00\x01\x08{"number":7,"call":{"type":"write","tenant":"acme","writes":[{"type":"put","content":'
        b'{"sku":"R1","name":"Ring R1","regular_price":50000,"attributes":{"n":1000000000000000000000000000000}},'
        b'"if_exists":"replace","mounts":false,"as_read":null}],"by":{"name":"main"}}}'
    )
    assert decode(frame(Request(7, call))[4:], Request) == Request(7, call)
    assert (
        frame(Reply(7, raw(Receipt(1, ()))))[4:] == b'{"number":7,"result":{"revision":1,"outcomes":[]},"failure":null}'
    )
    assert frame(Greeting(1, 2))[4:] == b'{"protocol":1,"pid":2}'
    assert tenant_record("x").version == 1
    assert Stored.__struct_config__.tag == "stored"
