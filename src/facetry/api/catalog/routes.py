"""The routes of v1, matched on the raw path."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec
from litestar.handlers import ASGIRouteHandler, asgi

from facetry.api.catalog.call import Call
from facetry.api.catalog.groups import Groups
from facetry.api.catalog.login import Login
from facetry.api.catalog.orders import Orders
from facetry.api.catalog.products import Products
from facetry.api.catalog.replies import (
    ANONYMOUS_CALLER,
    UNKNOWN_CALLER,
    error_reply,
    failure,
    private,
    refusal,
    token_refused,
    unprocessable,
)
from facetry.api.catalog.rules import PATH
from facetry.api.catalog.searching import Searching
from facetry.application.acting import act_as
from facetry.application.catalog import Catalog
from facetry.application.login_limits import LoginLimiter
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.tenants import Tenants
from facetry.domain.errors import FacetryError, InvalidValueError
from facetry.http.answer import Answer
from facetry.http.asgi import Receive, Scope, Send
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.paths import decode_segment, routed_path
from facetry.http.respond import AnswerResponse
from facetry.http.surface import Surface
from facetry.http.tenant_limits import UNLIMITED, TenantLimits
from facetry.http.tokens import Tokens
from facetry.ports.clock import Clock

LOGIN = "/admin/v1/customers/login"
PRODUCTS = "/catalog/v1/products"
PRODUCT = "/catalog/v1/products/{SKU}"
GROUP = "/catalog/v1/productgroups/{PGID}"
SEARCH = "/search/v1/search"
ORDERS = "/order/v1/orders"
ORDER = "/order/v1/orders/{ID}"
ORDER_STATUS = "/order/v1/orders/{ID}/updatestatus/{STATUS}"
ORDERS_OF_CUSTOMER = "/order/v1/orders/customers/{CID}"
CUSTOMER_ORDERS = "/order/v1/orders/customer/{CID}"
MOUNTS = ("/admin/v1", "/catalog/v1", "/order/v1", "/search/v1")

_PARAMETER = re.compile(r"\{\w+\}")
_PLACES = ((), (-1,), (-3, -1))
"""Where in a path the segments stand that name something."""

Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Dependencies:
    """What v1 works with."""

    catalog: Catalog
    search: Search
    tenants: Tenants
    tokens: Tokens
    login_limiter: LoginLimiter
    relay: ChangeRelay
    records: Records
    clock: Clock
    limits: TenantLimits = UNLIMITED


class Route:
    """One path pattern and its handlers.

    Attributes:
        pattern: The path; segments in braces name what they hold.
        parameters: Those names, in order.
        handlers: By HTTP method, without HEAD.
        is_open: Whether it asks for no token.
    """

    def __init__(self, pattern: str, handlers: Mapping[str, Handler], *, is_open: bool = False) -> None:
        """Make a route."""
        self.pattern = pattern
        self.handlers = handlers
        self.is_open = is_open
        self.parameters = tuple(part.strip("{}") for part in pattern.split("/") if part.startswith("{"))
        allowed = [*handlers, "HEAD"] if "GET" in handlers else [*handlers]
        self.allow = ", ".join(sorted(allowed)).encode()


class CatalogApi:
    """An ASGI application that answers every path below its mounts, in v1's own form.

    It routes by itself, because Litestar's router joins double slashes, drops all trailing ones and leaves the
    decoding of a segment open, while here ``a%2F`` and ``a`` are two SKUs.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        """Build the table of routes."""
        self._tokens = dependencies.tokens
        self._limits = dependencies.limits
        self._routes = {_PARAMETER.sub("", route.pattern): route for route in _routes(dependencies)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        await AnswerResponse(answer)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        exchange: Exchange = scope[SCOPE_KEY]
        # The gate's path, which the mount has overwritten: still percent-encoded, without one trailing slash.
        path = routed_path(scope["raw_path"])
        found = self._match(path)
        if found is None:
            return refusal(404, exchange)
        route, segments = found
        exchange.route = route.pattern
        call = Call(scope, receive, path)
        handler = route.handlers.get(call.method)
        if handler is None:
            return _method_refused(route, exchange)
        answer = await self._handled(call, route, segments, handler)
        return private(answer) if route.is_open else answer

    def _match(self, path: str) -> tuple[Route, tuple[str, ...]] | None:
        """Return the route of a raw path and the segments that name something."""
        segments = path.split("/")
        for places in _PLACES:
            if len(segments) < -min(places, default=0):
                continue
            named = tuple(segments[place] for place in places)
            rest = [*segments]
            for place in places:
                rest[place] = ""
            route = self._routes.get("/".join(rest))
            if route is not None and len(route.parameters) == len(places) and all(named):
                return route, named
        return None

    async def _handled(self, call: Call, route: Route, segments: tuple[str, ...], handler: Handler) -> Answer:
        try:
            if not route.is_open and (refused := await self._refused(call)) is not None:
                return refused
            if segments and (refused := _unread(call, route, segments)) is not None:
                return refused
            return await handler(call)
        except FacetryError as error:
            return error_reply(error, call.exchange.request_id)

    async def _refused(self, call: Call) -> Answer | None:
        """Return the refusal of a call without a good token; else None, and the call has its session."""
        token = call.header(b"x-access-token")
        if not token:
            return token_refused(ANONYMOUS_CALLER)
        call.exchange.session = await self._tokens.session(token, call.exchange.looked)
        if call.exchange.session is None:
            return token_refused(UNKNOWN_CALLER)
        act_as(call.exchange.session.actor)
        await self._limits.take(call.exchange)
        return None


def routes(dependencies: Dependencies) -> list[ASGIRouteHandler]:
    """Return what a Litestar application registers to serve v1."""
    return [asgi([*MOUNTS], is_mount=True, copy_scope=False)(CatalogApi(dependencies).__call__)]


def surface() -> Surface:
    """Return where v1 is and how it refuses what never reaches its handlers."""
    return Surface(prefixes=MOUNTS, refusal=refusal)


def _routes(dependencies: Dependencies) -> list[Route]:
    login = Login(dependencies.tenants, dependencies.tokens, dependencies.login_limiter)
    products = Products(dependencies.catalog, dependencies.relay)
    groups = Groups(dependencies.catalog, dependencies.relay)
    orders = Orders(dependencies.catalog, dependencies.records, dependencies.clock)
    searching = Searching(dependencies.search, dependencies.relay)
    return [
        Route(LOGIN, {"GET": login.get, "POST": login.post}, is_open=True),
        Route(PRODUCTS, {"POST": products.post, "PUT": products.put}),
        Route(PRODUCT, {"GET": products.get, "DELETE": products.delete}),
        Route(GROUP, {"GET": groups.get, "DELETE": groups.delete}),
        Route(ORDERS, {"POST": orders.post}),
        Route(ORDER, {"GET": orders.get, "DELETE": orders.delete}),
        Route(ORDERS_OF_CUSTOMER, {"GET": orders.of_customer}),
        Route(ORDER_STATUS, {"PUT": orders.update_status}),
        Route(CUSTOMER_ORDERS, {"DELETE": orders.delete_of_customer}),
        Route(SEARCH, {"GET": searching.get}),
    ]


def _unread(call: Call, route: Route, segments: tuple[str, ...]) -> Answer | None:
    """Return the refusal of a segment that is no text; else None, and the call has its names."""
    names = []
    for parameter, segment in zip(route.parameters, segments, strict=True):
        try:
            names.append(decode_segment(segment))
        except InvalidValueError as error:
            parts: dict[str, object] = {"value": segment, "msg": error.message, "param": parameter, "location": PATH}
            return unprocessable([parts])
    call.names = tuple(names)
    return None


def _method_refused(route: Route, exchange: Exchange) -> Answer:
    answer = failure(405, "INVALID", f"This path takes {route.allow.decode()}", exchange.request_id)
    return msgspec.structs.replace(answer, headers=((b"allow", route.allow),))
