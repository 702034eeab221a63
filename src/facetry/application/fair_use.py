"""What of the server each tenant may use: its quotas of rates, counted over all processes, and its turns."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from facetry.application.tenant_turns import TenantTurns
from facetry.domain.catalog import Refused, Write
from facetry.domain.errors import QuotaExceededError
from facetry.domain.leaky_bucket import Bucket, BucketLevel
from facetry.domain.quotas import NO_QUOTAS, Quotas
from facetry.domain.write_count import write_count
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.rate_limiter import RateLimiter
from facetry.ports.search_index import SearchIndex

MAX_TENANTS = 10_000
"""Of so many tenants the quotas are remembered."""
WRITES, SEARCHES, SEARCH_SECONDS = "writes_per_second", "searches_per_second", "search_seconds_per_minute"
_OVERFLOW_SECONDS = 600
"""What is let in at once may be more than a bucket holds; then others wait, but no longer than this."""
_MINUTE = 60
_MILLISECONDS = 1000


class FairUse:
    """Counts what tenants do against what they may, and gives them their turns.

    A quota of N a second is a bucket that N fit in at once; what is refused is not counted.
    """

    def __init__(self, store: CatalogStore, limiter: RateLimiter) -> None:
        """Read quotas from a store, and count in buckets that all processes share."""
        self._store = store
        self._limiter = limiter
        self._turns = TenantTurns()
        self._known: dict[str, tuple[object, Quotas]] = {}
        self._charged: dict[str, float] = {}

    async def write(self, tenant: str, writes: Sequence[Write | Refused], *, is_patient: bool = False) -> None:
        """Count writes that are about to be done, and wait for the tenant's turn.

        Args:
            tenant: Whose.
            writes: Each counts as many as there are in it; those of the server itself count nothing.
            is_patient: Whether to wait for room, however long, instead of refusing at once.

        Raises:
            QuotaExceededError: The tenant writes more than it may.
        """
        limit = (await self._quotas(tenant)).writes_per_second
        amount = sum(map(write_count, writes)) if limit is not None else 0
        if limit is not None and amount:
            await self._take(tenant, WRITES, limit, amount, is_patient=is_patient)
        await self._turns.take(tenant)

    async def search(self, tenant: str, index: SearchIndex) -> None:
        """Count a search that is about to be done by an index, and wait for the tenant's turn.

        Raises:
            QuotaExceededError: The tenant searches more, or has the index work longer, than it may.
        """
        quotas = await self._quotas(tenant)
        seconds = quotas.search_seconds_per_minute
        if seconds is not None:
            level = await self._charge(tenant, index, seconds)
            if not level.is_allowed:
                raise _exceeded(SEARCH_SECONDS, seconds, level)
        if quotas.searches_per_second is not None:
            await self._take(tenant, SEARCHES, quotas.searches_per_second, 1)
        await self._turns.take(tenant)

    async def searched(self, tenant: str, index: SearchIndex) -> None:
        """Count what a search, however it ended, has had the index work."""
        seconds = (await self._quotas(tenant)).search_seconds_per_minute
        if seconds is not None:
            await self._charge(tenant, index, seconds)

    async def _charge(self, tenant: str, index: SearchIndex, seconds: int) -> BucketLevel:
        """Count the work that was done since the last time, and tell how much more may be done."""
        size = seconds * _MILLISECONDS
        bucket = Bucket(size, size / _MINUTE, size * (_OVERFLOW_SECONDS // _MINUTE - 1))
        done = index.worked(tenant)
        # What was done before anybody counted is not told.
        spent = max(0.0, done - self._charged.get(tenant, done)) * _MILLISECONDS
        self._charged[tenant] = done
        return await self._limiter.fill(tenant, SEARCH_SECONDS, bucket, spent)

    async def _take(self, tenant: str, name: str, limit: int, amount: int, *, is_patient: bool = False) -> None:
        bucket = Bucket(limit, float(limit), limit * _OVERFLOW_SECONDS)
        while not (level := await self._limiter.take(tenant, name, bucket, amount)).is_allowed:
            if not is_patient:
                raise _exceeded(name, limit, level)
            await asyncio.sleep(level.retry_seconds)

    async def _quotas(self, tenant: str) -> Quotas:
        mark = self._store.mark(tenant)
        known = self._known.get(tenant)
        if known is None or known[0] != mark:
            record = await self._store.tenant(tenant)
            self._known.pop(tenant, None)
            known = self._known[tenant] = (mark, record.settings.quotas if record else NO_QUOTAS)
            if len(self._known) > MAX_TENANTS:
                oldest = next(iter(self._known))
                del self._known[oldest]
                self._charged.pop(oldest, None)
        return known[1]


def _exceeded(name: str, limit: int, level: BucketLevel) -> QuotaExceededError:
    return QuotaExceededError(name, limit, max(1, math.ceil(level.retry_seconds)))
