"""The owner's side of the socket: does the writes of the other processes."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import suppress

import msgspec

from facetry.domain.errors import FacetryError, StoreError
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.messages import (
    PROTOCOL,
    Call,
    CreateTenantCall,
    CutLogCall,
    DeleteTenantCall,
    Greeting,
    ReplaceTenantCall,
    Reply,
    Request,
    RunCall,
    Task,
    WriteCall,
    decode,
    failure,
    frame,
    raw,
    read_frame,
)
from facetry.ports.catalog_store import CatalogStore

_BACKLOG = 64

_log = logging.getLogger(__name__)


class OwnerServer:
    """Serve the followers of one data directory on a Unix socket that only the same user can open.

    Attributes:
        tasks: What else than the store's own methods may be asked for, by name.
    """

    def __init__(self, directory: DataDirectory, store: CatalogStore) -> None:
        """Name the directory and the store to which calls go."""
        self._directory = directory
        self._store = store
        self.tasks: dict[str, Task] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._answers: set[asyncio.Task[None]] = set()
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen; a socket left over from a killed owner is replaced.

        Raises:
            StoreError: There can be no socket in the directory.
        """
        try:
            await self._listen()
        except OSError as error:
            raise StoreError(f"{self._directory.socket} cannot be made: {error.strerror}") from error

    async def close(self) -> None:
        """Stop listening, give up tasks, answer what else was asked and hang up; harmless to repeat."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._directory.socket.unlink(missing_ok=True)
        for task in self._connections | self._running:
            task.cancel()
        while unfinished := self._connections | self._answers:
            await asyncio.wait(unfinished)

    async def _listen(self) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._directory.socket.unlink(missing_ok=True)
            with self._directory.socket_address() as address:
                listener.bind(address)
            self._directory.socket.chmod(0o600)
            listener.listen(_BACKLOG)
            listener.settimeout(0)
            self._server = await asyncio.start_unix_server(self._connected, sock=listener)
        except BaseException:
            listener.close()
            raise

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of the server always runs in a task
        _keep(task, self._connections)
        answers: set[asyncio.Task[None]] = set()
        # The follower goes away or talks nonsense, or this process is closing: what was asked is done all the same.
        with suppress(OSError, EOFError, asyncio.CancelledError, msgspec.DecodeError):
            writer.write(frame(Greeting(PROTOCOL, os.getpid())))
            await self._serve(reader, writer, answers)
        with suppress(asyncio.CancelledError):
            if answers:
                await asyncio.wait(answers)
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: set[asyncio.Task[None]]
    ) -> None:
        while True:
            request: Request = decode(await read_frame(reader), Request)
            task = asyncio.get_running_loop().create_task(self._answer(request, writer))
            _keep(task, answers)
            _keep(task, self._answers)
            if isinstance(request.call, RunCall):
                _keep(task, self._running)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        try:
            reply = Reply(request.number, result=raw(await self._do(request.call)))
        except FacetryError as error:
            reply = Reply(request.number, failure=failure(error))
        except Exception:  # noqa: BLE001 - whatever went wrong, the follower waits for an answer
            _log.exception("a call of another process failed")
            reply = Reply(request.number, failure=failure(StoreError("the owner of the data directory failed")))
        writer.write(frame(reply))

    async def _do(self, call: Call) -> object:
        match call:
            case WriteCall():
                return await self._store.write(call.tenant, call.writes, by=call.by)
            case CreateTenantCall():
                await self._store.create_tenant(call.tenant)
            case ReplaceTenantCall():
                return await self._store.replace_tenant(call.tenant)
            case DeleteTenantCall():
                await self._store.delete_tenant(call.tenant)
            case CutLogCall():
                await self._store.cut_log(call.tenant, call.below)
            case RunCall():
                return await self._run(call)
        return None

    async def _run(self, call: RunCall) -> object:
        task = self.tasks.get(call.task)
        if task is None:
            raise StoreError(
                f"the owner of the data directory does not do {call.task} for others: it may be a server that "
                "still starts, or another command; try again in a moment"
            )
        return await task(call.tenant)


def _keep(task: asyncio.Task[None], tasks: set[asyncio.Task[None]]) -> None:
    """Keep a task in a set for as long as it runs."""
    tasks.add(task)
    task.add_done_callback(tasks.discard)
