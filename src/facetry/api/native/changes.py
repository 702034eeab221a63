"""The feed of changes, by which a copy of the catalog follows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Sequence
from typing import TypeVar

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.fields import Document
from facetry.api.native.parameters import Parameters
from facetry.api.native.problems import problem
from facetry.api.native.product_rendering import product_document
from facetry.api.native.reads import Reads
from facetry.api.native.record_rendering import record_document
from facetry.api.native.routing import Route
from facetry.application.change_feed import ChangeFeed, Wanted
from facetry.application.turns import Turns
from facetry.domain.errors import BadParameterError, FacetryError
from facetry.domain.feed import PART_OF, PARTS, Changes
from facetry.domain.hints import near
from facetry.domain.order_statuses import statuses_of
from facetry.domain.tenant import Scope, TenantSettings
from facetry.http.answer import Answer, CachePolicy
from facetry.http.streaming import StreamAnswer
from facetry.ports.clock import Clock

CHANGES = "/v2/changes"
EVENTS = "text/event-stream"
DEFAULT_LIMIT = 200
MAX_LIMIT = 1000
MAX_WAIT_SECONDS = 60
MAX_REVISION = 2**53 - 1
BREATH_SECONDS = 15.0
"""After so long without a change a stream shows that it lives."""
RECONNECT_MILLISECONDS = 1000
_LAST_EVENT = b"last-event-id"
_T = TypeVar("_T")


class Following:
    """Handles who follows a catalog."""

    def __init__(self, feed: ChangeFeed, reads: Reads, clock: Clock) -> None:
        """Follow by this feed."""
        self._feed = feed
        self._reads = reads
        self._clock = clock

    async def get(self, call: Call) -> Answer | StreamAnswer:
        """Show what changed after a revision, wait for it, or tell of it as it comes."""
        parameters = (await self._reads.begin(call, "since", "wait", "include", "limit")).parameters
        wanted = Wanted(parameters.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT), _parts(parameters))
        if _wants_events(call) and not call.is_head:
            return await self._events(call, _resumed(call, _since(parameters)), wanted)
        since = _since(parameters)
        seconds = parameters.integer("wait", 0, 0, MAX_WAIT_SECONDS)
        page = await self._page(call, since, wanted, 0 if call.is_head else seconds)
        body = await _body(page, wanted, call.session.settings)
        return Answer(body=body, policy=CachePolicy.NO_STORE)

    async def _page(self, call: Call, since: int | None, wanted: Wanted, seconds: int) -> Changes:
        tenant = call.session.tenant
        if since is None:
            return await self._feed.now(tenant)
        if not seconds:
            return await self._feed.page(tenant, since, wanted)
        leaving = asyncio.ensure_future(call.gone())
        page = await _unless(leaving, self._feed.next_page(tenant, since, wanted, seconds))
        leaving.cancel()
        return page or Changes(since=since, revision=since, read_at=since)

    async def _events(self, call: Call, since: int | None, wanted: Wanted) -> StreamAnswer:
        session = call.session
        begun = [await self._feed.now(session.tenant)] if since is None else []
        start = since if since is not None else begun[0].revision
        pages = self._feed.pages(session.tenant, start, wanted, session.expires - self._clock.now(), BREATH_SECONDS)
        # What is refused is refused before the answer has begun.
        opening = await anext(pages)
        return StreamAnswer(parts=_events(call, [*begun, opening], pages, wanted), media_type=EVENTS)


def routes(feed: ChangeFeed, reads: Reads, clock: Clock) -> Sequence[Route]:
    """Return the routes of the feed."""
    return [Route("GET", CHANGES, Following(feed, reads, clock).get, Scope.READ)]


def _since(parameters: Parameters) -> int | None:
    return parameters.integer("since", 0, 0, MAX_REVISION) if "since" in parameters else None


def _resumed(call: Call, since: int | None) -> int | None:
    """Return the revision of the last event that a client has had, which counts more than where it once began."""
    given = call.header(_LAST_EVENT)
    return Parameters({"Last-Event-ID": given}).integer("Last-Event-ID", 0, 0, MAX_REVISION) if given else since


def _parts(parameters: Parameters) -> frozenset[str]:
    if "include" not in parameters:
        return PARTS
    parts = [part.strip() for part in parameters.text("include").split(",")]
    for part in parts:
        if part not in PARTS:
            raise BadParameterError("include", f"knows no {part[:50]!r}{near(part, sorted(PARTS))}")
    return frozenset(parts)


def _wants_events(call: Call) -> bool:
    accepted = call.header(b"accept") or ""
    return any(one.partition(";")[0].strip().lower() == EVENTS for one in accepted.split(","))


async def _unless(leaving: asyncio.Future[None], work: Awaitable[_T]) -> _T | None:
    """Return what work gives, None where the client leaves before that; then the work is given up."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else None
    finally:
        if working.cancel():
            await asyncio.wait((working,))


async def _events(
    call: Call, opening: Sequence[Changes], pages: AsyncGenerator[Changes, None], wanted: Wanted
) -> AsyncGenerator[bytes, None]:
    """Yield events, until the pages end or the client has left."""
    settings = call.session.settings
    leaving = asyncio.ensure_future(call.gone())
    try:
        yield b"retry: %d\n\n" % RECONNECT_MILLISECONDS
        for begun in opening[:-1]:
            yield await _event(begun, wanted, settings)
        page: Changes | None = opening[-1]
        while page is not None:
            yield _breath(page) if page.is_empty else await _event(page, wanted, settings)
            page = await _unless(leaving, anext(pages, None))
    except FacetryError as error:
        yield b"event: problem\ndata: %b\n\n" % msgspec.json.encode(problem(error, call.exchange.request_id))
    finally:
        leaving.cancel()
        await pages.aclose()


def _breath(page: Changes) -> bytes:
    """Return what shows that the connection lives, and moves the client on past revisions that are nothing to it."""
    return b": nothing new\nid: %d\n\n" % page.revision


async def _event(page: Changes, wanted: Wanted, settings: TenantSettings) -> bytes:
    return b"event: changes\nid: %d\ndata: %b\n\n" % (page.revision, await _body(page, wanted, settings))


async def _body(page: Changes, wanted: Wanted, settings: TenantSettings) -> bytes:
    """Return a page as JSON, which has no line breaks; many things are rendered with pauses for others."""
    turns = Turns()
    statuses = statuses_of(settings.client_api.statuses)
    records: dict[str, list[Document]] = {part: [] for part in PART_OF.values() if part in wanted.parts}
    document: Document = {"since": page.since, "revision": page.revision, "more": page.more}
    if "products" in wanted.parts:
        products = document["products"] = []
        for product in page.products:
            products.append(product_document(product, settings.currency))
            await turns.give()
        document["gone_products"] = page.gone_products
    if "groups" in wanted.parts:
        document |= {"groups": page.groups, "gone_groups": page.gone_groups}
    for record in page.records:
        records[PART_OF[record.kind]].append(record_document(record, statuses))
        await turns.give()
    document |= records
    if records:
        document["gone"] = [{"kind": kind.value, "id": number} for kind, number in page.gone_records]
    return msgspec.json.encode(document)
