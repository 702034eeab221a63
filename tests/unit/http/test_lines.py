"""Bodies of lines, cut into chunks while they arrive."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from facetry.http.body import Unread
from facetry.http.lines import CHUNK_BYTES, CHUNK_LINES, LONGEST_LINE, Chunk, Line, LineChunks, LineSplitter

pytestmark = pytest.mark.anyio


async def pieces_of(*pieces):
    for piece in pieces:
        if isinstance(piece, float):
            await asyncio.sleep(piece)
        else:
            yield piece


async def chunks_of(*pieces, linger_seconds=None):
    """Return the numbers and contents of lines, by chunk, and why the body is not whole."""
    lines = LineChunks(pieces_of(*pieces), linger_seconds)
    return [[(line.number, line.content) for line in chunk.lines] async for chunk in lines.chunks()], lines.cut_off


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ((), []),
        ((b"a\nb\n",), [b"a", b"b"]),
        ((b"a", b"b\n\nc", b"", b"d"), [b"ab", b"", b"cd"]),
        ((b"12345\n123456\n1\n",), [b"12345", None, b"1"]),
        (
            (
                b"123",
                b"456",
                b"7\n1",
            ),
            [None, b"1"],
        ),
        ((b"123456",), [None]),
        ((b"x\n123", b"45", b"\n"), [b"x", b"12345"]),
    ],
)
def test_pieces_are_cut_into_lines(pieces, lines):
    splitter = LineSplitter(5)
    found = [line for piece in pieces for line in splitter.split(piece)]
    assert found + splitter.end() == lines


def test_a_line_in_tiny_pieces_is_read_in_time():
    splitter = LineSplitter()
    for _ in range(200_000):
        assert splitter.split(b"x") == []
    assert splitter.split(b"\n") == [b"x" * 200_000]


def test_nothing_is_kept_of_a_line_without_an_end():
    splitter, piece = LineSplitter(), b"x" * (1 << 16)
    tracemalloc.start()
    for _ in range(500):
        # A piece of its own each time, as they come from a client.
        assert splitter.split(piece[:-1] + b"y") == []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * LONGEST_LINE
    assert splitter.end() == [None]


async def test_blank_lines_are_counted_only():
    found = await chunks_of(b"\xef\xbb\xbfa\r\n", b" \n\t b \n\n", b"c")
    assert found == ([[(1, b"a"), (3, b"b"), (5, b"c")]], None)


async def test_chunks_are_as_large_as_may_be():
    chunks, _ = await chunks_of(b"x\n" * (CHUNK_LINES + 2))
    assert [len(chunk) for chunk in chunks] == [CHUNK_LINES, 2]
    chunks, _ = await chunks_of((b"x" * (CHUNK_BYTES // 2) + b"\n") * 5)
    assert [len(chunk) for chunk in chunks] == [2, 2, 1]


async def test_lines_do_not_wait_long_for_others():
    chunks, _ = await chunks_of(b"a\n", b"b\nc", 0.2, b"\nd\n", linger_seconds=0.02)
    assert chunks == [[(1, b"a"), (2, b"b")], [(3, b"c"), (4, b"d")]]
    chunks, _ = await chunks_of(b"a\n", 0.05, b"b\n")
    assert chunks == [[(1, b"a"), (2, b"b")]]


async def test_a_line_that_is_cut_off_is_none():
    assert await chunks_of(b"a\nb", Unread.GONE, linger_seconds=1) == ([[(1, b"a")]], Unread.GONE)
    assert await chunks_of(Unread.TOO_SLOW) == ([], Unread.TOO_SLOW)


async def test_a_chunk_that_must_be_the_same_each_time_is_done_whole_or_not_at_all():
    assert await chunks_of(b"a\n" * (CHUNK_LINES - 1), Unread.GONE) == ([], Unread.GONE)
    chunks, _ = await chunks_of(b"a\n" * (CHUNK_LINES + 5), Unread.GONE)
    assert [len(chunk) for chunk in chunks] == [CHUNK_LINES]


async def test_who_stops_reading_stops_all():
    closed = []

    async def pieces():
        try:
            yield b"a\n" * CHUNK_LINES
            await asyncio.sleep(60)
        finally:
            closed.append(True)

    source = pieces()
    chunks = LineChunks(source, 0.01).chunks()
    await anext(chunks)
    waiting = asyncio.create_task(anext(chunks))
    await asyncio.sleep(0.02)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert closed == [True]


def test_digests_tell_chunks_apart():
    chunks = [
        Chunk((Line(1, b"a"), Line(2, b"b"))),
        Chunk((Line(1, b"ab"),)),
        Chunk((Line(1, b"a"), Line(3, b"b"))),
        Chunk((Line(1, None),)),
        Chunk((Line(1, b""),)),
    ]
    assert len({chunk.digest for chunk in chunks}) == 5
    assert [chunk.size for chunk in chunks] == [2, 2, 2, 0, 0]
