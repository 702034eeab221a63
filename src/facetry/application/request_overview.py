"""What calls a tenant's programs made: how many, how many were refused, which ones, and how full their buckets were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

import msgspec

from facetry.domain.journal import (
    DAY_SECONDS,
    MINUTE_SECONDS,
    REQUEST_COUNTS,
    LineQuery,
    Numbered,
    Ranking,
    RequestLine,
    Span,
    period,
)
from facetry.domain.leaky_bucket import Bucket, take
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

MOST_SURFACES = 10
MOST_LOOKED_AT = 2_000
"""So many lines are looked through for a page of those that failed."""
MOST_CALLS = 5_000
"""So many calls, the last ones, tell how full a bucket was."""
_FAILURE = 400
_GOOD_CODES = frozenset({"", "100"})
_REFUSED = "105"
CLIENT_ROUTE = "/client/V1 "
"""What stands before the name of the action in a route of the Client API."""


class Period(Enum):
    """How far back to look: seconds of a step, and how many of them.

    Attributes:
        HOUR: By the minute.
        DAY: By the half hour.
        WEEK: By six hours.
        MONTH: By the day.
    """

    HOUR = (MINUTE_SECONDS, 60)
    DAY = (30 * MINUTE_SECONDS, 48)
    WEEK = (6 * 3600, 28)
    MONTH = (DAY_SECONDS, 30)

    @property
    def step_seconds(self) -> int:
        """Return the seconds of a step."""
        return self.value[0]

    @property
    def steps(self) -> int:
        """Return how many steps there are."""
        return self.value[1]

    def beginnings(self, now: float) -> range:
        """Return the Unix times at which the steps up to now begin."""
        last = period(now, self.step_seconds)
        return range(last - (self.steps - 1) * self.step_seconds, last + 1, self.step_seconds)


class Step(msgspec.Struct, frozen=True):
    """The calls of a step, and how many of them failed or were refused; ``time`` is the Unix time it begins at."""

    time: int
    calls: int
    failures: int


class SurfaceCalls(msgspec.Struct, frozen=True):
    """The calls on a surface: ``catalog``, ``client`` or ``native``."""

    surface: str
    calls: int
    failures: int


class Traffic(msgspec.Struct, frozen=True):
    """The calls of a period: step by step, all of them, and by surface, the busiest first."""

    steps: tuple[Step, ...]
    surfaces: tuple[SurfaceCalls, ...]

    @property
    def calls(self) -> int:
        """Return how many calls there were."""
        return sum(step.calls for step in self.steps)

    @property
    def failures(self) -> int:
        """Return how many of them failed or were refused."""
        return sum(step.failures for step in self.steps)


class RequestWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls are wanted; what is empty does not matter.

    Attributes:
        after: Time and number of the line behind which a page begins.
    """

    key: str = ""
    surface: str = ""
    code: str = ""
    status: int | None = None
    failed_only: bool = False
    after: tuple[float, int] | None = None
    limit: int = 50


class RequestPage(msgspec.Struct, frozen=True):
    """Calls, newest first; ``next`` is where the page behind them begins, None where there is none."""

    lines: tuple[RequestLine, ...]
    next: tuple[float, int] | None


class Fullness(msgspec.Struct, frozen=True):
    """The most calls that were in a bucket in a step, and how many were refused; ``time`` begins it."""

    time: int
    most: int
    refused: int


class RequestOverview:
    """The use cases of whoever watches the calls of a tenant."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        """Read a journal."""
        self._journal = journal
        self._clock = clock

    async def traffic(self, tenant: str, wanted: Period) -> Traffic:
        """Return how many calls there were in a period.

        Raises:
            StoreError: The journal cannot be read.
        """
        steps = await self.steps(tenant, wanted)
        span = Span(steps[0].time, steps[-1].time + wanted.step_seconds)
        found = await self._journal.top(tenant, REQUEST_COUNTS, Ranking(span=span, limit=MOST_SURFACES))
        return Traffic(steps, tuple(SurfaceCalls(one.name, *one.numbers[:2]) for one in found))

    async def steps(self, tenant: str, wanted: Period) -> tuple[Step, ...]:
        """Return how many calls there were step by step, of all surfaces together: half the work of ``traffic``.

        Raises:
            StoreError: The journal cannot be read.
        """
        times = wanted.beginnings(self._clock.now())
        span = Span(times[0], times[-1] + wanted.step_seconds)
        sums = await self._journal.sums(tenant, REQUEST_COUNTS, span, wanted.step_seconds)
        numbers = {one.time: one.numbers for one in sums}
        return tuple(Step(time, *numbers.get(time, (0, 0))[:2]) for time in times)

    async def find(self, tenant: str, request_id: str) -> RequestLine | None:
        """Return the call with an id, as answers tell it in ``x-request-id`` or ``X-DEBUG-UID``; None for none.

        Raises:
            StoreError: The journal cannot be read.
        """
        return await self._journal.line(tenant, RequestLine, request_id)

    async def recent(self, tenant: str, wish: RequestWish) -> RequestPage:
        """Return calls, newest first.

        Of those that failed only so many are found as ``MOST_LOOKED_AT`` calls hold; the next page goes on there.

        Raises:
            StoreError: The journal cannot be read.
        """
        found: list[RequestLine] = []
        after, looked_at = wish.after, 0
        while looked_at < MOST_LOOKED_AT:
            page = await self._page(tenant, wish, after)
            for one in page:
                if len(found) == wish.limit:
                    return RequestPage(tuple(found), after)
                after = (one.line.time, one.number)
                found += [one.line] if not wish.failed_only or is_failure(one.line) else []
            looked_at += len(page)
            if len(page) <= wish.limit:
                return RequestPage(tuple(found), None)
        return RequestPage(tuple(found), after)

    async def fullness(self, tenant: str, key_id: str, action: str, bucket: Bucket) -> list[Fullness]:
        """Return how full the bucket of an access key and an action was, minute by minute, in the last hour.

        It is worked out from the calls that the journal knows, ``MOST_CALLS`` at most; of very many it keeps a part.

        Raises:
            StoreError: The journal cannot be read.
        """
        times = Period.HOUR.beginnings(self._clock.now())
        where = {"key": key_id, "route": CLIENT_ROUTE + action}
        query = LineQuery(span=Span(times[0]), where=where, limit=MOST_CALLS)
        lines = await self._journal.lines(tenant, RequestLine, query)
        return _filled(bucket, [one.line for one in reversed(lines)], times)

    async def _page(
        self, tenant: str, wish: RequestWish, after: tuple[float, int] | None
    ) -> Sequence[Numbered[RequestLine]]:
        """Return a page of lines, and one more where another follows."""
        where: dict[str, str | int] = {
            name: value for name in ("key", "surface", "code") if (value := getattr(wish, name))
        }
        if wish.status is not None:
            where["status"] = wish.status
        query = LineQuery(where=where, after=after, limit=wish.limit + 1)
        return await self._journal.lines(tenant, RequestLine, query)


def is_failure(line: RequestLine) -> bool:
    """Return whether a call failed, was refused, or its client left before the answer."""
    return line.status == 0 or line.status >= _FAILURE or line.code not in _GOOD_CODES


def _filled(bucket: Bucket, lines: Iterable[RequestLine], times: range) -> list[Fullness]:
    """Return how full a bucket was in each step from calls in their order."""
    most, refused, empty_at = dict.fromkeys(times, 0), dict.fromkeys(times, 0), 0.0
    for line in lines:
        time = period(line.time, times.step)
        if time not in most:
            continue
        if line.code == _REFUSED:
            refused[time] += 1
            most[time] = bucket.size
            continue
        level, empty_at = take(bucket, empty_at, line.time)
        most[time] = max(most[time], bucket.size - level.remaining)
    return [Fullness(time, most[time], refused[time]) for time in times]
