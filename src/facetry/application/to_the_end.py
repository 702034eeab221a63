"""Work in a thread on something that nobody else may touch meanwhile, whatever becomes of the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")


async def done_in_thread(executor: Executor, work: Callable[[], _T]) -> _T:
    """Return what work results in, done by an executor; a cancelled caller too waits for its end.

    Raises:
        Exception: What the work raises.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def tell(_: Future[_T]) -> None:
        loop.call_soon_threadsafe(_set, ended)

    running = executor.submit(work)
    running.add_done_callback(tell)
    try:
        await ended
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([asyncio.wrap_future(running)])
        raise
    return running.result()


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
