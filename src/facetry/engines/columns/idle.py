"""Letting go of tenants that nobody asks for, so that memory is for those that somebody does."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_LOG = logging.getLogger(__name__)
_LOOKS = 4
"""So often idle tenants are looked for in the time after which one is idle."""


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One use of a tenant, at a ``time.monotonic`` second; the last one is told from others by being itself."""

    at: float


LetGo = Callable[[str, Callable[[], bool]], Awaitable[bool]]
"""Lets a tenant go and says whether it did; asks last of all, without waiting afterwards, whether it is still idle."""


class IdleTenants:
    """Notes when tenants are used, and has those let go that are idle."""

    def __init__(self, seconds: float, let_go: LetGo) -> None:
        """Let go of tenants that were not used for so many seconds."""
        self._seconds = seconds
        self._let_go = let_go
        self._last: dict[str, Use] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def used(self, tenant: str) -> None:
        """Note that an open tenant is used now."""
        self._last[tenant] = Use(time.monotonic())
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds / _LOOKS, self._look)

    def forget(self, tenant: str) -> None:
        """Stop looking after a tenant that is not open any more."""
        self._last.pop(tenant, None)

    async def stop(self) -> None:
        """Let go of nobody any more."""
        self._last.clear()
        if self._timer:
            self._timer.cancel()
        if self._task:
            await asyncio.wait([self._task])

    def _look(self) -> None:
        self._timer = None
        if not self._last:
            return
        now = time.monotonic()
        idle = {tenant: use for tenant, use in self._last.items() if now - use.at >= self._seconds}
        if idle and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._let_all_go(idle))
        self._timer = asyncio.get_running_loop().call_later(self._seconds / _LOOKS, self._look)

    async def _let_all_go(self, idle: dict[str, Use]) -> None:
        for tenant, use in idle.items():
            try:
                await self._let_one_go(tenant, use)
            except Exception:  # noqa: BLE001 - it stays open, and the next look tries again
                _LOG.exception("an idle search index could not be let go")

    async def _let_one_go(self, tenant: str, use: Use) -> None:
        def is_idle() -> bool:
            return self._last.get(tenant) is use

        if is_idle() and await self._let_go(tenant, is_idle):
            self.forget(tenant)
