"""Work that one process of several does at a time: begun where a lease is got, ended where it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from time import monotonic
from typing import Any

from facetry.domain.errors import FacetryError
from facetry.ports.leases import Leases

_log = logging.getLogger(__name__)

LEASE_SECONDS = 5.0
"""So long after the death of a process another one takes its work over, and a try."""
TRIES = 4
"""So often in the time of a lease it is renewed, or asked for."""

Work = Callable[[], Sequence[Coroutine[Any, Any, None]]]
"""Returns what is to be done at once, each until it is cancelled."""


class LeasedWork:
    """Do work while a lease is held; what is done under it must be harmless when two do it for a moment."""

    def __init__(self, leases: Leases, name: str, work: Work, seconds: float = LEASE_SECONDS) -> None:
        """Ask for the lease of this name, for so many seconds each time."""
        self._leases = leases
        self._name = name
        self._work = work
        self._seconds = seconds
        self._until = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_held(self) -> bool:
        """Return whether the work is being done here."""
        return bool(self._tasks)

    async def run(self) -> None:
        """Take the lease, do the work, renew it, again and again, until cancelled; then others may have it at once."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(self._seconds / TRIES)
        finally:
            self._stop()
            await asyncio.shield(self._leases.give_back(self._name))

    async def look(self) -> None:
        """Take or renew the lease once, and begin or end the work."""
        asked = monotonic()
        try:
            held = await asyncio.wait_for(self._leases.take(self._name, self._seconds), self._seconds / TRIES)
        except (FacetryError, TimeoutError) as error:
            # Nobody else can have it before it runs out, so a short break changes nothing.
            held = asked < self._until
            if not held and self._tasks:
                _log.warning("the work of the background ends here, its lease cannot be renewed: %s", error)
        else:
            self._until = asked + self._seconds if held else 0.0
        if held and not self._tasks:
            self._tasks = [asyncio.create_task(one) for one in self._work()]
        elif not held:
            self._stop()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
