"""Work on a stream of chunks, the next of which is read while the one before is worked on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

AT_ONCE = 2
"""So many chunks are there at a time: read, or being worked on."""
_Chunk = TypeVar("_Chunk")
_Result = TypeVar("_Result")


async def overlapped(
    chunks: AsyncIterator[_Chunk], work: Callable[[_Chunk], Awaitable[_Result]]
) -> AsyncGenerator[tuple[_Chunk, _Result], None]:
    """Yield each chunk with what came of it, in order, as soon as it is there.

    Whoever does not take what is yielded has at most ``AT_ONCE`` chunks read. An error of the work ends all; so does
    closing, which gives up what is under way.
    """
    running: deque[tuple[_Chunk, asyncio.Task[_Result]]] = deque()
    reading: asyncio.Task[tuple[_Chunk, ...]] | None = None
    is_over = False
    try:
        while running or not is_over:
            if reading is None and not is_over and len(running) < AT_ONCE:
                reading = asyncio.create_task(_next_of(chunks))
            waited: list[asyncio.Task[object]] = [task for task in (reading,) if task is not None]
            await asyncio.wait([*waited, *(task for _, task in [*running][:1])], return_when=asyncio.FIRST_COMPLETED)
            if running and running[0][1].done():
                chunk, task = running.popleft()
                yield chunk, task.result()
            elif reading is not None and reading.done():
                found, reading = reading.result(), None
                is_over = not found
                running.extend((one, asyncio.create_task(_awaited(work(one)))) for one in found)
    finally:
        await _give_up([*([reading] if reading else []), *(task for _, task in running)])


async def _next_of(chunks: AsyncIterator[_Chunk]) -> tuple[_Chunk, ...]:
    """Return the next chunk, nothing at the end."""
    async for chunk in chunks:
        return (chunk,)
    return ()


async def _awaited(work: Awaitable[_Result]) -> _Result:
    return await work


async def _give_up(tasks: list[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
