"""Whether engines on other machines answer: asked now and then, shown to operators."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from facetry.bootstrap.engine_urls import LUCENE, MONGODB, REDIS
from facetry.bootstrap.service import Service
from facetry.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 2.0
_NOBODY = "-"
"""A tenant that does not exist: to ask for it takes as long as for one that does."""

Probe = Callable[[], Awaitable[bool]]


class Probes:
    """Ask each engine that is not part of this process.

    Attributes:
        states: Whether each one answered, by the scheme of its URL; None where it was not asked yet.
    """

    def __init__(self, service: Service) -> None:
        """Ask the engines of a service."""
        self._service = service
        self._probes = _probes(service)
        self.states: dict[str, bool | None] = dict.fromkeys(self._probes)

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Ask again and again, until cancelled."""
        while True:
            await asyncio.gather(*(self._ask(name) for name in self._probes))
            await asyncio.sleep(pause_seconds)

    def show(self, metrics: Metrics) -> None:
        """Show what was answered, and whether calls are counted for all processes."""
        for name in self._probes:
            metrics.gauge(f'facetry_engine_up{{engine="{name}"}}', partial(self._told, name))
        limiter = self._service.limiter
        if hasattr(limiter, "is_shared"):
            metrics.gauge("facetry_limiter_shared", lambda: int(limiter.is_shared))

    def _told(self, name: str) -> int:
        return int(self.states[name] or False)

    async def _ask(self, name: str) -> None:
        try:
            is_up = await asyncio.wait_for(self._probes[name](), ANSWER_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever it says, it does not answer
            is_up = False
            reason = str(error) or type(error).__name__
        else:
            reason = "it does not answer"
        if is_up is not self.states[name]:
            _log.log(logging.INFO if is_up else logging.WARNING, "%s is %s", name, "up" if is_up else f"down: {reason}")
        self.states[name] = is_up


def _probes(service: Service) -> dict[str, Probe]:
    """Return what asks each engine of a service that is on another machine."""

    async def store() -> bool:
        await service.store.revision(_NOBODY)
        return True

    async def index() -> bool:
        await service.index.revision(_NOBODY)
        return True

    async def cache() -> bool:
        # Who cannot be asked has no clock.
        return (await service.marks.look(_NOBODY)).moment is not None

    settings = service.settings
    wanted = ((settings.store, MONGODB, store), (settings.search, LUCENE, index), (settings.cache, REDIS, cache))
    return {url.partition(":")[0]: ask for url, schemes, ask in wanted if url.startswith(schemes)}
