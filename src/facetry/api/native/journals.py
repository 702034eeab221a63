"""The calls that read the journals of requests and searches."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from facetry.api.native.call import Call
from facetry.api.native.fields import Document
from facetry.api.native.parameters import Parameters
from facetry.api.native.reads import AFTER, LIMIT, Reading, Reads
from facetry.api.native.routing import Route
from facetry.domain.errors import BadParameterError, RecordNotFoundError
from facetry.domain.journal import (
    DAY_SECONDS,
    MINUTE_SECONDS,
    REQUEST_COUNTS,
    SEARCH_COUNTS,
    Count,
    JournalLine,
    Line,
    LineQuery,
    Numbered,
    Ranking,
    RequestLine,
    SearchLine,
    Span,
    period,
)
from facetry.domain.tenant import Scope
from facetry.domain.times import iso_time
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

REQUESTS, REQUEST, REQUEST_COUNTED = "/v2/requests", "/v2/requests/{request_id}", "/v2/requests/counts"
SEARCHES, TOP, EMPTY = "/v2/searches", "/v2/searches/top", "/v2/searches/empty"
STEPS: Final[Mapping[str, int]] = {"minute": MINUTE_SECONDS, "hour": 3600, "day": DAY_SECONDS}
SHOWN_STEPS: Final[Mapping[str, int]] = {"minute": 1440, "hour": 1440, "day": 30}
"""So many steps are shown where nothing is said of a span: a day of minutes, sixty days of hours."""
MAX_STEPS = 50_000
SHOWN_DAYS = 30
MAX_DAYS = 400
"""Of so many days each may be shown of its own."""
_FROM, _TO, _STEP = "from", "to", "step"
_NARROWED_BY = ("key", "route", "code")
_STATUS = "status"
_HIGHEST_STATUS = 599
_SEARCHES_PLACE, _EMPTY_PLACE = 0, 1
_CURSOR = re.compile(r"(\d{1,12}(?:\.\d{1,17})?)_(\d{1,18})", re.ASCII)


class Journals:
    """Handles who looks at what happened."""

    def __init__(self, journal: Journal, reads: Reads, clock: Clock) -> None:
        """Show a journal."""
        self._journal = journal
        self._reads = reads
        self._clock = clock

    async def requests(self, call: Call) -> Answer:
        """Show calls, newest first."""
        reading = await self._reads.begin(call, *_NARROWED_BY, _STATUS, _FROM, _TO, LIMIT, AFTER)
        parameters = reading.parameters
        where: dict[str, str | int] = {name: parameters.text(name) for name in _NARROWED_BY if name in parameters}
        if _STATUS in parameters:
            where[_STATUS] = parameters.integer(_STATUS, 0, 0, _HIGHEST_STATUS)
        found = await self._journal.lines(call.session.tenant, RequestLine, _query(reading, where))
        return journal_page(found, reading.limit, [request_document(one.line) for one in found])

    async def request(self, call: Call) -> Answer:
        """Show one call."""
        await self._reads.begin(call)
        request_id = call.variables["request_id"]
        line = await self._journal.line(call.session.tenant, RequestLine, request_id)
        if line is None:
            raise RecordNotFoundError("request", request_id[:100])
        return _answer(request_document(line))

    async def counts(self, call: Call) -> Answer:
        """Show how many calls there were, step by step."""
        parameters = (await self._reads.begin(call, _FROM, _TO, _STEP)).parameters
        step = parameters.text(_STEP, "day")
        if step not in STEPS:
            raise BadParameterError(_STEP, f"must be {', '.join(STEPS)}")
        seconds = STEPS[step]
        span = self._span(parameters, SHOWN_STEPS[step] * seconds, seconds, MAX_STEPS * seconds)
        sums = await self._journal.sums(call.session.tenant, REQUEST_COUNTS, span, seconds)
        items = [{"time": iso_time(one.time), "calls": one.numbers[0], "failures": one.numbers[1]} for one in sums]
        return _answer({"step": step, "items": items})

    async def searches(self, call: Call) -> Answer:
        """Show searches, newest first."""
        reading = await self._reads.begin(call, "q", _FROM, _TO, LIMIT, AFTER)
        where = {"query": reading.parameters.text("q")} if "q" in reading.parameters else {}
        found = await self._journal.lines(call.session.tenant, SearchLine, _query(reading, where))
        return journal_page(found, reading.limit, [search_document(one.line) for one in found])

    async def top(self, call: Call) -> Answer:
        """Show what is asked most."""
        return await self._ranked(call, _SEARCHES_PLACE)

    async def empty(self, call: Call) -> Answer:
        """Show what finds nothing most often."""
        return await self._ranked(call, _EMPTY_PLACE)

    async def _ranked(self, call: Call, place: int) -> Answer:
        reading = await self._reads.begin(call, _FROM, _TO, _STEP, LIMIT)
        parameters = reading.parameters
        if parameters.text(_STEP, "day") != "day":
            raise BadParameterError(_STEP, "must be day")
        by_day = _STEP in parameters
        longest = MAX_DAYS * DAY_SECONDS if by_day else math.inf
        span = self._span(parameters, SHOWN_DAYS * DAY_SECONDS, DAY_SECONDS, longest)
        ranking = Ranking(span=span, by=place, limit=reading.limit, by_day=by_day)
        found = await self._journal.top(call.session.tenant, SEARCH_COUNTS, ranking)
        return _answer({"items": [query_document(one) for one in found]})

    def _span(self, parameters: Parameters, usual: float, step_seconds: int, longest: float) -> Span:
        """Return the span that counts are wanted of, from the beginning of a step; ``usual`` seconds up to now.

        Raises:
            BadParameterError: It is longer than is allowed.
        """
        end = parameters.end(_TO, self._clock.now())
        first = parameters.time(_FROM, max(0.0, end - usual))
        if end - first > longest:
            raise BadParameterError(_FROM, f"must be at most {longest / step_seconds:.0f} steps before {_TO}")
        return Span(period(first, step_seconds), end)


def request_document(line: RequestLine) -> Document:
    """Return a call as JSON."""
    return _shown(
        line,
        id=line.id,
        time=iso_time(line.time, "milliseconds"),
        method=line.method,
        route=line.route,
        status=line.status,
        duration_ms=line.duration_ms,
        size=line.size,
    ) | _without_empty({"code": line.code, "error": line.error})


def search_document(line: SearchLine) -> Document:
    """Return a search as JSON."""
    return _shown(
        line,
        search_id=line.id,
        time=iso_time(line.time, "milliseconds"),
        query=line.query,
        duration_ms=line.duration_ms,
        revision=line.revision,
    ) | _without_empty({"filter": line.filter, "hits": line.hits})


def query_document(count: Count) -> Document:
    """Return what is known of a query as JSON; ``hits`` are those of one search on the average."""
    searches, empty, hits, clicks, orders, *_ = count.numbers
    document: Document = {"day": iso_time(count.time)[:10]} if count.time else {}
    document |= {"query": count.name, "searches": searches, "empty": empty}
    return document | {"hits": round(hits / max(1, searches)), "clicks": clicks, "orders": orders}


def routes(journal: Journal, reads: Reads, clock: Clock) -> list[Route]:
    """Return the routes about journals."""
    journals = Journals(journal, reads, clock)
    return [
        Route("GET", REQUESTS, journals.requests, Scope.READ),
        Route("GET", REQUEST_COUNTED, journals.counts, Scope.READ),
        Route("GET", REQUEST, journals.request, Scope.READ),
        Route("GET", SEARCHES, journals.searches, Scope.READ),
        Route("GET", TOP, journals.top, Scope.READ),
        Route("GET", EMPTY, journals.empty, Scope.READ),
    ]


def _query(reading: Reading, where: Mapping[str, str | int]) -> LineQuery:
    parameters = reading.parameters
    span = Span(parameters.time(_FROM, -math.inf), parameters.end(_TO, math.inf))
    return LineQuery(span=span, where=where, after=position(parameters), limit=reading.limit + 1)


def position(parameters: Parameters) -> tuple[float, int] | None:
    """Return the time and number of the line behind which a page begins, None for the first.

    Raises:
        BadParameterError: It is no ``next`` of a page.
    """
    if AFTER not in parameters:
        return None
    match = _CURSOR.fullmatch(parameters.text(AFTER))
    if match is None:
        raise BadParameterError(AFTER, "must be the next of a page")
    return float(match[1]), int(match[2])


def journal_page(found: Sequence[Numbered[Line]], limit: int, items: Sequence[Document]) -> Answer:
    """Return a page of lines as documents, of which one more than ``limit`` shows that another page follows."""
    document: Document = {"items": items[:limit]}
    if len(found) > limit:
        last = found[limit - 1]
        document["next"] = f"{last.line.time!r}_{last.number}"
    return _answer(document)


def _answer(document: Document) -> Answer:
    return json_answer(document, policy=CachePolicy.NO_STORE)


def _shown(line: JournalLine, **values: object) -> Document:
    return values | _without_empty({name: getattr(line, name) for name in ("key", "surface")})


def _without_empty(document: Document) -> Document:
    return {name: value for name, value in document.items() if value not in ("", None)}
