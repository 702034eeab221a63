"""The routes of the dashboard, and the steps that every request for a page takes."""

from __future__ import annotations

import logging
from urllib.parse import quote

import msgspec

from facetry.application.acting import act_as
from facetry.dashboard.call import Circumstances, PageCall, Visitor
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.destinations import local_path
from facetry.dashboard.pages import (
    account,
    api_keys,
    catalog,
    clients,
    exports,
    gemstones,
    groups,
    home,
    imports,
    listings,
    operator,
    orders,
    products,
    record_histories,
    search_studio,
    settings,
    sign_in,
    users,
)
from facetry.dashboard.problems import FORGED, problem_of, refusal_of
from facetry.dashboard.rendering import problem_answer, redirect
from facetry.dashboard.routing import Page
from facetry.dashboard.static_files import STATIC, static_files
from facetry.domain.actor import Actor
from facetry.domain.errors import FacetryError
from facetry.http.answer import Answer, CachePolicy
from facetry.http.asgi import Receive, Scope, Send
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.paths import routed_path
from facetry.http.routing import Routes, decoded_variables
from facetry.http.streaming import StreamAnswer, response_to
from facetry.http.surface import Surface

MOUNT = "/dashboard"
SIGN_IN = f"{MOUNT}/sign-in"
BODY_LIMIT = 4 << 20
_AREAS = (
    *(sign_in, account, api_keys, users, settings, home, catalog, groups, products, gemstones, orders, clients),
    *(listings, record_histories, imports, exports, search_studio, operator),
)
_PLAIN_SHEETS = ("css/tokens.css", "css/base.css", "css/layout.css")
_log = logging.getLogger(__name__)

# Pictures of products come from wherever their shop keeps them; all else comes from this server alone.
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https: data:; font-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)


class Dashboard:
    """An ASGI application that answers every path below its mount with pages."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Build the table of routes."""
        self._dependencies = dependencies
        self._routes = Routes(all_pages(dependencies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer, further = await self._answer(scope, receive)
        dressed = msgspec.structs.replace(answer, headers=(*answer.headers, *_HEADERS, *further))
        await response_to(dressed)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[Answer | StreamAnswer, list[tuple[bytes, bytes]]]:
        path = routed_path(scope["raw_path"])
        if path.startswith(f"{STATIC}/") and scope["method"] in {"GET", "HEAD"}:
            file = static_files().answer(path)
            if file is not None:
                scope[SCOPE_KEY].route = f"{STATIC}/{{name}}"
                return file, []
        call = PageCall(
            scope, receive, path, Circumstances(self._dependencies.transport, self._dependencies.clock.now())
        )
        try:
            answer = await self._page(call)
        except FacetryError as error:
            problem = problem_of(error, call.texts)
            if problem.status >= 500:  # noqa: PLR2004 - from here on it is not the visitor's fault
                _log.warning("a page failed: %s", error.message, extra={"request_id": call.exchange.request_id})
            answer = problem_answer(call, problem)
        return answer, call.further

    async def _page(self, call: PageCall) -> Answer | StreamAnswer:
        match = self._routes.find(call.path)
        call.visitor = await self._visitor(call)
        if match is None:
            return problem_answer(call, refusal_of(404))
        call.exchange.route = match.template
        page = match.methods.get(call.method)
        if page is None:
            answer = problem_answer(call, refusal_of(405))
            return msgspec.structs.replace(answer, headers=(*answer.headers, (b"allow", match.allowed.encode())))
        refused = await self._refused(call, page)
        if refused is not None:
            return refused
        call.variables = decoded_variables(match)
        return await page.handler(call)

    async def _visitor(self, call: PageCall) -> Visitor | None:
        """Return who is signed in, as it is now: nothing of it is remembered."""
        cookie = call.session_cookie
        found = await self._dependencies.sign_ins.session(cookie) if cookie else None
        if found is None:
            return None
        visitor = Visitor(*found)
        act_as(Actor(f"user:{visitor.user.email}"))
        return visitor

    async def _refused(self, call: PageCall, page: Page) -> Answer | None:
        """Return what a visitor gets who may not see a page, or whose form may be forged; None for all others."""
        if page.role is not None and call.visitor is None:
            return _to_sign_in(call)
        if page.role is not None and not (page.is_for_all or call.may(page.role)):
            return problem_answer(call, refusal_of(403))
        if call.method != "GET":
            # Who reads the body as it arrives finds the token in it, and checks that.
            is_forged = not call.is_from_here if page.is_unread else await call.is_forged()
            if is_forged:
                return problem_answer(call, FORGED)
        return None


def all_pages(dependencies: Dependencies) -> list[Page]:
    """Return every page."""
    return [page for area in _AREAS for page in area.routes(dependencies)]


def surface(dependencies: Dependencies) -> Surface:
    """Return where the dashboard is, what answers there, and how it refuses what never reaches that."""
    unread = (page.template for page in all_pages(dependencies) if page.is_unread)
    return Surface(
        prefixes=(MOUNT,),
        refusal=refusal,
        body_limit=BODY_LIMIT,
        unread=frozenset(unread),
        application=Dashboard(dependencies),
    )


def refusal(status: int, exchange: Exchange) -> Answer:
    """Return what a request gets that ends with this status outside of its handler."""
    problem = refusal_of(status)
    sheets = "".join(f'<link rel="stylesheet" href="{static_files().url(sheet)}">' for sheet in _PLAIN_SHEETS)
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{problem.heading} · Facetry</title>{sheets}</head>"
        f'<body><main class="entrance__form"><h1>{problem.heading}</h1><p>{problem.detail}</p>'
        f'<p class="is-muted is-small">Request {exchange.request_id}</p><p><a href="{MOUNT}">To the home page</a></p>'
        "</main></body></html>"
    )
    return Answer(
        status=problem.status,
        body=body.encode(),
        media_type="text/html; charset=utf-8",
        policy=CachePolicy.NO_STORE,
        headers=_HEADERS,
        error=problem.heading,
    )


def _to_sign_in(call: PageCall) -> Answer:
    """Return what leads to the page for signing in, and from there back to where the visitor wanted to go."""
    return redirect(call, f"{SIGN_IN}?next={quote(_wanted(call), safe='')}")


def _wanted(call: PageCall) -> str:
    """Return the page that a visitor asks for; where only a part is asked for, the one that it is a part of."""
    if call.is_partial:
        address = (call.header(b"hx-current-url") or "").partition("://")[2].partition("#")[0]
        return local_path(f"/{address.partition('/')[2]}")
    return call.target.rstrip("?") if call.method == "GET" else MOUNT
