"""The span of each request: its parent from the caller, its name from the route, its id for who asked."""

from __future__ import annotations

from facetry.http.asgi import Application, Message, Receive, Scope, Send, headers_of
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.passage import REQUEST_ID
from facetry.telemetry.metrics import METHODS
from facetry.telemetry.tracing import Span, Tracer

TRACE_PARENT = b"traceparent"
_TRACE_HEADERS = (TRACE_PARENT, b"tracestate")
_FAILURE = 500


class TracedApplication:
    """An application whose requests are spans; it stands before it only where requests are traced."""

    def __init__(self, application: Application, tracer: Tracer) -> None:
        """Trace the requests of an application."""
        self._application = application
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered within a span, which the answer names in ``traceparent``."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        headers = headers_of(scope)
        given = {name.decode(): headers[name].decode("latin-1") for name in _TRACE_HEADERS if name in headers}
        with self._tracer.request(method, given) as span:
            span.note("http.request.method", method)
            await self._application(scope, receive, _telling(send, span))
            _tell_route(span, method, scope)


def _telling(send: Send, span: Span) -> Send:
    """Return what sends an answer on with the name of its span, and notes what it is."""

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            _tell_answer(span, message)
            message = {**message, "headers": [*message["headers"], (TRACE_PARENT, span.traceparent.encode())]}
        await send(message)

    return send_on


def _tell_answer(span: Span, message: Message) -> None:
    status = message["status"]
    span.note("http.response.status_code", status)
    span.note("facetry.request_id", dict(message["headers"]).get(REQUEST_ID, b"").decode())
    if status >= _FAILURE:
        span.fail(str(status))


def _tell_route(span: Span, method: str, scope: Scope) -> None:
    exchange: Exchange | None = scope.get(SCOPE_KEY)
    span.note("facetry.kept", exchange is None)
    if exchange is None:  # What is kept is answered before anybody looks for its route.
        return
    route = exchange.route or scope.get("path_template")
    if route:
        span.rename(f"{method} {route}")
        span.note("http.route", route)
    if exchange.session is not None:
        span.note("facetry.tenant", exchange.session.tenant)
