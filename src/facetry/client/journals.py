"""Calls that read the journals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from facetry.client.exchange import Flow, Request, Stream, get, path_of, reader
from facetry.client.methods import AsyncPart, Iteration, Method, Methods, Steps, SyncPart
from facetry.client.paging import items
from facetry.client.types.journal import (
    CallCount,
    CallCounts,
    QueryCount,
    QueryCounts,
    RequestLine,
    SearchLine,
)
from facetry.client.types.page import Page

REQUESTS, SEARCHES = "/v2/requests", "/v2/searches"
_request, _requests, _searches = reader(RequestLine), reader(Page[RequestLine]), reader(Page[SearchLine])
_call_counts, _query_counts = reader(CallCounts), reader(QueryCounts)


class JournalMethods(Methods):
    """What can be read of the journals; of both clients."""

    @Method
    def request(self, request_id: str) -> Request[RequestLine]:
        """Return the call with a request id."""
        return get(REQUESTS + path_of(request_id), _request)

    @Iteration
    def requests(
        self,
        *,
        key: str = "",
        route: str = "",
        status: int | None = None,
        code: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Stream[RequestLine]:
        """Iterate over calls, newest first, between two times."""
        narrowed = {"key": key, "route": route, "status": status, "code": code, "from": start, "to": end}
        return items(self._core, REQUESTS, _requests, {**narrowed, "limit": 500})

    @Steps
    def call_counts(
        self,
        *,
        step: Literal["minute", "hour", "day"] = "day",
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Flow[tuple[CallCount, ...]]:
        """Return how many calls there were in each step between two times."""
        parameters = {"step": step, "from": start, "to": end}
        counts = yield from self._core.performed(get(f"{REQUESTS}/counts", _call_counts, parameters))
        return counts.items

    @Iteration
    def searches(
        self, *, q: str = "", start: datetime | None = None, end: datetime | None = None
    ) -> Stream[SearchLine]:
        """Iterate over searches, newest first, between two times."""
        return items(self._core, SEARCHES, _searches, {"q": q, "from": start, "to": end, "limit": 500})

    @Steps
    def top_queries(
        self, *, by_day: bool = False, limit: int = 50, start: datetime | None = None, end: datetime | None = None
    ) -> Flow[tuple[QueryCount, ...]]:
        """Return what is asked most."""
        parameters = {"step": "day" if by_day else None, "limit": limit, "from": start, "to": end}
        counts = yield from self._core.performed(get(f"{SEARCHES}/top", _query_counts, parameters))
        return counts.items

    @Steps
    def empty_queries(
        self, *, by_day: bool = False, limit: int = 50, start: datetime | None = None, end: datetime | None = None
    ) -> Flow[tuple[QueryCount, ...]]:
        """Return what finds nothing most often."""
        parameters = {"step": "day" if by_day else None, "limit": limit, "from": start, "to": end}
        counts = yield from self._core.performed(get(f"{SEARCHES}/empty", _query_counts, parameters))
        return counts.items


class Journals(JournalMethods, SyncPart):
    """The journals, blocking."""


class AsyncJournals(JournalMethods, AsyncPart):
    """The journals, awaited."""
