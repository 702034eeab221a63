"""Bodies under a limit, and what is left of those beyond it."""

from __future__ import annotations

import asyncio

import pytest

from facetry.http.body import OpenBody, Unread, body_pieces, discard_body, read_body

pytestmark = pytest.mark.anyio


class Sender:
    """A client that sends chunks for ever, until it leaves or stops to say anything."""

    def __init__(self, *, ends_after=None, leaves_after=None, silent_after=None):
        self.sent = 0
        self.ends_after, self.leaves_after, self.silent_after = ends_after, leaves_after, silent_after

    async def receive(self):
        if self.sent == self.leaves_after:
            return {"type": "http.disconnect"}
        if self.sent == self.silent_after:
            await asyncio.sleep(60)
        self.sent += 1
        return {"type": "http.request", "body": b"x" * 10, "more_body": self.sent != self.ends_after}


@pytest.mark.parametrize(
    ("sender", "sent"),
    [
        (Sender(), 11),
        (Sender(ends_after=3), 3),
        (Sender(leaves_after=4), 4),
        (Sender(silent_after=5), 5),
    ],
    ids=["for ever", "to its end", "until it leaves", "until it falls silent"],
)
async def test_what_is_left_is_read_within_bounds(sender, sent):
    await discard_body(sender.receive, limit=100, seconds=0.05)
    assert sender.sent == sent


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        (Sender(ends_after=3), b"x" * 30),
        (Sender(), Unread.TOO_LARGE),
        (Sender(leaves_after=4), Unread.GONE),
        (Sender(silent_after=5), Unread.TOO_SLOW),
    ],
    ids=["whole", "too large", "broken off", "too slow"],
)
async def test_a_body_is_whole_or_there_is_a_reason(sender, body):
    assert await read_body(sender.receive, 100, 0.05) == body


@pytest.mark.parametrize(
    ("sender", "declared", "body"),
    [
        (Sender(silent_after=3), 30, b"x" * 30),
        (Sender(ends_after=3), 30, b"x" * 30),
        (Sender(ends_after=3), 20, b"x" * 20),
        (Sender(ends_after=3), 25, b"x" * 30),
        (Sender(leaves_after=2), 30, Unread.GONE),
        (Sender(), 200, Unread.TOO_LARGE),
    ],
    ids=["silent after it", "ended", "cut at its length", "another length", "broken off", "too large"],
)
async def test_a_body_ends_where_it_was_declared_to(sender, declared, body):
    assert await read_body(sender.receive, 100, 0.05, declared) == body


@pytest.mark.parametrize(
    ("sender", "pieces"),
    [
        (Sender(ends_after=3), [b"x" * 10] * 3),
        (Sender(leaves_after=2), [b"x" * 10, b"x" * 10, Unread.GONE]),
        (Sender(silent_after=1), [b"x" * 10, Unread.TOO_SLOW]),
    ],
    ids=["whole", "broken off", "too slow"],
)
async def test_a_body_comes_piece_by_piece_and_says_why_the_rest_is_missing(sender, pieces):
    assert [piece async for piece in body_pieces(sender.receive, 0.05)] == pieces


@pytest.mark.parametrize("sender", [Sender(ends_after=2), Sender(leaves_after=1)], ids=["whole", "broken off"])
async def test_a_body_that_is_handed_on_tells_when_it_is_over(sender):
    body = OpenBody(sender.receive)
    await body()
    assert not body.is_over
    await body()
    assert body.is_over
