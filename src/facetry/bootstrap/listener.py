"""What accepts connections: the HTTP server inside this process, begun anew when its TLS files change."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from facetry.domain.errors import SettingError
from facetry.http.under_way import UnderWay
from facetry.settings import Settings

_log = logging.getLogger("facetry.server")

CUT_OFF_SECONDS = 0.25
"""How long requests that are cut off may take to end, and then their answers to leave."""
BACKLOG = 1024
MAX_CONCURRENT_REQUESTS = 4096
HEADER_READ_SECONDS = 30
OVERLAP_SECONDS = 0.5
"""How long an old and a new server accept connections side by side, so that there is always one that does."""


class Listener:
    """Accept connections and hand their requests to an application.

    Attributes:
        ended: Set when the server ended although nobody asked it to.
    """

    def __init__(self, settings: Settings, asgi: Any) -> None:  # noqa: ANN401 - an ASGI application
        """Begin to listen; must be called in the event loop.

        Raises:
            SettingError: The TLS files cannot be used.
        """
        self.ended = asyncio.Event()
        self._settings = settings
        self._asgi = asgi
        self._serving: dict[Server, asyncio.Future[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._begin()

    def renew(self) -> None:
        """Begin anew with the TLS files as they are now; requests under way are finished on the old ones.

        Files that cannot be used are reported, and the old ones stay in use.
        """
        if self._settings.tls_cert is None:
            return
        _log.info("rereading the TLS files")
        before = list(self._serving)
        try:
            self._begin()
        except SettingError as error:
            _log.error("%s; the old ones stay in use", error.message)
            return
        for server in before:
            self._leave(server, OVERLAP_SECONDS)

    async def stop(self, under_way: UnderWay) -> None:
        """Refuse new connections, let requests under way finish, and cut off those that do not."""
        serving = list(self._serving.values())
        for server in list(self._serving):
            self._leave(server, 0.0)
        if self._leaving:
            await asyncio.wait(self._leaving)
        # As long as there is still a store, so that they can leave it in order.
        if count := await under_way.cut_off(CUT_OFF_SECONDS):
            _log.warning("requests that took too long were cut off: %d", count)
            if serving:
                await asyncio.wait(serving, timeout=CUT_OFF_SECONDS)

    def _begin(self) -> None:
        check_tls(self._settings)
        server = _server(self._settings, self._asgi)
        serving = asyncio.ensure_future(server.serve())
        self._serving[server] = serving
        serving.add_done_callback(lambda _: self._note_end(server))

    def _note_end(self, server: Server) -> None:
        if server not in self._serving:
            return
        serving = self._serving.pop(server)
        error = None if serving.cancelled() else serving.exception()
        _log.error("the HTTP server ended by itself", exc_info=error)
        if not self._serving:
            self.ended.set()

    def _leave(self, server: Server, after_seconds: float) -> None:
        serving = self._serving.pop(server)
        task = asyncio.create_task(_drain(server, serving, after_seconds, self._settings.drain_seconds))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


async def _drain(server: Server, serving: asyncio.Future[None], after_seconds: float, seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait([serving], timeout=seconds)


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


def check_address(settings: Settings) -> int:
    """Return the port to listen on: the one set, or any free one for 0.

    A taken port is refused by name: the server's own sockets share ports, and would share it silently.

    Raises:
        SettingError: The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            port: int = probe.getsockname()[1]
        except OSError as error:
            message = f"cannot listen on {settings.host}:{settings.port}: {os.strerror(error.errno or 0).lower()}"
            raise SettingError(message) from error
    return port


def check_tls(settings: Settings) -> None:
    """Refuse TLS files that cannot be read, are none, or do not fit each other.

    Raises:
        SettingError: They cannot be used.
    """
    certificate, key = settings.tls_cert, settings.tls_key
    if certificate is None or key is None:
        return
    for name, file in (("tls_cert", certificate), ("tls_key", key)):
        if not _is_readable(file):
            message = f"setting {name}: cannot read {file}"
            raise SettingError(message)
    try:
        # Nobody is there to type the password of an encrypted key.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or "the key is encrypted or no key"
        message = f"setting tls_cert: {certificate} and {key} cannot be used: {reason.lower().replace('_', ' ')}"
        raise SettingError(message) from error


def _is_readable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.R_OK)
