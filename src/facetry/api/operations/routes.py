"""``/healthz``, ``/readyz``, ``/metrics``, the pictures of the demo catalog, and the answer to everything unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, cast

from litestar import HttpMethod, Request, Response, route
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from facetry.application.demo.pictures import picture
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.asgi import Scope
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.metrics import metrics_answer
from facetry.http.respond import AnswerResponse
from facetry.http.surface import Surface
from facetry.telemetry.metrics import Metrics

PICTURES = "/demo/pictures"
READS = [HttpMethod.GET, HttpMethod.HEAD]


class Health(Enum):
    """What a server is doing."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


@dataclass
class Operations:
    """What the routes of operation tell.

    Attributes:
        metrics: The process's.
        metrics_token: What opens them to others than this machine.
        health: What the server is doing now.
        engines: Whether each engine on another machine answers, by name; None where that is not known yet.
    """

    metrics: Metrics
    metrics_token: str
    health: Health = field(default=Health.STARTING)
    engines: Mapping[str, bool | None] = field(default_factory=dict)


def routes(operations: Operations) -> list[HTTPRouteHandler]:
    """Return what a Litestar application registers."""

    @route("/healthz", http_method=READS, sync_to_thread=False, include_in_schema=False)
    def healthz() -> AnswerResponse:
        return _sent(json_answer({"status": "alive"}, policy=CachePolicy.NO_STORE))

    @route("/readyz", http_method=READS, sync_to_thread=False, include_in_schema=False)
    def readyz() -> AnswerResponse:
        ready = operations.health is Health.READY
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        # That an engine is away is no reason to turn from this process: the others ask the same one.
        engines = {name: _STATES[is_up] for name, is_up in operations.engines.items()}
        told = {"status": operations.health.value, **({"engines": engines} if engines else {})}
        return _sent(json_answer(told, status=status, policy=CachePolicy.NO_STORE))

    @route("/metrics", http_method=READS, sync_to_thread=False, include_in_schema=False)
    def metrics(request: Request[Any, Any, Any]) -> AnswerResponse:
        scope = cast("Scope", request.scope)
        return _sent(metrics_answer(scope, operations.metrics, operations.metrics_token))

    @route(f"{PICTURES}/{{name:str}}", http_method=READS, sync_to_thread=False, include_in_schema=False)
    def demo_picture(name: str, request: Request[Any, Any, Any]) -> AnswerResponse:
        drawn = picture(name.removesuffix(".svg")) if name.endswith(".svg") else None
        if drawn is None:
            return _sent(refusal(HTTPStatus.NOT_FOUND, _exchange(request)))
        return _sent(Answer(body=drawn, media_type="image/svg+xml", policy=CachePolicy.PUBLIC))

    return [healthz, readyz, metrics, demo_picture]


_STATES = {True: "up", False: "down", None: "unknown"}


def surface() -> Surface:
    """Return the surface of every path that belongs to no other one."""
    return Surface(prefixes=("/",), refusal=refusal)


def refusal(status: int, exchange: Exchange) -> Answer:
    """Return what a request gets that ends with this status."""
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    message = "Something went wrong on our side, please try again" if ours else _MESSAGES.get(status, "Not possible")
    body = {
        "success": False,
        "code": "ERROR" if ours else "INVALID",
        "message": message,
        "requestId": exchange.request_id,
    }
    return json_answer(body, status=status, policy=CachePolicy.NO_STORE)


_MESSAGES = {
    400: "The request cannot be read",
    404: "There is nothing at this path",
    405: "This path does not take this method",
    408: "The body took too long to arrive",
    413: "The body is too long",
    415: "The body is compressed, send it without Content-Encoding",
}


def refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer what the router itself refuses: an unknown path, a method that a path does not take."""
    exchange = _exchange(request)
    answer = exchange.answer = refusal(error.status_code, exchange)
    headers = {"cache-control": answer.policy.value, **(error.headers or {})}
    return Response(answer.body, status_code=answer.status, media_type=answer.media_type, headers=headers)


def _exchange(request: Request[Any, Any, Any]) -> Exchange:
    exchange: Exchange = cast("Scope", request.scope)[SCOPE_KEY]
    return exchange


def _sent(answer: Answer) -> AnswerResponse:
    return AnswerResponse(answer)
