"""Turns of tenants at the event loop, so that many calls of one do not hold up the few of another."""

from __future__ import annotations

import asyncio

from facetry.domain.fair_turns import FairTurns


class TenantTurns:
    """Lets the work of one call begin at a time, tenant by tenant.

    Between two turns the loop looks for what else there is to do: so a call waits for one step of each tenant's, and
    not for all that a flood of another one's calls would do at once. Where nobody waits a turn costs next to nothing.
    """

    def __init__(self) -> None:
        self._waiting: FairTurns[asyncio.Future[None]] = FairTurns()
        self._is_taken = False

    async def take(self, tenant: str) -> None:
        """Wait until it is a tenant's turn."""
        loop = asyncio.get_running_loop()
        if not self._is_taken:
            self._is_taken = True
            loop.call_soon(self._next)
            return
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.add(tenant, future)
        await future

    def _next(self) -> None:
        """Give the next turn, to one who has not gone away."""
        while self._waiting:
            future = self._waiting.take()
            if not future.done():
                # Whoever waits goes on before this is called again.
                future.set_result(None)
                asyncio.get_running_loop().call_soon(self._next)
                return
        self._is_taken = False
