"""Places for the calls of a tenant, so that many of one do not fill the process in which others have few."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from facetry.application.calls import CALLS, CallsUnderWay

AT_ONCE = 4
"""So many calls are under way at a time where several tenants come, in equal parts, but one of each at least."""
FAR_AT_ONCE = 64
"""The same where calls mostly wait for engines elsewhere."""
SHARED_SECONDS = 1.0
"""So long after another tenant came; who is alone has all the room."""


class TenantPlaces:
    """Lets a tenant have its part of the places while others come too; its further calls wait in their order.

    What is under way already is all that another tenant's call meets at each of its steps.
    """

    def __init__(
        self, places: int = AT_ONCE, now: Callable[[], float] = time.monotonic, calls: CallsUnderWay = CALLS
    ) -> None:
        """Have so many places, to be shared by the tenants of which calls are under way; count these."""
        self._calls = calls
        self._places = places
        self._now = now
        self._inside: dict[str, int] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._last = ""
        self._shared_until = 0.0

    async def enter(self, tenant: str) -> Place:
        """Return a place of a tenant, once there is one."""
        if tenant != self._last:
            self._last = tenant
            self._shared_until = self._now() + SHARED_SECONDS
        if tenant in self._waiting or not self._has_room(tenant):
            await self._counted_wait(tenant)
        else:
            self._inside[tenant] = self._inside.get(tenant, 0) + 1
            self._calls.begin(tenant)
        return Place(self, tenant)

    def leave(self, tenant: str) -> None:
        """Give a place back, and let in who waits."""
        self._calls.end(tenant)
        self._free(tenant)

    async def _counted_wait(self, tenant: str) -> None:
        """Wait for a place; who waits counts as a call too, until it goes away."""
        self._calls.begin(tenant)
        try:
            await self._wait(tenant)
        except asyncio.CancelledError:
            self._calls.end(tenant)
            raise

    def _free(self, tenant: str) -> None:
        left = self._inside[tenant] - 1
        if left:
            self._inside[tenant] = left
        else:
            del self._inside[tenant]
        if tenant in self._waiting:
            self._let_in(tenant)

    def _has_room(self, tenant: str) -> bool:
        inside = self._inside.get(tenant, 0)
        if not inside:
            return True
        return inside < self._places // len(self._inside) or self._now() > self._shared_until

    async def _wait(self, tenant: str) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(future)
        try:
            await future
        except asyncio.CancelledError:
            # The place may have been given just before.
            if not future.cancelled():
                self._free(tenant)
            raise

    def _let_in(self, tenant: str) -> None:
        line = self._waiting[tenant]
        while line and self._has_room(tenant):
            future = line.popleft()
            if not future.done():
                self._inside[tenant] = self._inside.get(tenant, 0) + 1
                future.set_result(None)
        if not line:
            del self._waiting[tenant]


class Place:
    """A call's place, to be given back once."""

    __slots__ = ("_places", "_tenant")

    def __init__(self, places: TenantPlaces, tenant: str) -> None:
        """Have one of a tenant's."""
        self._places: TenantPlaces | None = places
        self._tenant = tenant

    def leave(self) -> None:
        """Give it back; harmless to repeat."""
        places, self._places = self._places, None
        if places is not None:
            places.leave(self._tenant)
