"""Waiting for the next change of a tenant, in whichever process it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from time import monotonic

from facetry.domain.errors import StoreError

LOOK_SECONDS = 0.02
"""How long a change stays unheard at most; a look takes microseconds and is made only while somebody waits."""
ASK_SECONDS = 0.25
"""The same where other machines have to be asked, and nothing was heard of them."""


class Watch:
    """Ask a store for the marks of those tenants that somebody waits for, again and again, once for all who wait."""

    def __init__(
        self,
        mark: Callable[[str], object],
        look_seconds: float = LOOK_SECONDS,
        ask: Callable[[str], Awaitable[None]] | None = None,
        ask_seconds: float = ASK_SECONDS,
    ) -> None:
        """Ask ``mark``, which gives another value after each change of a tenant.

        Args:
            mark: The store's.
            look_seconds: How long there is between two looks.
            ask: The store's ``look``, where it ``looks``; None where its marks are always true.
            ask_seconds: How long there is between two times that all tenants are asked for.
        """
        self._mark = mark
        self._look_seconds = look_seconds
        self._ask = ask
        self._ask_seconds = ask_seconds
        self._asked_at = 0.0
        self._heard: set[str] = set()
        self._waiting: dict[asyncio.Future[None], tuple[str, object]] = {}
        self._looking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    async def changed(self, tenant: str, mark: object, seconds: float) -> None:
        """Return soon after a tenant's mark is another one than this, or when the time is over.

        Whoever calls it again and again returns at most once a look, however often the tenant changes.
        """
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting[future] = (tenant, mark)
        if self._looking is None:
            self._looking = loop.create_task(self._look())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await future
        finally:
            del self._waiting[future]

    def heard(self, tenant: str) -> None:
        """Ask for a tenant at the next look: somebody said that it was changed."""
        self._heard.add(tenant)

    def wake(self) -> None:
        """Have all return who wait now."""
        for future in self._waiting:
            _settle(future)

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._look_seconds)
            marks = await self._asked()
            for future, (tenant, mark) in self._waiting.items():
                if tenant not in marks:
                    marks[tenant] = self._mark_of(tenant)
                if marks[tenant] != mark:
                    _settle(future)
        self._looking = None

    async def _asked(self) -> dict[str, object]:
        """Have the store learn what other machines did; return the failures, each in the place of a mark."""
        heard, self._heard = self._heard, set()
        if self._ask is None:
            return {}
        waited: Iterable[str] = {tenant for tenant, _ in self._waiting.values()}
        now = monotonic()
        if now - self._asked_at < self._ask_seconds:
            waited = heard.intersection(waited)
        else:
            self._asked_at = now
        tenants = list(waited)
        outcomes = await asyncio.gather(*map(self._ask, tenants), return_exceptions=True)
        # Who waits meets the failure when it reads what has changed.
        return {tenant: outcome for tenant, outcome in zip(tenants, outcomes, strict=True) if outcome is not None}

    def _mark_of(self, tenant: str) -> object:
        try:
            return self._mark(tenant)
        except StoreError as error:
            # Who waits meets the failure when it reads what has changed.
            return error


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
