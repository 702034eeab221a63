"""What journals learn of requests and searches, from the same batches that the log is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter

from facetry.domain.journal import (
    MAX_ERROR_LENGTH,
    MAX_FILTER_LENGTH,
    MAX_QUERY_LENGTH,
    MINUTE_SECONDS,
    REQUEST_COUNTS,
    Count,
    RequestLine,
    SearchLine,
    SearchNote,
    period,
    query_name,
    search_counts,
    storable,
)
from facetry.http.exchange import Session
from facetry.http.verified import VerifiedTokens
from facetry.ports.journal import Journal
from facetry.telemetry.request_log import Record, RequestRecord

SURFACES = (("/v2", "native"), ("/client/", "client"), ("/", "catalog"))
"""Which surface a route belongs to, by what it begins with."""
_FAILURE = 400
_GOOD_CODES = frozenset({"", "100"})
"""The Client API has a code for what went well too."""
# Tenant, route, status, code and searches: what requests are counted by, without a step of Python for each of them.
_alike = itemgetter(1, 3, 4, 9, 11)

_Alike = tuple[str, str, int, str, tuple[SearchNote, ...]]


class RequestJournal:
    """Note requests and searches; belongs to one event loop."""

    def __init__(self, journal: Journal, verified: VerifiedTokens, rate: float) -> None:
        """Note in a journal, of requests that went well at most ``rate`` lines a second, of those that failed all.

        Args:
            journal: Keeps lines and counts.
            verified: Tells whose key a request came with that was answered before anybody asked.
            rate: Where there are more, a sample is kept, of each tenant as much.
        """
        self._journal = journal
        self._verified = verified
        self._rate = rate
        self._room = rate
        self._last = 0.0

    def take(self, batch: Sequence[Record], offset: float) -> None:
        """Note a batch.

        Args:
            batch: In the order in which they ended.
            offset: What makes Unix times of the steady clock's.
        """
        now = batch[-1][6] + offset
        counted = Counter(map(_alike, batch))
        self._count_requests(counted, now)
        self._count_searches(counted, now)
        for record in self._chosen(batch, counted, now):
            self._journal.note(record[1], self._line(RequestRecord(*record), offset))
        if any(alike[4] for alike in counted):
            self._note_searches(batch, offset)

    def _count_requests(self, counted: Counter[_Alike], now: float) -> None:
        calls: Counter[tuple[str, str]] = Counter()
        failures: Counter[tuple[str, str]] = Counter()
        for (tenant, route, status, code, _), number in counted.items():
            if tenant:
                calls[tenant, surface_of(route)] += number
                failures[tenant, surface_of(route)] += number if _is_failure(status, code) else 0
        minute = period(now, MINUTE_SECONDS)
        for (tenant, surface), number in calls.items():
            numbers = (number, failures[tenant, surface])
            self._journal.count(tenant, Count(REQUEST_COUNTS, minute, surface, numbers))

    def _count_searches(self, counted: Counter[_Alike], now: float) -> None:
        for (tenant, _, _, _, searches), number in counted.items():
            for search in searches:
                name = query_name(search.query)
                if name and search.hits is not None:
                    numbers = (number, 0 if search.hits else number, number * search.hits)
                    for count in search_counts(now, name, numbers):
                        self._journal.count(tenant, count)

    def _chosen(self, batch: Sequence[Record], counted: Counter[_Alike], now: float) -> Iterable[Record]:
        """Return the requests that get a line."""
        self._room = min(self._rate, self._room + self._rate * max(0.0, now - self._last))
        self._last = now
        tenants = {alike[0] for alike in counted}
        failed: list[Record] = []
        good: Sequence[Record] = batch
        if "" in tenants or any(_is_failure(alike[2], alike[3]) for alike in counted):
            failed = [record for record in batch if record[1] and _is_failure(record[4], record[9])]
            good = [record for record in batch if record[1] and not _is_failure(record[4], record[9])]
        if len(good) > self._room:
            good = fair_sample(good, int(self._room), len(tenants - {""}))
        self._room -= len(good)
        return [*failed, *good]

    def _line(self, record: RequestRecord, offset: float) -> RequestLine:
        return RequestLine(
            id=record.request_id,
            time=record.started + offset,
            key=self._key(record.caller),
            surface=surface_of(record.route),
            method=record.method,
            route=record.route,
            status=record.status,
            code=record.code,
            duration_ms=round((record.ended - record.started) * 1000, 3),
            size=record.sent,
            error=storable(record.error, MAX_ERROR_LENGTH),
        )

    def _note_searches(self, batch: Sequence[Record], offset: float) -> None:
        """Note each answer of a search once, when it is made: its id begins with that of its request."""
        for record in batch:
            searches = record[11]
            if searches and searches[0].search_id.startswith(record[0]):
                for search in searches:
                    self._journal.note(record[1], self._search_line(search, RequestRecord(*record), offset))

    def _search_line(self, search: SearchNote, record: RequestRecord, offset: float) -> SearchLine:
        return SearchLine(
            id=search.search_id,
            time=record.started + offset,
            key=self._key(record.caller),
            surface=surface_of(record.route),
            query=storable(search.query, MAX_QUERY_LENGTH),
            filter=storable(search.filter, MAX_FILTER_LENGTH),
            hits=search.hits,
            duration_ms=round(search.duration_ms, 3),
            revision=search.revision,
        )

    def _key(self, caller: object) -> str:
        """Return by what a caller was let in: never the key itself."""
        session = self._verified.peek(caller) if isinstance(caller, bytes) else caller
        return session.actor.name if isinstance(session, Session) else ""


def fair_sample(records: Sequence[Record], most: int, tenants: int) -> list[Record]:
    """Return up to ``most`` records, of each tenant about as many, spread over all that it has."""
    if most <= 0:
        return []
    if tenants == 1:
        return _spread(records, most)
    by_tenant: dict[str, list[Record]] = {}
    for record in records:
        by_tenant.setdefault(record[1], []).append(record)
    chosen: list[Record] = []
    # Who has least comes first, so that what it leaves of its share goes to the others.
    for place, own in enumerate(sorted(by_tenant.values(), key=len)):
        share = (most - len(chosen)) // (len(by_tenant) - place)
        chosen += _spread(own, share)
    return chosen


def _spread(records: Sequence[Record], most: int) -> list[Record]:
    number = len(records)
    return list(records) if number <= most else [records[place * number // most] for place in range(most)]


@lru_cache(maxsize=1024)
def surface_of(route: str) -> str:
    """Return the surface that a route's pattern belongs to; empty for none."""
    return next((surface for prefix, surface in SURFACES if route.startswith(prefix)), "")


def _is_failure(status: int, code: str) -> bool:
    return status == 0 or status >= _FAILURE or code not in _GOOD_CODES
