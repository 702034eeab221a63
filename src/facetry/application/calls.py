"""Which tenants' calls are under way, so that long work, and the many calls of a flood, let the few of others go first.

One event loop and one interpreter serve all tenants. Nothing can interrupt what has begun there, but what is about to
begin can wait: a call takes some milliseconds, and a flood loses only those.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

WAIT_SECONDS: Final = 0.01
"""Long work waits so long at most, or as long as it has worked; so does the next call of a flood."""
RECENT_SECONDS: Final = 1.0
"""So long ago is lately."""
_LOOK_SECONDS = 0.0005
_TWO = 2
_STEPS = 4
"""A short call takes about so many steps between two waits for something else."""
_FEW = 4
_QUIETER = 4
"""A tenant is quieter than one with so many times as many calls."""


class CallsUnderWay:
    """Counts the calls of each tenant that are under way or wait; changed on the event loop, read in any thread."""

    def __init__(self) -> None:
        """Have none."""
        self._calls: dict[str, int] = {}
        # When those two came last that came last: of each tenant one of them is another one.
        self._came: dict[str, float] = {}

    def begin(self, tenant: str) -> None:
        """Count a call, until it ends."""
        self._calls[tenant] = self._calls.get(tenant, 0) + 1
        self._note(tenant)

    def end(self, tenant: str) -> None:
        """Count a call no more."""
        left = self._calls[tenant] - 1
        if left:
            self._calls[tenant] = left
        else:
            del self._calls[tenant]

    def had_others(self, tenant: str) -> bool:
        """Return whether a call of another tenant came lately."""
        now = time.monotonic()
        return any(one != tenant and now - then < RECENT_SECONDS for one, then in [*self._came.items()])

    def has_others(self, tenant: str) -> bool:
        """Return whether a call of another tenant is under way that has few; a flood is not let go first."""
        return any(count <= _FEW and one != tenant for one, count in [*self._calls.items()])

    def has_quieter(self, tenant: str) -> bool:
        """Return whether a call is under way of a tenant with far fewer."""
        most = self._calls.get(tenant, 0) // _QUIETER
        return most > 0 and min(self._calls.values()) <= most

    def _note(self, tenant: str) -> None:
        came = self._came
        came.pop(tenant, None)
        came[tenant] = time.monotonic()
        if len(came) > _TWO:
            del came[next(iter(came))]

    async def let_on(self) -> None:
        """Let all calls that are under way take some steps on the event loop; next to nothing where there are none."""
        for _ in range(_STEPS if self._calls else 1):
            await asyncio.sleep(0)

    def courtesy(self, tenant: str) -> Courtesy:
        """Return how long work for a tenant, which begins now, lets the calls of others go first."""
        return Courtesy(self, tenant)


class Courtesy:
    """What one piece of long work waits for the calls of other tenants."""

    def __init__(self, calls: CallsUnderWay, tenant: str) -> None:
        """Begin to work."""
        self._calls = calls
        self._tenant = tenant
        self._begun = time.monotonic()
        self._waited = 0.0

    def give_way(self) -> None:
        """Wait in a thread until none of others' few calls is under way, if that was not long enough already."""
        begun = time.monotonic()
        while self._should_wait(begun):
            time.sleep(_LOOK_SECONDS)
        self._waited += time.monotonic() - begun

    async def let_go_first(self) -> None:
        """Do the same on the event loop."""
        begun = time.monotonic()
        while self._should_wait(begun):  # noqa: ASYNC110 - calls that end need not tell anybody so
            await asyncio.sleep(_LOOK_SECONDS)
        self._waited += time.monotonic() - begun

    def _should_wait(self, begun: float) -> bool:
        if not self._calls.has_others(self._tenant):
            return False
        waited = self._waited + time.monotonic() - begun
        worked = begun - self._begun - self._waited
        return waited < max(WAIT_SECONDS, worked)


CALLS: Final = CallsUnderWay()
"""Those of this process."""
