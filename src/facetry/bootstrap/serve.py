"""Running the server: one process that listens, or several that share one port and one data directory."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from facetry.bootstrap.app import open_app
from facetry.bootstrap.workers import Workers, die_with_parent, worker_number
from facetry.domain.errors import SettingError
from facetry.settings import Settings

_log = logging.getLogger("facetry.server")

BACKLOG = 1024
MAX_CONCURRENT_REQUESTS = 4096
HEADER_READ_SECONDS = 30

Ready = Callable[[Any], Awaitable[None]]


def serve(settings: Settings, announce: Ready) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP rereads the TLS files.

    Args:
        settings: What to serve, and where.
        announce: Called with the open service once this process answers; not in the further workers.

    Raises:
        SettingError: The address cannot be listened on, or the TLS files cannot be used.
        StoreError: The store cannot be opened.
    """
    number = worker_number()
    if number == 0:
        _check_address(settings)
    _check_tls(settings)
    uvloop.run(_serve(settings, announce, number))


async def _serve(settings: Settings, announce: Ready, number: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number_of_signal in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number_of_signal, stopped.set)
    if number:
        die_with_parent(stopped)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, number))
        server = _server(settings, app.asgi)
        serving = asyncio.ensure_future(server.serve())
        workers = Workers(settings.workers) if number == 0 else None
        loop.add_signal_handler(signal.SIGHUP, _reload, server, workers)
        if workers is not None:
            stack.push_async_callback(workers.stop, settings.drain_seconds)
            await workers.start()
        await _until_listening(settings, serving)
        app.set_ready()
        if number == 0:
            await announce(app.service)
        await _first(stopped, serving)
        app.set_stopping()
        await _drain(server, serving, settings.drain_seconds)


def _server(settings: Settings, asgi: Any) -> Server:  # noqa: ANN401 - an ASGI application
    return Server(
        asgi,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        backlog=BACKLOG,
        backpressure=MAX_CONCURRENT_REQUESTS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.error,
        ssl_cert=settings.tls_cert,
        ssl_key=settings.tls_key,
    )


def _reload(server: Server, workers: Workers | None) -> None:
    """Begin anew with the TLS files as they are now; connections under way are finished on the old ones."""
    _log.info("rereading the TLS files")
    server.reload()  # type: ignore[no-untyped-call]
    if workers is not None:
        workers.signal(signal.SIGHUP)


async def _first(stopped: asyncio.Event, serving: asyncio.Future[None]) -> None:
    waiting = asyncio.ensure_future(stopped.wait())
    await asyncio.wait((waiting, serving), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()


async def _drain(server: Server, serving: asyncio.Future[None], seconds: float) -> None:
    """Stop accepting, let requests under way finish, and give up on those that do not."""
    server.stop()  # type: ignore[no-untyped-call]
    try:
        await asyncio.wait_for(asyncio.shield(serving), seconds)
    except TimeoutError:
        _log.warning("requests still under way after %.0f s were cut off", seconds)


async def _until_listening(settings: Settings, serving: asyncio.Future[None]) -> None:
    """Wait until the port accepts a connection."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - listening there was asked for
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, settings.port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    serving.result()


def _check_address(settings: Settings) -> None:
    """Refuse a taken port by name: the server's own sockets share ports, and would share it silently."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            message = f"cannot listen on {settings.host}:{settings.port}: {os.strerror(error.errno or 0).lower()}"
            raise SettingError(message) from error


def _check_tls(settings: Settings) -> None:
    for name, file in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if file is not None and not _readable(file):
            message = f"setting {name}: cannot read {file}"
            raise SettingError(message)


def _readable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.R_OK)
