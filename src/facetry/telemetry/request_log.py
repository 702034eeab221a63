"""The log of requests: one JSON line each, made in batches on the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from facetry.domain.journal import SearchNote
from facetry.telemetry.line_writer import LineWriter

FLUSH_SECONDS = 0.1
BATCH_LINES = 256
"""So many lines take less than half a millisecond to encode, which is how long they may hold up the loop."""


Record = tuple[str, str, str, str, int, float, float, int, object, str, str, tuple[SearchNote, ...]]
"""The fields of a ``RequestRecord``."""


class RequestRecord(NamedTuple):
    """What is known of a request; the log tells nothing that could hold a secret or a value of the tenant's.

    Attributes:
        request_id: Its id, in letters and digits.
        tenant: The tenant's id, empty where it was not known.
        method: The method.
        route: The route's pattern, never a concrete path.
        status: The status sent; 0 where the client left before.
        started: ``time.perf_counter()`` at arrival.
        ended: The same at the end.
        sent: Bytes of the body sent.
        caller: Who came, as the surfaces know it; never logged.
        code: The surface's own code; never logged, like all that follows.
        error: What the answer says was wrong.
        searches: What the answer holds of searches.
    """

    request_id: str
    tenant: str
    method: str
    route: str
    status: int
    started: float
    ended: float
    sent: int
    caller: object = None
    code: str = ""
    error: str = ""
    searches: tuple[SearchNote, ...] = ()


_SERVER_ERROR = 500


class RequestLog:
    """Collect a line for each request; belongs to one event loop."""

    def __init__(self, writer: LineWriter | None, *, on_flush: Callable[[], None] | None = None) -> None:
        """Write through a writer, or nowhere; ``on_flush`` is called after each batch."""
        self._writer = writer
        self._on_flush = on_flush
        self._on_batch: Callable[[Sequence[Record], float], None] | None = None
        self._waiting: list[Record] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def dropped(self) -> int:
        """How many lines of its writer were given up."""
        return self._writer.dropped if self._writer else 0

    def listen(self, on_batch: Callable[[Sequence[Record], float], None]) -> None:
        """Have somebody called with each batch, and with what makes the time of day of its ``perf_counter`` times."""
        self._on_batch = on_batch

    def add(self, record: Record) -> None:
        """Log a request: the fields of a ``RequestRecord`` in their order, as any tuple."""
        waiting = self._waiting
        waiting.append(record)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        elif len(waiting) >= BATCH_LINES:
            self.flush()

    def flush(self) -> None:
        """Hand what was collected to the writer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        if batch:
            # Durations need the steady clock, so the time of day is found by the difference of the two.
            self._hand_over(batch, time.time() - time.perf_counter())
        if self._on_flush is not None:
            self._on_flush()

    def _hand_over(self, batch: Sequence[Record], offset: float) -> None:
        if self._writer is not None:
            self._writer.write("".join([_line(record, offset) for record in batch]).encode(), len(batch))
        if self._on_batch is not None:
            self._on_batch(batch, offset)


def _line(record: Record, offset: float) -> str:
    request_id, tenant, method, route, status, started, ended, sent, _, _, _, _ = record
    before, after = _constant(tenant, method, route, status)
    moment = ended + offset
    second = int(moment)
    microseconds = int((moment - second) * 1_000_000)
    # There is a line for each request, and this is the quickest way to make one.
    return '{"time":"%s.%06d%s%s%s%.3f,"bytes":%d}\n' % (  # noqa: UP031
        _second(second),
        microseconds,
        before,
        request_id,
        after,
        (ended - started) * 1000,
        sent,
    )


@lru_cache(maxsize=4096)
def _constant(tenant: str, method: str, route: str, status: int) -> tuple[str, str]:
    """Return what stands before the id and what before the duration: the same in very many lines."""
    level = "error" if status >= _SERVER_ERROR else "info"
    texts = {"tenant": tenant, "method": method, "route": route, "status": status}
    told = msgspec.json.encode(texts).decode().removeprefix("{").removesuffix("}")
    return f'Z","level":"{level}","message":"request","request_id":"', f'",{told},"duration_ms":'


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    """Return a second's text; the lines of a batch share one or two."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
