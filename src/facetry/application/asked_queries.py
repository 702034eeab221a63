"""What shoppers ask: the texts that are searched most, and those that find nothing."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.journal import COUNT_KINDS, SEARCH_COUNTS, SEARCH_HOURS, Count, Ranking, Span, period
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

_SEARCHES, _EMPTY = 0, 1


HOURS = 24


class Days(Enum):
    """How many days to look back, today among them; for one day, 24 hours, the present one among them."""

    DAY = 1
    WEEK = 7
    MONTH = 30
    QUARTER = 90

    @property
    def kind(self) -> str:
        """Return the kind of the counts that tell of them."""
        return SEARCH_HOURS if self is Days.DAY else SEARCH_COUNTS

    @property
    def step_seconds(self) -> int:
        """Return the seconds that one count stands for: an hour or a day."""
        return COUNT_KINDS[self.kind]

    def beginnings(self, now: float) -> range:
        """Return the Unix times at which the hours or days up to now begin."""
        last, step = period(now, self.step_seconds), self.step_seconds
        number = HOURS if self is Days.DAY else self.value
        return range(max(0, last - (number - 1) * step), last + 1, step)

    def span(self, now: float) -> Span:
        """Return the span of these hours or days."""
        times = self.beginnings(now)
        return Span(times.start, times[-1] + times.step)


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
        ranking = Ranking(span=days.span(self._clock.now()), by=by, limit=limit)
        return [_query(one) for one in await self._journal.top(tenant, days.kind, ranking)]


def _query(count: Count) -> AskedQuery:
    searches, empty, hits, clicks, orders, *_ = count.numbers
    average = round(hits / max(1, searches))
    return AskedQuery(text=count.name, searches=searches, empty=empty, hits=average, clicks=clicks, orders=orders)
