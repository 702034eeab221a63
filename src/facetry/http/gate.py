"""The outermost layer: names each request, answers hot reads, guards the router, logs and counts."""

from __future__ import annotations

import asyncio
import logging
import secrets
from time import perf_counter
from typing import NamedTuple, NoReturn

from litestar.exceptions import HTTPException

from facetry.application.calls import CALLS
from facetry.application.tenant_places import AT_ONCE, TenantPlaces
from facetry.domain.errors import RateLimitedError, StoreError
from facetry.http.answer import Answer
from facetry.http.asgi import Application, Receive, Scope, Send
from facetry.http.body import (
    BODY_METHODS,
    OpenBody,
    Unread,
    declared_length,
    discard_body,
    is_packed,
    read_body,
    replayed,
)
from facetry.http.exchange import SCOPE_KEY, Exchange, Session
from facetry.http.finish import Reply, ready_variant
from facetry.http.hot import Flight, HotReads, Kept, Target, target_of
from facetry.http.passage import (
    AUTHORIZATION,
    ORIGIN,
    READS,
    REQUEST_ID,
    TOKEN_HEADER,
    UNMATCHED,
    Passage,
    credential_of,
)
from facetry.http.paths import routed_path
from facetry.http.respond import send_reply
from facetry.http.surface import Surfaces
from facetry.http.tenant_limits import UNLIMITED, TenantLimits
from facetry.http.under_way import UnderWay
from facetry.telemetry.metrics import METHODS, Metrics
from facetry.telemetry.request_log import RequestLog, RequestRecord

_log = logging.getLogger(__name__)

_METHOD_REFUSED = 405
_TOO_LARGE = 413
_PACKED = 415
_ONLY_PLAIN = (b"accept-encoding", b"identity")
_REFUSALS = {Unread.GONE: 400, Unread.TOO_SLOW: 408, Unread.TOO_LARGE: _TOO_LARGE}
_TOO_MANY = 429
_FAILURE = 500
_NO_ANSWER = Answer()


class Sharing(NamedTuple):
    """How tenants share a process.

    Attributes:
        limits: Count what is answered at the gate; surfaces count what they answer.
        at_once: So many calls are under way at a time where several tenants come.
    """

    limits: TenantLimits = UNLIMITED
    at_once: int = AT_ONCE


USUAL = Sharing()


class Gate:
    """The ASGI application that the server calls.

    Attributes:
        under_way: The requests that it answers, but for those that are kept.
    """

    def __init__(
        self,
        router: Application,
        surfaces: Surfaces,
        hot: HotReads,
        metrics: Metrics,
        log: RequestLog,
        sharing: Sharing = USUAL,
    ) -> None:
        """Stand before a router, whose ``exception_handlers`` must let every exception through (``let_through``).

        Args:
            router: Answers what is not kept.
            surfaces: Tell how a request is refused.
            hot: Keeps answers.
            metrics: Counts requests.
            log: Has a line for each.
            sharing: How tenants share it.
        """
        self._router = router
        self._surfaces = surfaces
        self._hot = hot
        # Where calls are counted, or the store has to be asked first, none takes the shortest way.
        self._find = hot.find if sharing.limits is UNLIMITED and not hot.looks else _nothing_kept
        self._limits = sharing.limits
        self._metrics = metrics
        self._add_line = log.add
        # Sixteen digits of chance tell processes apart, sixteen counted ones requests.
        self._id_prefix = secrets.token_hex(8)
        self._requests = 0
        self.under_way = UnderWay()
        self._places = TenantPlaces(sharing.at_once)
        self._hits = metrics.counter("facetry_hot_hits_total")
        metrics.gauge("facetry_requests_in_flight", lambda: len(self.under_way))
        metrics.tally("facetry_log_lines_dropped_total", lambda: log.dropped)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; most are reads of what is kept, so those take as few steps as can be."""
        if scope["type"] != "http":
            return
        started = perf_counter()
        self._requests = number = self._requests + 1
        request_id = "%s%016x" % (self._id_prefix, number)  # noqa: UP031 - the quickest way, and done for each request
        method = scope["method"]
        if method in READS:
            headers = dict(scope["headers"])
            token = headers.get(TOKEN_HEADER) or headers.get(AUTHORIZATION)
            kept = self._find(token, scope["raw_path"], scope["query_string"]) if token else None
            if kept is not None:
                status, shared, body = kept.prepared.reply(method, headers) or await _made(kept, method, headers)
                further = () if kept.cross_origin is None else kept.cross_origin.headers(headers.get(ORIGIN))
                named = [*shared, *further, (REQUEST_ID, request_id.encode())]
                await send({"type": "http.response.start", "status": status, "headers": named})
                await send({"type": "http.response.body", "body": body, "more_body": False})
                ended = perf_counter()
                self._hits.add()
                kept.meters[method].count(status, ended - started)
                size, told = len(body), kept.searches
                self._add_line(
                    (request_id, kept.tenant, method, kept.route, status, started, ended, size, token, "", "", told)
                )
                return
        client = scope.get("client")
        exchange = Exchange(request_id, started, client[0] if client else "")
        await self._guarded(scope, receive, send, exchange)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, exchange: Exchange) -> None:
        """Answer a request by the router, whatever happens; log and count it."""
        scope[SCOPE_KEY] = exchange
        path = scope["path"] = routed_path(scope["raw_path"])
        passage = Passage(scope, receive, send, exchange, self._surfaces.of(path))
        with self.under_way:
            try:
                await self._settled(passage)
            except asyncio.CancelledError:
                if not self.under_way.is_over:
                    raise
                # A stop does not wait for it any longer, which is no fault to be told.
                await passage.refuse(_FAILURE)
            except Exception as error:  # noqa: BLE001 - whatever failed, the client gets an answer
                await _refuse(passage, error)
            finally:
                self._note(passage)

    async def _settled(self, passage: Passage) -> None:
        """Bring a request on its way: kept after all, shared with an equal one, or routed like all others."""
        token, scope = passage.token, passage.scope
        session = self._hot.session(token) if token is not None else None
        if session is None or token is None or scope["path"] in passage.surface.unshared:
            await self._routed(passage)
            return
        if self._hot.looks and not await self._has_looked(passage, session.tenant):
            await self._routed(passage)
            return
        path, query = scope["raw_path"], scope["query_string"]
        target = target_of(session, path, query)
        await self._hot.settle(session.tenant)
        while (kept := self._hot.find(token, path, query)) is None:
            flight = self._hot.flight(target)
            if flight is None:
                await self._flown(passage, target)
                return
            await flight.landed.wait()
            if not flight.is_shared:
                await self._routed(passage)
                return
            await self._hot.settle(session.tenant)
        passage.exchange.session = session
        try:
            await self._limits.take(passage.exchange)
        except RateLimitedError:
            await passage.refuse(_TOO_MANY)
            return
        await _share(kept, passage)

    async def _has_looked(self, passage: Passage, tenant: str) -> bool:
        """Have the store learn what other machines did; where it fails, the router answers that in the right form."""
        try:
            await self._hot.look(tenant)
        except StoreError:
            return False
        passage.exchange.looked = tenant
        return True

    async def _flown(self, passage: Passage, target: Target) -> None:
        """Answer a read by the router while equal ones wait for it."""
        flight = self._hot.depart(target)
        try:
            await self._routed(passage)
        except Exception:
            flight.is_shared = False
            raise
        finally:
            _judge(flight, passage.exchange)
            self._hot.land(target, flight)

    async def _routed(self, passage: Passage) -> None:
        """Hand a request to the router, with its body if it has one."""
        refused = passage.surface.guard(passage.scope, passage.exchange)
        if refused is not None:
            await passage.answer(refused)
            await discard_body(passage.receive)
            return
        if passage.scope["method"] in BODY_METHODS and is_packed(
            passage.headers, beyond_gzip=passage.scope["path"] in passage.surface.packed
        ):
            await passage.refuse(_PACKED, _ONLY_PLAIN)
            await discard_body(passage.receive)
            return
        if passage.scope["path"] in passage.surface.unread:
            await self._handed_on(passage)
            return
        limit = passage.surface.body_limit
        declared = declared_length(passage.headers)
        if declared > limit:
            await passage.refuse(_TOO_LARGE)
            await discard_body(passage.receive)
            return
        if passage.scope["method"] in BODY_METHODS:
            session = self._known_session(passage)
            if session is not None:
                CALLS.arrive(session.tenant)
            # The length of a body that is sent in chunks is theirs, whatever else was declared.
            sure = 0 if b"transfer-encoding" in passage.headers else declared
            body = await read_body(passage.receive, limit, declared=sure)
            if isinstance(body, Unread):
                # Who seems to be gone is perhaps still there, and only sent chunks that are none.
                await passage.refuse(_REFUSALS[body])
                if body is Unread.TOO_LARGE:
                    await discard_body(passage.receive)
                return
            passage.receive = replayed(body, passage.receive)
        await self._placed(passage)

    async def _placed(self, passage: Passage) -> None:
        """Have a request answered when there is a place for its tenant, and keep the answer if it may be kept."""
        session = self._known_session(passage)
        # What takes long on purpose would keep a place for nothing.
        if session is not None and passage.scope["path"] not in passage.surface.unshared:
            passage.place = await self._places.enter(session.tenant)
        try:
            generation = self._hot.generation
            await (passage.surface.application or self._router)(passage.scope, passage.receive, passage.send)
            self._hot.keep(passage, generation)
        finally:
            if passage.place is not None:
                passage.place.leave()

    def _known_session(self, passage: Passage) -> Session | None:
        """Return whose a request is if its credential was seen before."""
        credential = credential_of(passage.headers)
        return self._hot.session(credential) if credential is not None else None

    async def _handed_on(self, passage: Passage) -> None:
        """Have a request answered by who reads its body; what is left of that is read here."""
        body = OpenBody(passage.receive)
        await (passage.surface.application or self._router)(passage.scope, body, passage.send)
        if not body.is_over and passage.scope["method"] in BODY_METHODS:
            await discard_body(body)

    def _note(self, passage: Passage) -> None:
        ended = perf_counter()
        exchange, route = passage.exchange, passage.route
        # A method is any word that a client makes up; only those that HTTP knows are told.
        method = passage.scope["method"] if passage.scope["method"] in METHODS else "OTHER"
        answer = exchange.answer or _NO_ANSWER
        # There is room for so many series only: who tries all methods on all paths must not take it.
        counted = UNMATCHED if exchange.status == _METHOD_REFUSED else route
        status = exchange.status and (answer.stands_for or exchange.status)
        self._metrics.route(method, counted).count(status, ended - exchange.started)
        self._add_line(
            RequestRecord(
                request_id=exchange.request_id,
                tenant=exchange.session.tenant if exchange.session else "",
                method=method,
                route=route,
                status=exchange.status,
                started=exchange.started,
                ended=ended,
                sent=exchange.sent,
                caller=exchange.session,
                code=answer.code,
                error=answer.error,
                searches=answer.searches,
            )
        )


def let_through(_: object, error: Exception) -> NoReturn:
    """Leave an exception to the gate: to be registered with the framework as its handler of every exception.

    Raises:
        Exception: Always, the one given.
    """
    raise error


def _nothing_kept(token: bytes, path: bytes, query: bytes) -> None:
    """Find nothing."""


async def _refuse(passage: Passage, error: Exception) -> None:
    """Answer a request that the framework's router refused, or that failed, in the surface's form."""
    status = error.status_code if isinstance(error, HTTPException) else _FAILURE
    if status >= _FAILURE:
        _log.error("request failed", exc_info=error, extra={"request_id": passage.exchange.request_id})
    allow = (error.headers or {}).get("allow") if isinstance(error, HTTPException) else None
    await passage.refuse(status, *([(b"allow", allow.encode())] if allow else []))


async def _made(kept: Kept, method: str, headers: dict[bytes, bytes]) -> Reply:
    """Return a kept answer's reply to a read in a coding that nobody asked for before."""
    variant = await ready_variant(kept.prepared, kept.prepared.coding(headers.get(b"accept-encoding")))
    return variant.reply(method, headers.get(b"if-none-match"))


async def _share(kept: Kept, passage: Passage) -> None:
    """Send an answer that was found, or made for an equal request, while this one was on its way."""
    passage.exchange.route = kept.route
    passage.exchange.answer = kept.prepared.answer
    await send_reply(passage.send, await _made(kept, passage.scope["method"], passage.headers))


def _judge(flight: Flight, exchange: Exchange) -> None:
    """Say whether those who waited should wait again: not where the answer cannot be shared by its nature."""
    if exchange.answer is not None and exchange.answer.cache_key is None:
        flight.is_shared = False
