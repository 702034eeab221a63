"""What this process knows of marks, and how it asks for what others did."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from facetry.ports.shared_marks import Look, SharedMarks

_MARGIN = 1.1
"""Leases are waited out a tenth longer, for clocks that run differently."""


class Marks:
    """The marks last known here, which only rise, and looks for newer ones."""

    def __init__(
        self, shared: SharedMarks, ask: Callable[[str], Awaitable[int]], *, closing_seconds: float = 1.0
    ) -> None:
        """Ask ``shared`` first, and where it has nothing to say the store, through ``ask``.

        At the end questions that are under way are waited for ``closing_seconds`` at most.
        """
        self._closing_seconds = closing_seconds
        self._shared = shared
        self._ask = ask
        self._known: dict[str, int] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def known(self, tenant: str) -> int:
        """Return the last mark known, 0 for none."""
        return self._known.get(tenant, 0)

    def learn(self, tenant: str, mark: int) -> None:
        """Take note of a mark."""
        if mark > self.known(tenant):
            self._known[tenant] = mark

    async def look(self, tenant: str) -> None:
        """Learn what was acknowledged before this call; calls at once share a question that none of them was late for.

        Raises:
            StoreError: Nobody can be asked.
        """
        question = self._waiting.get(tenant)
        if question is None:
            before = self._asking.get(tenant)
            question = asyncio.get_running_loop().create_task(self._asked(tenant, before))
            question.add_done_callback(_retrieve)
            self._waiting[tenant] = question
        await asyncio.shield(question)

    async def before_commit(self, tenant: str) -> Look:
        """Look at what is told of a tenant, so that what is told after the commit may be believed."""
        return await self._shared.look(tenant)

    async def tell(self, tenant: str, mark: int, look: Look | None = None) -> None:
        """Tell a mark after its commit; return when nobody believes a lower one any more."""
        committed = time.monotonic()
        self.learn(tenant, mark)
        if not await self._shared.tell(tenant, mark, look):
            until = committed + self._shared.lease_seconds * _MARGIN
            await asyncio.sleep(max(0.0, until - time.monotonic()))

    async def close(self) -> None:
        """Wait for the questions that are under way, not for ever; harmless to repeat."""
        until = time.monotonic() + self._closing_seconds
        while questions := [*self._asking.values(), *self._waiting.values()]:
            _, left = await asyncio.wait(questions, timeout=max(0.0, until - time.monotonic()))
            if left:
                # Whoever asked is gone by now.
                self._waiting.clear()
                for question in left:
                    question.cancel()
                await asyncio.wait(left)
                return

    async def _asked(self, tenant: str, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        # Whoever comes from now on is too late for this question.
        self._asking[tenant] = self._waiting.pop(tenant)
        try:
            look = await self._shared.look(tenant)
            mark = look.mark
            if mark is None:
                mark = await self._ask(tenant)
                await self._shared.keep(tenant, mark, look)
            self.learn(tenant, mark)
        finally:
            del self._asking[tenant]


def _retrieve(question: asyncio.Task[None]) -> None:
    """Look at how a question ended, which those who asked may not have waited for."""
    if not question.cancelled():
        question.exception()
