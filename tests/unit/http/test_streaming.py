"""Bodies that are handed on unread, and answers that are sent in parts."""

from __future__ import annotations

import pytest

from facetry.http.answer import json_answer
from facetry.http.body import body_pieces
from facetry.http.streaming import StreamAnswer
from tests.unit.http.stage import Stage

pytestmark = pytest.mark.anyio

LINES = "application/x-ndjson"


def echo(closed):
    """Return a handler that answers each piece of a body as it comes, and notes that it was closed."""

    async def parts(receive):
        try:
            async for piece in body_pieces(receive):
                yield bytes(piece).upper()
        finally:
            closed.append(True)

    async def handler(scope, receive, exchange):
        return StreamAnswer(parts=parts(receive), media_type=LINES, status=207, headers=((b"x-more", b"1"),))

    return handler


async def test_a_body_of_any_length_is_answered_piece_by_piece():
    stage, closed = Stage(body_limit=2, unread=["/p/many"]), []
    stage.handler = echo(closed)
    given = await stage.call("POST", "/p/many/", headers=[(b"content-length", b"6")], body=[b"ab", b"cd", b"ef"])
    assert (given.status, given.body, closed) == (207, b"ABCDEF", [True])
    assert given.headers[:4] == [
        (b"content-type", LINES.encode()),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-more", b"1"),
    ]
    (line,) = stage.lines()
    assert (line["status"], line["bytes"], line["request_id"]) == (207, 6, given.named[b"x-request-id"].decode())


async def test_other_paths_are_read_under_the_limit_as_before():
    stage = Stage(body_limit=2, unread=["/p/many"])
    assert (await stage.call("POST", "/p/many/more", body=[b"abc"])).status == 413


async def test_what_a_refusal_leaves_unread_is_read_after_it():
    stage, bodies = Stage(unread=["/p/many"]), []

    async def refuse(scope, receive, exchange):
        bodies.append(receive)
        return json_answer({}, status=403)

    stage.handler = refuse
    given = await stage.call("POST", "/p/many", body=[b"a", b"b", b"c"])
    assert given.status == 403
    assert (await bodies[0]())["type"] == "http.disconnect"


async def test_an_answer_that_fails_on_its_way_is_cut_off_and_closed():
    stage, sent, closed = Stage(unread=["/p/many"]), [], []

    async def parts():
        try:
            yield b"first"
            raise ValueError
        finally:
            closed.append(True)

    async def handler(scope, receive, exchange):
        return StreamAnswer(parts=parts(), media_type=LINES)

    stage.handler = handler
    await stage.run("POST", "/p/many", sent.append)
    assert [message.get("body") for message in sent] == [None, b"first"]
    assert closed == [True]


async def test_a_client_that_has_left_closes_what_makes_its_answer():
    stage, closed = Stage(unread=["/p/many"]), []
    stage.handler = echo(closed)

    def left(message):
        if message["type"] == "http.response.body":
            raise OSError

    await stage.run("POST", "/p/many", left, body=[b"a", b"b"])
    assert closed == [True]
