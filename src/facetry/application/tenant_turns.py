"""Turns of tenants at the event loop, so that many calls of one do not hold up the few of another."""

from __future__ import annotations

import asyncio

from facetry.application.calls import CALLS, WAIT_SECONDS, CallsUnderWay
from facetry.domain.fair_turns import FairTurns

STEPS = 5
"""A call comes to its turn, and from there to its answer, in so many steps of the loop about."""
_LOOK_SECONDS = 0.001
SHARED_SECONDS = 1.0
"""So long after another tenant came turns are taken; who is alone needs none."""


class TenantTurns:
    """Lets the work of one call begin at a time, tenant by tenant.

    Between two turns the loop does what else there is to do, several times: so a call waits for one piece of another
    tenant's work, and not for one at each of its own steps. Where nobody waits a turn costs next to nothing.
    """

    def __init__(self, calls: CallsUnderWay = CALLS) -> None:
        """Give turns; those of tenants with many calls under way after those calls of others with few have ended."""
        self._calls = calls
        self._waiting: FairTurns[asyncio.Future[None]] = FairTurns()
        self._is_taken = False
        self._last = ""
        self._shared_until = 0.0
        self._last_turn = 0.0

    async def take(self, tenant: str) -> None:
        """Wait until it is a tenant's turn."""
        loop = asyncio.get_running_loop()
        if self._is_alone(tenant, loop.time()):
            return
        if not self._is_taken:
            self._is_taken = True
            self._waiting.note(tenant)
            loop.call_soon(self._step, STEPS)
            return
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.add(tenant, future)
        await future

    def _is_alone(self, tenant: str, now: float) -> bool:
        """Return whether only this tenant came lately."""
        if tenant != self._last:
            self._last = tenant
            self._shared_until = now + SHARED_SECONDS
        return now > self._shared_until and not self._waiting

    def _step(self, left: int) -> None:
        """Let others have the loop for so many more steps; then give the next turn, to one who has not gone away."""
        loop = asyncio.get_running_loop()
        if left > 1:
            loop.call_soon(self._step, left - 1)
            return
        while (future := self._waiting.take(self._may)) is not None:
            if not future.done():
                # Whoever waits goes on before this is called again.
                future.set_result(None)
                self._last_turn = loop.time()
                loop.call_soon(self._step, STEPS)
                return
        if self._waiting:
            loop.call_later(_LOOK_SECONDS, self._step, 1)
        else:
            self._is_taken = False

    def _may(self, tenant: str) -> bool:
        """Return whether a turn may be a tenant's: calls of quieter ones are not held up at each of their steps."""
        if not self._calls.has_quieter(tenant):
            return True
        return asyncio.get_running_loop().time() - self._last_turn > WAIT_SECONDS
