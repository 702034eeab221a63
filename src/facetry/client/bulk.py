"""Bulks: any number of lines, sent some hundred at a time, each time once however often the connection breaks."""

from __future__ import annotations

import math
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable, Iterator
from typing import Any

import msgspec

from facetry.client.core import Core
from facetry.client.errors import BulkStoppedError, NoAnswerError
from facetry.client.exchange import (
    END,
    NDJSON,
    Action,
    Answer,
    Flow,
    Item,
    Pull,
    Request,
    Stream,
    encoded,
    new_key,
    target_of,
)
from facetry.client.types.bulk import MOST_FAILURES, BulkSummary, Line, LineResult, Upsert
from facetry.client.types.product import Product, written

PATH = "/v2/products:bulk"
MOST_LINES, MOST_BYTES = 1_000, 1 << 20
"""The server reads so much ahead of its answers: whoever sends no more at once can send all before it reads any."""
ATOMIC_LINES = 10_000
ATOMIC_SECONDS = 300.0
_BROKEN_OFF = frozenset({"malformed_body", "too_slow"})
_UNAVAILABLE = 503

Progress = Callable[[BulkSummary], object]


class _Last(msgspec.Struct, frozen=True):
    """The last line of an answer."""

    done: bool
    lines: int
    failed: int
    revision: int = 0
    status: int = 0
    code: str = ""
    detail: str = ""


class _Done(msgspec.Struct, frozen=True):
    """An answer: the results of single lines, and the last line."""

    results: list[LineResult]
    last: _Last


class Bulk:
    """One bulk, on its way."""

    def __init__(
        self,
        core: Core,
        lines: Iterable[Line] | AsyncIterable[Line],
        *,
        key: str = "",
        atomic: bool = False,
        only_failed: bool = False,
    ) -> None:
        """Send lines; with a key what was done under it before is not done again."""
        self._core = core
        self._lines: Iterator[Line] | AsyncIterator[Line]
        self._lines = aiter(lines) if isinstance(lines, AsyncIterable) else iter(lines)
        self._key = key or new_key()
        self._atomic = atomic
        self._only_failed = only_failed
        self._left: bytes = b""
        self._lines_done = 0
        self._failed = 0
        self._revision = 0

    def results(self) -> Stream[LineResult]:
        """Give the results of lines, each with its place in the whole."""
        number = 0
        while parcel := (yield from self._parcel()):
            before = self._lines_done
            done = yield from self._sent(parcel, number)
            for result in done.results:
                yield Item(msgspec.structs.replace(result, line=before + result.line))
            number += 1

    def summary(self, progress: Progress | None = None) -> Flow[BulkSummary]:
        """Do all lines and return what became of them."""
        summary = BulkSummary()
        self._only_failed = True
        number = 0
        while parcel := (yield from self._parcel()):
            before = self._lines_done
            done = yield from self._sent(parcel, number)
            room = MOST_FAILURES - len(summary.failures)
            summary.failures += [msgspec.structs.replace(one, line=before + one.line) for one in done.results[:room]]
            summary.lines, summary.failed, summary.revision = self._lines_done, self._failed, self._revision
            if progress is not None:
                progress(summary)
            number += 1
        return summary

    def _parcel(self) -> Generator[Action, Any, bytes]:
        """Return the next lines as they are sent, nothing where there are no more."""
        # What is done as a whole is sent as a whole; one line more than may be shows that there are too many.
        most_lines, most_bytes = (ATOMIC_LINES + 1, math.inf) if self._atomic else (MOST_LINES, MOST_BYTES)
        found, size = ([self._left], len(self._left)) if self._left else ([], 0)
        self._left = b""
        while len(found) < most_lines:
            line = yield from self._next()
            if line is END:
                break
            text = _encoded(line)
            size += len(text)
            if found and size > most_bytes:
                self._left = text
                break
            found.append(text)
        if self._atomic and len(found) > ATOMIC_LINES:
            raise ValueError(f"an atomic bulk has at most {ATOMIC_LINES} lines")
        return b"".join(found)

    def _next(self) -> Generator[Action, Any, Any]:
        if isinstance(self._lines, AsyncIterator):
            return (yield Pull(self._lines))
        return next(self._lines, END)

    def _sent(self, parcel: bytes, number: int) -> Flow[_Done]:
        """Send lines until all of them have their result.

        Raises:
            BulkStoppedError: The server ended before that.
        """
        # Each parcel has a key of its own: a repeat of one finds what was done of it, wherever it broke off.
        key = f"{self._key}-{number}" if number else self._key
        parameters = {"atomic": self._atomic, "results": "failed" if self._only_failed else None}
        request = Request(
            method="POST",
            target=target_of(PATH, parameters),
            read=_read,
            headers={"content-type": NDJSON, "idempotency-key": key},
            body=parcel,
            is_repeatable=True,
            wait_seconds=ATOMIC_SECONDS if self._atomic else 0.0,
        )
        done = yield from self._core.performed(request)
        if not done.last.done:
            self._stop(done.last)
        self._lines_done += done.last.lines
        self._failed += done.last.failed
        self._revision = done.last.revision
        self._core.saw(done.last.revision)
        return done

    def _stop(self, last: _Last) -> None:
        error = BulkStoppedError(last.status, {"code": last.code, "detail": last.detail})
        error.lines = self._lines_done
        raise error


def _encoded(line: Line) -> bytes:
    if isinstance(line, Product):
        line = written(line)
    elif isinstance(line, Upsert):
        line = Upsert(written(line.product))
    return encoded(line) + b"\n"


def _read(answer: Answer) -> _Done:
    """Return what an answer says.

    Raises:
        NoAnswerError: It was cut off, by the server's own word or without one; another try goes on from there.
    """
    lines, _, last_line = answer.body.rstrip(b"\n").rpartition(b"\n")
    try:
        last = msgspec.json.decode(last_line, type=_Last)
        done = _Done(msgspec.json.Decoder(LineResult).decode_lines(lines), last)
    except msgspec.DecodeError as error:
        raise NoAnswerError("the answer of a bulk was cut off") from error
    if not last.done and (last.code in _BROKEN_OFF or last.status == _UNAVAILABLE):
        raise NoAnswerError(f"a bulk was broken off: {last.code}: {last.detail}")
    return done
