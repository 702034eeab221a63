"""Which tenants' calls are under way, so that long work, and the many calls of a flood, let the few of others go first.

One event loop and one interpreter serve all tenants. Nothing can interrupt what has begun there, but what is about to
begin can wait: a call takes some milliseconds, and a flood loses only those.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from facetry.application.pauses import STEPS, Pauses

WAIT_SECONDS: Final = 0.01
"""Long work waits so long at most, or as long as it has worked; so does the next call of a flood."""
SHORT: Final = 16
"""What writes or changes no more is no long work."""
RECENT_SECONDS: Final = 1.0
"""So long ago is lately."""
_LOOK_SECONDS = 0.001
_MOST_REST_SECONDS = 0.004
_COMING_SECONDS = 0.002
"""A call takes so long at most from its arrival until its body is here, unless its client is slow."""
_TWO = 2
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
        self._coming: dict[str, float] = {}
        self._waiting: dict[str, int] = {}
        self._pauses = Pauses(self.came_lately, self.need_time)

    def arrive(self, tenant: str) -> None:
        """Note that a call arrived, which begins once its body is here."""
        self._note(tenant)
        self._coming[tenant] = self._came[tenant]
        if len(self._coming) > _FEW:
            del self._coming[next(iter(self._coming))]

    def begin(self, tenant: str) -> None:
        """Count a call, until it ends."""
        self._coming.pop(tenant, None)
        self._calls[tenant] = self._calls.get(tenant, 0) + 1
        self._note(tenant)

    def end(self, tenant: str) -> None:
        """Count a call no more."""
        left = self._calls[tenant] - 1
        if left:
            self._calls[tenant] = left
        else:
            del self._calls[tenant]
        self._pauses.look()

    def begin_waiting(self, tenant: str) -> None:
        """Take a call for one that waits for the writer, and so needs no time of the event loop meanwhile."""
        self._waiting[tenant] = self._waiting.get(tenant, 0) + 1
        self._pauses.look()

    def end_waiting(self, tenant: str) -> None:
        """Take it for one at work again."""
        self._waiting[tenant] -= 1
        if not self._waiting[tenant]:
            del self._waiting[tenant]

    async def let_on(self, *, is_awaited: bool = False) -> None:
        """Have long work that is no counted call pause between two slices of it; see ``Pauses.take``."""
        await self._pauses.take(is_awaited=is_awaited)

    async def let_pass(self) -> None:
        """Let all other calls take some steps between two slices of one; next to nothing where there are none."""
        for _ in range(STEPS if self._calls else 1):
            await asyncio.sleep(0)

    def came_lately(self) -> bool:
        """Return whether a call is under way or came lately."""
        now = time.monotonic()
        return bool(self._calls) or any(now - then < RECENT_SECONDS for then in [*self._came.values()])

    def has_several(self) -> bool:
        """Return whether calls of more than one tenant came lately."""
        now = time.monotonic()
        return sum(now - then < RECENT_SECONDS for then in [*self._came.values()]) > 1

    def need_time(self) -> bool:
        """Return whether a call needs the event loop now, or is about to, of a tenant that has few."""
        waiting = self._waiting
        if any(waiting.get(one, 0) < count <= _FEW for one, count in [*self._calls.items()]):
            return True
        return self._are_coming()

    def had_others(self, tenant: str) -> bool:
        """Return whether a call of another tenant came lately."""
        now = time.monotonic()
        return any(one != tenant and now - then < RECENT_SECONDS for one, then in [*self._came.items()])

    def has_others(self, tenant: str) -> bool:
        """Return whether a call of another tenant is under way, or about to, that has few; no flood is let go first."""
        if any(count <= _FEW and one != tenant for one, count in [*self._calls.items()]):
            return True
        return self._are_coming(tenant)

    def _are_coming(self, but: str = "") -> bool:
        now, calls = time.monotonic(), self._calls
        return any(
            one != but and now - then < _COMING_SECONDS and calls.get(one, 0) <= _FEW
            for one, then in [*self._coming.items()]
        )

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

    def courtesy(self, tenant: str) -> Courtesy:
        """Return how long work for a tenant, which begins now, lets the calls of others go first."""
        return Courtesy(self, tenant)


class Courtesy:
    """What one piece of long work waits for the calls of other tenants."""

    def __init__(self, calls: CallsUnderWay, tenant: str) -> None:
        """Begin to work."""
        self._calls = calls
        self._tenant = tenant
        self._begun = self._rested = time.monotonic()
        self._waited = 0.0

    def give_way(self) -> None:
        """Rest in a thread, until none of others' few calls is under way if that was not long enough already.

        While others come it rests a little in any case: then threads that answer them find a processor free.
        """
        begun = time.monotonic()
        if self._calls.had_others(self._tenant):
            time.sleep(min(_MOST_REST_SECONDS, begun - self._rested))
        while self._should_wait(begun):
            time.sleep(_LOOK_SECONDS)
        self._rested = time.monotonic()
        self._waited += self._rested - begun

    async def let_go_first(self) -> None:
        """Wait on the event loop until none of others' few calls is under way, likewise."""
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
