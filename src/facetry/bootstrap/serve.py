"""Running the server: one process that listens, or several that share one port and one data directory."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import msgspec
import uvloop

from facetry.bootstrap.app import open_app
from facetry.bootstrap.directory_watch import DirectoryWatch
from facetry.bootstrap.engine_urls import check_engines, is_shared
from facetry.bootstrap.file_limit import check_file_limit
from facetry.bootstrap.listener import CUT_OFF_SECONDS, Listener, check_address, check_tls
from facetry.bootstrap.workers import Workers, die_with_parent, worker_number
from facetry.domain.errors import SettingError, StoreBusyError
from facetry.http.under_way import UnderWay
from facetry.settings import Settings

SWITCH_SECONDS = 0.0001
"""A thread has the interpreter so long after it wants it; a call waits for that on its way in, and in a commit."""
CLOSING_SECONDS = 1.0
"""How long a worker may take to close what it has open, after its last request."""
COLLECT_AFTER = (5_000, 2, 100)
"""Objects made between two looks for garbage, and how many looks come before one at those that stayed, and one at all.

Requests leave next to nothing in cycles, and caches of answers keep tens of thousands of objects that are in none. A
look holds everybody up for as long as there are objects to look at: some milliseconds for so many, a tenth of a second
for all, which therefore comes seldom.
"""

KEY_LOST = (
    "the master key was replaced, or is being, while this process was cut off from the store: start it again, "
    "with the new key where it comes from the settings"
)

Ready = Callable[[Any], Awaitable[None]]


def serve(settings: Settings, announce: Ready, *, has_apis: bool = True) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP rereads the TLS files.

    Args:
        settings: What to serve, and where.
        announce: Called with the open service once this process answers; not in the further workers.
        has_apis: Whether anything is answered but questions of operators; else it works in the background only.

    Raises:
        SettingError: The address cannot be listened on, the TLS files cannot be used, or too few files may be open.
        StoreError: The store cannot be opened, its master key was replaced while it was out of reach, or its directory
            was taken away.
    """
    check_file_limit()
    number = worker_number()
    if number == 0:
        settings = msgspec.structs.replace(settings, port=check_address(settings))
    check_tls(settings)
    # By default it would be 5 ms, a few times a search.
    sys.setswitchinterval(SWITCH_SECONDS)
    uvloop.run(_serve(settings, announce, number, has_apis=has_apis))


async def _serve(settings: Settings, announce: Ready, number: int, *, has_apis: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number_of_signal in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number_of_signal, stopped.set)
    if number:
        die_with_parent(stopped)
    async with AsyncExitStack() as stack:
        with _given_up_once(stopped):
            app = await stack.enter_async_context(open_app(settings, number, has_apis=has_apis))
        if stopped.is_set():
            return
        listener = Listener(settings, app.asgi)
        workers = Workers(settings.workers if number == 0 else 1)
        loop.add_signal_handler(signal.SIGHUP, _renew, listener, workers)
        stack.push_async_callback(workers.stop, settings.drain_seconds)
        await workers.start()
        await _until_listening(settings, listener, stopped)
        # What was made until now stays: looking through it again and again would hold up requests.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        app.set_ready()
        if number == 0:
            app.metrics.tally("facetry_worker_restarts_total", lambda: workers.restarts)
            await announce(app.service)
        lost = app.service.key_lost
        watch = DirectoryWatch(settings, number)
        stack.callback(watch.stop)
        await _first(stopped, listener.ended, lost, watch.gone)
        app.set_stopping()
        # Who has lost the key or the data answers nobody any more, however politely.
        is_lost = lost.is_set() or watch.gone.is_set()
        linger_seconds = 0.0 if is_lost else settings.linger_seconds
        # The others hand their last writes to this process, so it ends after them.
        patience = 0.0 if is_lost else linger_seconds + settings.drain_seconds + 2 * CUT_OFF_SECONDS
        patience += CLOSING_SECONDS
        await asyncio.gather(workers.stop(patience), _leave(listener, app.under_way, linger_seconds))
    if lost.is_set():
        raise StoreBusyError(KEY_LOST)
    watch.check()


def work(settings: Settings, announce: Ready) -> None:
    """Do the work of the background until SIGTERM or SIGINT, and answer ``/healthz``, ``/readyz`` and ``/metrics``.

    Raises:
        SettingError: The store belongs to one server, which does that itself; or as ``serve``.
        StoreError: The store cannot be opened.
    """
    check_engines(settings)
    if not is_shared(settings):
        raise SettingError(
            f"store {settings.store} belongs to its server, which does the work of the background itself"
        )
    serve(msgspec.structs.replace(settings, background=True, demo=False, workers=1), announce, has_apis=False)


@contextmanager
def _given_up_once(stopped: asyncio.Event) -> Iterator[None]:
    """Leave this block, which opens what is served, without an error once the server is to stop.

    Nothing can interrupt a thread that compiles, or that builds an index anew: a process that has one ends without it,
    which is no worse for the data than ``kill -9``.
    """
    opening = asyncio.current_task()

    async def give_up() -> None:
        await stopped.wait()
        ending = threading.Timer(CLOSING_SECONDS, os._exit, (0,))
        ending.daemon = True
        ending.start()
        if opening is not None:
            opening.cancel()

    giving_up = asyncio.create_task(give_up())
    try:
        yield
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise
    finally:
        giving_up.cancel()


async def _leave(listener: Listener, under_way: UnderWay, linger_seconds: float) -> None:
    await asyncio.sleep(linger_seconds)
    await listener.stop(under_way)


def _renew(listener: Listener, workers: Workers) -> None:
    listener.renew()
    workers.signal(signal.SIGHUP)


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _until_listening(settings: Settings, listener: Listener, stopped: asyncio.Event) -> None:
    """Wait until the port accepts a connection, or there is nothing to wait for any more."""
    # One cannot connect to the addresses that stand for all.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    while not (listener.ended.is_set() or stopped.is_set()):
        try:
            _, writer = await asyncio.open_connection(host, settings.port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
