"""What shoppers ask: the texts that are searched most, and those that find nothing."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.journal import DAY_SECONDS, SEARCH_COUNTS, Count, Ranking, Span, period
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

_SEARCHES, _EMPTY = 0, 1


class Days(Enum):
    """How many days to look back, today among them."""

    DAY = 1
    WEEK = 7
    MONTH = 30
    QUARTER = 90


class AskedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was searched.

    Attributes:
        text: As all spellings of it in large and small letters are counted.
        searches: How often.
        empty: How often it found nothing.
        hits: How many hits it had on the average.
        clicks: How many hits of it were opened.
        orders: How many orders followed.
    """

    text: str
    searches: int
    empty: int
    hits: int
    clicks: int
    orders: int


class AskedQueries:
    """The use cases of whoever wants to know what is searched."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        """Read a journal."""
        self._journal = journal
        self._clock = clock

    async def most(self, tenant: str, days: Days, limit: int) -> list[AskedQuery]:
        """Return what is searched most, most often first.

        Raises:
            StoreError: The journal cannot be read.
        """
        return await self._ranked(tenant, days, limit, _SEARCHES)

    async def without_hits(self, tenant: str, days: Days, limit: int) -> list[AskedQuery]:
        """Return what finds nothing, most often first.

        Raises:
            StoreError: The journal cannot be read.
        """
        return await self._ranked(tenant, days, limit, _EMPTY)

    async def _ranked(self, tenant: str, days: Days, limit: int, by: int) -> list[AskedQuery]:
        today = period(self._clock.now(), DAY_SECONDS)
        first = max(0, today - (days.value - 1) * DAY_SECONDS)
        ranking = Ranking(span=Span(first, today + DAY_SECONDS), by=by, limit=limit)
        return [_query(one) for one in await self._journal.top(tenant, SEARCH_COUNTS, ranking)]


def _query(count: Count) -> AskedQuery:
    searches, empty, hits, clicks, orders, *_ = count.numbers
    average = round(hits / max(1, searches))
    return AskedQuery(text=count.name, searches=searches, empty=empty, hits=average, clicks=clicks, orders=orders)
