"""Hearing of what other processes wrote to a store that all of them share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

from facetry.domain.errors import StoreError
from facetry.ports.catalog_store import CatalogStore

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
CALM = 20.0
"""A look at all tenants may take one part in so many of the time, so that many tenants make looks rarer."""


class Following:
    """Call functions for every tenant whose revision has changed; what they fail at is tried again."""

    def __init__(self, store: CatalogStore) -> None:
        """Follow a store."""
        self._store = store
        self._followers: list[Callable[[str], Awaitable[None]]] = []
        self._seen: dict[str, int] | None = None

    def call(self, follower: Callable[[str], Awaitable[None]]) -> None:
        """Call a function with the id of each tenant that changes from now on."""
        self._followers.append(follower)

    async def run(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Look again and again, until cancelled."""
        while True:
            began = monotonic()
            try:
                await self.look()
            except StoreError as error:
                _log.warning("the store cannot be asked what changed: %s", error.message)
            except Exception:  # noqa: BLE001 - whatever failed, the next look tries again
                _log.exception("changes of other processes could not be followed")
            await asyncio.sleep(max(pause_seconds, CALM * (monotonic() - began)))

    async def look(self) -> None:
        """Look once; the first look only learns how everything is."""
        revisions = await self._store.revisions()
        if self._seen is None:
            self._seen = dict(revisions)
            return
        changed = [tenant for tenant in {**self._seen, **revisions} if self._seen.get(tenant) != revisions.get(tenant)]
        for tenant in changed:
            for follower in self._followers:
                await follower(tenant)
            # A tenant that is gone is forgotten only when all have heard of it.
            self._seen.pop(tenant, None)
            if tenant in revisions:
                self._seen[tenant] = revisions[tenant]
