"""A thread that reads a file, so that whatever stands in it holds up nobody on the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import TracebackType
from typing import Self, TypeVar

from facetry.application.interchange.record import Record
from facetry.domain.errors import InterchangeError

_SLICE_RECORDS = 500
_SLICE_SECONDS = 0.01
"""Of records that take long to be read, for they are large or rare, fewer are handed over at once."""
_TURN_LINES = 500
_LET_GO_SECONDS = 0.00002
"""Unpacking lets go of the interpreter too shortly for threads that wait for it: they are left time."""
T = TypeVar("T")


class Reading:
    """One thread that reads; a context manager, at whose end it does nothing any more."""

    def __init__(self) -> None:
        """Begin when there is something to do."""
        self._thread = ThreadPoolExecutor(1, "import")
        self._is_over = Event()

    def __enter__(self) -> Self:
        """Return the thread itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, at the next line where it is in the midst of a file."""
        self._is_over.set()
        self._thread.shutdown()

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield lines, as long as anybody wants them."""
        for count, line in enumerate(lines, 1):
            if count % _TURN_LINES == 0:
                time.sleep(_LET_GO_SECONDS)
                if self._is_over.is_set():
                    return
            yield line

    async def do(self, step: Callable[[], T]) -> T:
        """Do something in the thread, and return or raise what it does."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, step)

    async def slices(self, records: Iterator[Record]) -> AsyncIterator[list[Record]]:
        """Yield records in their order, some at a time.

        Raises:
            InterchangeError: The file breaks off; after all records before that.
        """
        error: InterchangeError | None = None
        while error is None:
            some, error = await self.do(lambda: _some(records))
            if some:
                yield some
            elif error is None:
                return
        raise error


def _some(records: Iterator[Record]) -> tuple[list[Record], InterchangeError | None]:
    """Return the next records, none at the end, and what kept others from being read."""
    some = []
    ends = time.monotonic() + _SLICE_SECONDS
    try:
        for record in records:
            some.append(record)
            if len(some) == _SLICE_RECORDS or time.monotonic() > ends:
                break
    except InterchangeError as error:
        return some, error
    return some, None
