"""The call that reports what somebody did after a search."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.conditions import without_condition
from facetry.api.native.documents import converted
from facetry.api.native.parameters import read_parameters
from facetry.api.native.routing import Route
from facetry.api.native.writes import REPLAYED, idempotency_key
from facetry.domain.errors import InvalidValueError, KeyReusedError, RecordNotFoundError
from facetry.domain.journal import EventLine, SearchLine, query_name, search_counts
from facetry.domain.repeating import KEPT_SECONDS
from facetry.domain.storable import check_storable
from facetry.http.answer import Answer, CachePolicy
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

EVENTS = "/v2/events"
LOOKS = 4
LOOK_SECONDS = 0.25
"""A search may still be on its way to the journal, from this process or another one."""
_NO_CONTENT = 204
_NUMBERS = {"click": (0, 0, 0, 1), "order": (0, 0, 0, 0, 1)}
"""What an event adds to what is counted of a query."""

_Text = Annotated[str, msgspec.Meta(max_length=200)]


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event as it is reported.

    Attributes:
        type: What was done.
        search_id: Of the search after which it was done.
        group_id: What was clicked or ordered; this or the SKU.
        sku: Likewise.
        position: The place of the hit, from 1.
    """

    type: Literal["click", "order"]
    search_id: _Text
    group_id: _Text = ""
    sku: _Text = ""
    position: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


class Events:
    """Handles events."""

    def __init__(self, journal: Journal, clock: Clock, look_seconds: float = LOOK_SECONDS) -> None:
        """Note in a journal, which is looked into every ``look_seconds`` until a search is there."""
        self._journal = journal
        self._clock = clock
        self._look_seconds = look_seconds

    async def post(self, call: Call) -> Answer:
        """Note an event; one with a key that was noted before is not noted again."""
        without_condition(call)
        read_parameters(call)
        event = converted(await call.document(), Event)
        check_storable("event", event)
        if not (event.group_id or event.sku):
            raise InvalidValueError("group_id", "must say what it was, or sku must")
        key = idempotency_key(call)
        tenant = call.session.tenant
        search = await self._search(tenant, event.search_id)
        line = self._line(event, search, key or call.exchange.request_id)
        before = await self._journal.line(tenant, EventLine, line.id) if key else None
        if before is not None and line.time - before.time < KEPT_SECONDS:
            if msgspec.structs.replace(before, time=line.time) != line:
                raise KeyReusedError(key)
            return Answer(status=_NO_CONTENT, policy=CachePolicy.NO_STORE, headers=((REPLAYED, b"true"),))
        self._note(tenant, line, search)
        return Answer(status=_NO_CONTENT, policy=CachePolicy.NO_STORE)

    async def _search(self, tenant: str, search_id: str) -> SearchLine:
        """Return the search with this id.

        Raises:
            RecordNotFoundError: There is none, or not any more.
        """
        for look in range(LOOKS):
            found = await self._journal.line(tenant, SearchLine, search_id)
            if found is not None:
                return found
            if look < LOOKS - 1:
                await asyncio.sleep(self._look_seconds)
        raise RecordNotFoundError("search", search_id)

    def _line(self, event: Event, search: SearchLine, event_id: str) -> EventLine:
        return EventLine(
            id=event_id,
            time=self._clock.now(),
            type=event.type,
            search_id=search.id,
            query=search.query,
            group_id=event.group_id,
            sku=event.sku,
            position=event.position or 0,
        )

    def _note(self, tenant: str, line: EventLine, search: SearchLine) -> None:
        self._journal.note(tenant, line)
        name = query_name(search.query)
        for count in search_counts(search.time, name, _NUMBERS[line.type]) if name else ():
            self._journal.count(tenant, count)


def routes(journal: Journal, clock: Clock) -> list[Route]:
    """Return the route of events; shop fronts report them with the key that may only search."""
    return [Route("POST", EVENTS, Events(journal, clock).post, None)]
