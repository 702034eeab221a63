"""The routes of ``/v2``."""

from __future__ import annotations

import msgspec
from litestar.handlers import ASGIRouteHandler, asgi

from facetry.api.native import (
    bulk,
    changes,
    clients,
    events,
    gemstones,
    groups,
    history,
    imports,
    journals,
    listings,
    orders,
    products,
    quotas,
    record_histories,
    settings,
)
from facetry.api.native.call import Call
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.problems import error_answer, refusal
from facetry.api.native.reads import Reads
from facetry.api.native.routing import Route
from facetry.api.native.searching import Searching
from facetry.api.native.suggesting import Suggesting
from facetry.application.acting import act_as
from facetry.domain.errors import FacetryError, NotPermittedError
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer, CachePolicy
from facetry.http.asgi import Receive, Send
from facetry.http.asgi import Scope as Request
from facetry.http.cross_origin import CrossOrigin
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.paths import routed_path
from facetry.http.routing import Routes, decoded_variables
from facetry.http.streaming import StreamAnswer, response_to
from facetry.http.surface import Surface

MOUNT = "/v2"
SEARCH = "/v2/search"
SUGGEST = "/v2/suggest"
SHOP_FRONT = frozenset({SEARCH, SUGGEST, events.EVENTS})
"""What a shop front calls: with the key that may only search, and from pages of other origins."""
BODY_LIMIT = 4 << 20


class NativeApi:
    """An ASGI application that answers every path below its mount, errors as problem details."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Build the table of routes."""
        self._admission = dependencies.admission
        self._cross_origin = dependencies.cross_origin
        self._limits = dependencies.limits
        self._routes = Routes(all_routes(dependencies))

    async def __call__(self, scope: Request, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        await response_to(answer)(scope, receive, send)

    async def _answer(self, scope: Request, receive: Receive) -> Answer | StreamAnswer:
        exchange: Exchange = scope[SCOPE_KEY]
        # The gate's path, which the mount has overwritten: still percent-encoded, without one trailing slash.
        path = routed_path(scope["raw_path"])
        match = self._routes.find(path)
        if match is None:
            exchange.route = MOUNT
            return refusal(404, exchange)
        exchange.route = match.template
        call = Call(scope, receive, path)
        if call.method == "OPTIONS" and self._cross_origin.covers(path):
            return Answer(policy=CachePolicy.NO_STORE, headers=self._cross_origin.preflight)
        route = match.methods.get(call.method)
        if route is None:
            return msgspec.structs.replace(refusal(405, exchange), headers=((b"allow", match.allowed.encode()),))
        try:
            await self._admit(call, route)
            call.variables = decoded_variables(match)
            return await route.handler(call)
        except FacetryError as error:
            return error_answer(error, exchange.request_id)

    async def _admit(self, call: Call, route: Route) -> None:
        """Let a call have its session.

        Raises:
            NotAuthenticatedError, TooManyAttemptsError: Nobody knows whose it is.
            RateLimitedError: Its tenant calls too often.
            NotPermittedError: Its key may not do this.
        """
        exchange = call.exchange
        session = exchange.session = await self._admission.session(call.headers, exchange.peer, exchange.looked)
        act_as(session.actor)
        await self._limits.take(exchange)
        if route.scope is None and not session.key_id:
            return
        scope = route.scope or Scope.READ
        if not session.may(scope):
            what = "may only search" if session.may_only_search else f"does not have the scope {scope.value}"
            raise NotPermittedError(f"this key {what}")


def routes(application: NativeApi) -> list[ASGIRouteHandler]:
    """Return what a Litestar application registers to answer ``/v2`` itself, which is below no prefix."""
    return [asgi([MOUNT], is_mount=True, copy_scope=False)(application.__call__)]


def surface(cross_origin: CrossOrigin, application: NativeApi) -> Surface:
    """Return where ``/v2`` is and how it refuses what never reaches its handlers."""
    return Surface(
        prefixes=(f"{MOUNT}/",),
        refusal=refusal,
        body_limit=BODY_LIMIT,
        unread=frozenset({bulk.BULK, imports.IMPORTS}),
        packed=frozenset({imports.IMPORTS}),
        unshared=frozenset({changes.CHANGES}),
        cross_origin=cross_origin,
        # Every path below the mount is answered by the same application, so none needs to be looked for.
        application=application,
    )


def all_routes(dependencies: Dependencies) -> list[Route]:
    """Return every route of ``/v2``."""
    reads = Reads(dependencies.relay)
    return [
        *_search_routes(dependencies),
        *products.routes(dependencies),
        *history.routes(dependencies),
        *groups.routes(dependencies),
        *gemstones.routes(dependencies),
        *listings.routes(dependencies),
        *orders.routes(dependencies),
        *clients.routes(dependencies),
        *record_histories.routes(dependencies),
        *bulk.routes(dependencies),
        *settings.routes(dependencies, reads),
        *quotas.routes(dependencies.settings, dependencies.store, reads),
        *changes.routes(dependencies.feed, reads, dependencies.clock),
        *imports.routes(dependencies, reads),
        *journals.routes(dependencies.journal, reads, dependencies.clock),
        *events.routes(dependencies.journal, dependencies.clock),
    ]


def _search_routes(dependencies: Dependencies) -> list[Route]:
    searching = Searching(dependencies.search, dependencies.relay)
    return [
        Route("GET", SEARCH, searching.get, None),
        Route("POST", SEARCH, searching.post, None),
        Route("GET", SUGGEST, Suggesting(dependencies.search, Reads(dependencies.relay)).get, None),
    ]
