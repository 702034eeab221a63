"""The outermost layer: names each request, answers hot reads, guards the router, logs and counts."""

from __future__ import annotations

import logging
import secrets
from time import perf_counter

from facetry.http.asgi import Application, Message, Receive, Scope, Send, headers_of
from facetry.http.body import BODY_METHODS, Unread, declared_length, read_body, replayed
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.finish import finish, ready_variant
from facetry.http.hot import Flight, HotReads, Kept, Target
from facetry.http.paths import routed_path
from facetry.http.respond import send_reply
from facetry.http.surface import Surface, Surfaces
from facetry.telemetry.metrics import Metrics
from facetry.telemetry.request_log import RequestLog

_log = logging.getLogger(__name__)

TOKEN_HEADER = b"x-access-token"
REQUEST_ID = b"x-request-id"
UNMATCHED = "unmatched"
"""Route of requests that no route matches."""
_READS = frozenset({"GET", "HEAD"})
_NOT_FOUND = 404
_TOO_LARGE = 413
_FAILURE = 500


class Gate:
    """The ASGI application that the server calls."""

    def __init__(
        self, inner: Application, surfaces: Surfaces, hot: HotReads, metrics: Metrics, log: RequestLog
    ) -> None:
        """Stand before the router ``inner``."""
        self._inner = inner
        self._surfaces = surfaces
        self._hot = hot
        self._metrics = metrics
        self._add_line = log.add
        # Sixteen digits of chance tell processes apart, sixteen counted ones requests.
        self._id_prefix = secrets.token_hex(8)
        self._requests = 0
        self._in_flight = 0
        self._hits = metrics.counter("facetry_hot_hits_total")
        metrics.gauge("facetry_requests_in_flight", lambda: self._in_flight)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = perf_counter()
        self._requests += 1
        request_id = f"{self._id_prefix}{self._requests:016x}"
        headers = headers_of(scope)
        token = headers.get(TOKEN_HEADER)
        if token is not None and scope["method"] in _READS:
            kept = self._hot.find(token, scope["raw_path"], scope["query_string"])
            if kept is not None:
                await self._send_kept(kept, scope["method"], headers, send, request_id, started)
                return
        client = scope.get("client")
        exchange = Exchange(request_id, started, client[0] if client else "")
        scope[SCOPE_KEY] = exchange
        await self._guarded(scope, headers, receive, send, exchange)

    async def _send_kept(
        self, kept: Kept, method: str, headers: dict[bytes, bytes], send: Send, request_id: str, started: float
    ) -> None:
        """Send a kept answer: the path that most reads take, so everything on it is counted in nanoseconds."""
        prepared = kept.prepared
        coding = prepared.coding(headers.get(b"accept-encoding"))
        variant = prepared.ready(coding) or await ready_variant(prepared, coding)
        status, shared, body = variant.reply(method, headers.get(b"if-none-match"))
        named = [*shared, (REQUEST_ID, request_id.encode())]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        ended = perf_counter()
        self._hits.add()
        kept.meters[method].count(status, ended - started)
        self._add_line((request_id, kept.tenant, method, kept.route, status, started, ended, len(body)))

    async def _guarded(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, exchange: Exchange
    ) -> None:
        """Answer a request by the router, whatever happens; log and count it."""
        path = scope["path"] = routed_path(scope["raw_path"])
        surface = self._surfaces.of(path)
        sending = _Sending(send, exchange)
        self._in_flight += 1
        try:
            await self._settled(scope, headers, receive, sending, surface)
        except Exception:  # noqa: BLE001 - whatever failed, the client gets an answer
            _log.exception("request failed", extra={"request_id": exchange.request_id})
            await sending.refuse(_FAILURE, surface, scope, headers)
        finally:
            self._in_flight -= 1
            self._note(scope, exchange)

    async def _settled(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, sending: _Sending, surface: Surface
    ) -> None:
        """Bring a read to one of its ways: kept after all, shared with an equal one, or routed like all others."""
        token = headers.get(TOKEN_HEADER)
        session = self._hot.session(token) if token is not None and scope["method"] in _READS else None
        if session is None or token is None:
            await self._routed(scope, headers, receive, sending, surface)
            return
        target = (session.tenant, scope["raw_path"], scope["query_string"])
        await self._hot.settle(session.tenant)
        while (kept := self._hot.find(token, *target[1:])) is None:
            flight = self._hot.flight(target)
            if flight is None:
                await self._flown(scope, headers, receive, sending, (surface, target))
                return
            await flight.landed.wait()
            if not flight.is_shared:
                await self._routed(scope, headers, receive, sending, surface)
                return
            await self._hot.settle(session.tenant)
        await self._share(kept, scope, headers, sending)

    async def _flown(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        receive: Receive,
        sending: _Sending,
        way: tuple[Surface, Target],
    ) -> None:
        """Answer a read by the router while equal ones wait for it."""
        surface, target = way
        flight = self._hot.depart(target)
        try:
            await self._routed(scope, headers, receive, sending, surface)
        except Exception:
            flight.is_shared = False
            raise
        finally:
            _judge(flight, sending.exchange)
            self._hot.land(target, flight)

    async def _routed(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, sending: _Sending, surface: Surface
    ) -> None:
        """Hand a request to the router, with its body if it has one, and keep the answer if it may be kept."""
        path = scope["path"]
        if "//" in path or not path.startswith("/"):
            # The router would take away empty segments, and so find what was not asked for.
            await sending.refuse(_NOT_FOUND, surface, scope, headers)
            return
        if declared_length(headers) > surface.body_limit:
            await sending.refuse(_TOO_LARGE, surface, scope, headers)
            return
        if scope["method"] in BODY_METHODS:
            body = await read_body(receive, surface.body_limit)
            if body is Unread.GONE:
                return
            if body is Unread.TOO_LARGE:
                await sending.refuse(_TOO_LARGE, surface, scope, headers)
                return
            receive = replayed(body, receive)
        generation = self._hot.generation
        await self._inner(scope, receive, sending)
        exchange = sending.exchange
        self._hot.keep(scope, exchange, _route(scope, exchange), generation)

    async def _share(self, kept: Kept, scope: Scope, headers: dict[bytes, bytes], sending: _Sending) -> None:
        """Send an answer that was found, or computed for an equal request, while this one was on its way."""
        exchange = sending.exchange
        exchange.route = kept.route
        exchange.session = self._hot.session(headers[TOKEN_HEADER])
        variant = await ready_variant(kept.prepared, kept.prepared.coding(headers.get(b"accept-encoding")))
        await send_reply(sending, variant.reply(scope["method"], headers.get(b"if-none-match")))

    def _note(self, scope: Scope, exchange: Exchange) -> None:
        ended = perf_counter()
        route = _route(scope, exchange)
        method = scope["method"]
        self._metrics.route(method, route).count(exchange.status, ended - exchange.started)
        tenant = exchange.session.tenant if exchange.session else ""
        self._add_line(
            (exchange.request_id, tenant, method, route, exchange.status, exchange.started, ended, exchange.sent)
        )


class _Sending:
    """A ``send`` that adds the request id and notes what was sent."""

    __slots__ = ("_send", "exchange")

    def __init__(self, send: Send, exchange: Exchange) -> None:
        self._send = send
        self.exchange = exchange

    async def __call__(self, message: Message) -> None:
        """Send one message."""
        exchange = self.exchange
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            headers = [*message.get("headers", ()), (REQUEST_ID, exchange.request_id.encode())]
            await self._send({**message, "headers": headers})
        else:
            exchange.sent += len(message.get("body", b""))
            await self._send(message)

    async def refuse(self, status: int, surface: Surface, scope: Scope, headers: dict[bytes, bytes]) -> None:
        """Answer in the surface's form, unless another answer has begun."""
        if self.exchange.status:
            return
        answer = surface.refusal(status, self.exchange)
        self.exchange.answer = answer
        await send_reply(self, finish(answer, scope["method"], headers))


def _judge(flight: Flight, exchange: Exchange) -> None:
    """Say whether those who waited should wait again: not where the answer cannot be shared by its nature."""
    if exchange.answer is not None and exchange.answer.cache_key is None:
        flight.is_shared = False


def _route(scope: Scope, exchange: Exchange) -> str:
    return exchange.route or scope.get("path_template") or UNMATCHED
