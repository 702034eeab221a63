"""A follower's line to the owner of its data directory."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from itertools import count
from typing import Any

import msgspec

from facetry.domain.errors import CommitUnknownError, StoreBusyError, StoreError, StoreVersionError
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.messages import PROTOCOL, Call, Greeting, Reply, Request, decode, frame, raised, read_frame
from facetry.engines.sqlite.ownership import holder

CONNECT_SECONDS = 5.0
"""How long a call waits for an owner that is starting again."""
ANSWER_SECONDS = 30.0
"""How long a call waits for its answer."""
_RETRY_SECONDS = 0.02
_UNSURE = "the owner of the data directory did not answer: the write may or may not have been stored"


class OwnerLink:
    """Calls to the owner; any number at once share one connection, which is made anew when it broke."""

    def __init__(
        self, directory: DataDirectory, connect_seconds: float = CONNECT_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        """Name the data directory and the time limits; nothing is opened yet."""
        self._directory = directory
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()
        self._closed = False

    async def call(self, call: Call, kind: Any, *, patiently: bool = False) -> Any:  # noqa: ANN401 - as asked for
        """Have the owner do something and return its answer, of the given type.

        A patient call waits as long as the owner lives, any other for a limited time.

        Raises:
            StoreBusyError: The owner cannot be reached, and nothing was changed; or it does not answer, and the
                message says that the outcome is open.
            FacetryError: What the owner raised.
        """
        connection = await self.connected()
        reply = await connection.ask(call, None if patiently else self._answer_seconds)
        if reply.failure is not None:
            raise raised(reply.failure)
        return decode(reply.result, kind)

    async def connected(self, seconds: float | None = None) -> _Connection:
        """Return the connection, made now if need be, within its time limit or the one given.

        Raises:
            StoreBusyError: Nobody answers within the time limit.
            StoreVersionError: The owner is of another version of Facetry.
        """
        async with self._connecting:
            if self._closed:
                raise StoreError("the store is closed")
            if self._connection is None or self._connection.is_broken:
                self._connection = await self._connect(self._connect_seconds if seconds is None else seconds)
            return self._connection

    async def close(self) -> None:
        """Wait for the answers that are due and hang up; harmless to repeat."""
        self._closed = True
        if self._connection is not None:
            await self._connection.close(self._answer_seconds)

    async def _connect(self, seconds: float) -> _Connection:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        return await self._connect_once()
                    except (OSError, EOFError):
                        await asyncio.sleep(_RETRY_SECONDS)
        except TimeoutError as error:
            raise StoreBusyError(f"{_absence(self._directory)}; nothing was changed") from error

    async def _connect_once(self) -> _Connection:
        with self._directory.socket_address() as address:
            reader, writer = await asyncio.open_unix_connection(address)
        try:
            greeting: Greeting = decode(await read_frame(reader), Greeting)
        except BaseException:
            writer.close()
            raise
        if greeting.protocol != PROTOCOL:
            writer.close()
            raise StoreVersionError(
                f"process {greeting.pid}, which owns {self._directory.path}, is another version of Facetry "
                f"(protocol {greeting.protocol}, this one has {PROTOCOL}): restart it"
            )
        return _Connection(reader, writer)


class _Connection:
    """One open connection and the calls that wait for their answers on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._listening = asyncio.get_running_loop().create_task(self._listen(reader))

    @property
    def is_broken(self) -> bool:
        """Return whether no answer can come any more."""
        return self._listening.done()

    async def ask(self, call: Call, seconds: float | None) -> Reply:
        """Send a call and return its reply."""
        number = next(self._numbers)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        message = frame(Request(number, call))
        self._waiting[number] = future
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(message)
                return await future
        except TimeoutError as error:
            raise CommitUnknownError(_UNSURE) from error
        finally:
            self._waiting.pop(number, None)

    async def close(self, seconds: float) -> None:
        """Wait for the answers that are due, and hang up."""
        if self._waiting:
            await asyncio.wait(self._waiting.values(), timeout=seconds)
        self._listening.cancel()
        await asyncio.wait([self._listening])
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                reply: Reply = decode(await read_frame(reader), Reply)
                future = self._waiting.get(reply.number)
                if future is not None and not future.done():
                    future.set_result(reply)
        except (OSError, EOFError, msgspec.DecodeError):
            pass
        finally:
            self._writer.close()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(CommitUnknownError(_UNSURE))


def _absence(directory: DataDirectory) -> str:
    pid = holder(directory)
    if pid is None:
        return f"nobody owns data directory {directory.path}"
    if _is_running(pid):
        return f"process {pid} owns data directory {directory.path} but does not answer"
    return f"process {pid}, which owned data directory {directory.path}, is gone"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
