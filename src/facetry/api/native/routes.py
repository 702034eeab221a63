"""The routes of ``/v2``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec
from litestar.handlers import ASGIRouteHandler, asgi

from facetry.api.native.call import Call
from facetry.api.native.problems import error_answer, refusal
from facetry.api.native.searching import Searching
from facetry.api.native.settings import Settings
from facetry.api.native.suggesting import Suggesting
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.domain.errors import FacetryError, NotPermittedError
from facetry.http.admission import Admission
from facetry.http.answer import Answer, CachePolicy
from facetry.http.asgi import Receive, Scope, Send
from facetry.http.cross_origin import CrossOrigin
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.paths import routed_path
from facetry.http.respond import AnswerResponse
from facetry.http.surface import Surface
from facetry.http.tenant_limits import UNLIMITED, TenantLimits

MOUNT = "/v2"
SEARCH = "/v2/search"
SUGGEST = "/v2/suggest"
ATTRIBUTES = "/v2/attributes"
SEARCH_SETTINGS = "/v2/settings/search"
ATTRIBUTE_SETTINGS = "/v2/settings/attributes"
SHOP_FRONT = frozenset({SEARCH, SUGGEST})
"""What a shop front calls: with the key that may only search, and from pages of other origins."""
BODY_LIMIT = 4 << 20

Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Dependencies:
    """What ``/v2`` works with."""

    admission: Admission
    search: Search
    settings: SearchSettings
    relay: ChangeRelay
    cross_origin: CrossOrigin
    limits: TenantLimits = UNLIMITED


class NativeApi:
    """An ASGI application that answers every path below its mount, errors as problem details."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Build the table of routes."""
        self._admission = dependencies.admission
        self._cross_origin = dependencies.cross_origin
        self._limits = dependencies.limits
        self._routes = _routes(dependencies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        await AnswerResponse(answer)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        exchange: Exchange = scope[SCOPE_KEY]
        # The gate's path, which the mount has overwritten: still percent-encoded, without one trailing slash.
        path = routed_path(scope["raw_path"])
        handlers = self._routes.get(path)
        if handlers is None:
            return refusal(404, exchange)
        exchange.route = path
        call = Call(scope, receive, path)
        if call.method == "OPTIONS" and self._cross_origin.covers(path):
            return Answer(policy=CachePolicy.NO_STORE, headers=self._cross_origin.preflight)
        handler = handlers.get(call.method)
        if handler is None:
            return _method_refused(handlers, exchange)
        try:
            await self._admit(call)
            return await handler(call)
        except FacetryError as error:
            return error_answer(error, exchange.request_id)

    async def _admit(self, call: Call) -> None:
        """Let a call have its session.

        Raises:
            NotAuthenticatedError, TooManyAttemptsError: Nobody knows whose it is.
            RateLimitedError: Its tenant calls too often.
            NotPermittedError: Its key may only search.
        """
        exchange = call.exchange
        exchange.session = await self._admission.session(call.headers, exchange.peer)
        await self._limits.take(exchange)
        if exchange.session.may_only_search and call.path not in SHOP_FRONT:
            raise NotPermittedError("this key may only search")


def routes(dependencies: Dependencies) -> list[ASGIRouteHandler]:
    """Return what a Litestar application registers to serve ``/v2``."""
    return [asgi([MOUNT], is_mount=True, copy_scope=False)(NativeApi(dependencies).__call__)]


def surface(cross_origin: CrossOrigin) -> Surface:
    """Return where ``/v2`` is and how it refuses what never reaches its handlers."""
    return Surface(prefixes=(f"{MOUNT}/",), refusal=refusal, body_limit=BODY_LIMIT, cross_origin=cross_origin)


def _routes(dependencies: Dependencies) -> Mapping[str, Mapping[str, Handler]]:
    searching = Searching(dependencies.search, dependencies.relay)
    settings = Settings(dependencies.settings)
    return {
        SEARCH: {"GET": searching.get, "POST": searching.post},
        SUGGEST: {"GET": Suggesting(dependencies.search, dependencies.relay).get},
        ATTRIBUTES: {"GET": settings.attributes},
        SEARCH_SETTINGS: {"GET": settings.get_rules, "PUT": settings.put_rules},
        ATTRIBUTE_SETTINGS: {"GET": settings.get_definitions, "PUT": settings.put_definitions},
    }


def _method_refused(handlers: Mapping[str, Handler], exchange: Exchange) -> Answer:
    allowed = sorted([*handlers, "HEAD"] if "GET" in handlers else handlers)
    allow = ((b"allow", ", ".join(allowed).encode()),)
    return msgspec.structs.replace(refusal(405, exchange), headers=allow)
