"""The one path of the Client API."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.api.client import clients, gemstones, listings, orders, products
from facetry.api.client.action import Action, Result
from facetry.api.client.codes import Code
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.envelope import answer_of, long_answer_of
from facetry.api.client.protocol import MOUNT, Incoming, Protocol
from facetry.http.answer import Answer
from facetry.http.asgi import Receive, Scope, Send
from facetry.http.body import BODY_METHODS
from facetry.http.exchange import SCOPE_KEY, Exchange
from facetry.http.respond import AnswerResponse
from facetry.http.surface import Surface

BODY_LIMIT = 16 << 20
METHODS = frozenset({"GET", "POST"})
_ALLOW = ((b"allow", b"GET, POST"),)
_NOT_FOUND = 404
_METHOD_REFUSED = 405

_REFUSALS = {
    400: Result([], Code.UNDECODABLE, "the body ends before it is whole"),
    404: Result([], Code.UNKNOWN_ACTION, f"there is nothing at this path, only at {MOUNT}/"),
    405: Result([], Code.INVALID, "only GET and POST are served"),
    408: Result([], Code.UNDECODABLE, "the body took too long to arrive"),
    413: Result([], Code.INVALID, f"the body is longer than {BODY_LIMIT >> 20} MiB, which is the most that is taken"),
    415: Result([], Code.UNDECODABLE, "the body is compressed, send it without Content-Encoding"),
}
_FAILED = Result([], Code.FAILED, "something went wrong on our side, please try again")


def all_actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return every action, by category."""
    return [
        *products.actions(dependencies),
        *gemstones.actions(dependencies),
        *listings.actions(dependencies),
        *orders.actions(dependencies),
        *clients.actions(dependencies),
    ]


class ClientApi:
    """An ASGI application that answers every path below its mount, always as status and data."""

    def __init__(self, protocol: Protocol) -> None:
        """Answer by a protocol."""
        self._protocol = protocol

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await AnswerResponse(await self._answer(scope, receive))(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        exchange: Exchange = scope[SCOPE_KEY]
        # The gate's path: still percent-encoded, without one trailing slash.
        if scope["path"] != MOUNT:
            return _refused(_NOT_FOUND, exchange)
        exchange.route = MOUNT
        if scope["method"] not in METHODS:
            return msgspec.structs.replace(
                _refused(_METHOD_REFUSED, exchange), headers=(*refusal(405, exchange).headers, *_ALLOW)
            )
        # The gate has read the body, under its limit, and gives it in one message.
        body: bytes = (await receive())["body"] if scope["method"] in BODY_METHODS else b""
        outcome = await self._protocol.outcome(Incoming(scope, body))
        return await long_answer_of(
            outcome.result, exchange.request_id, http_errors=outcome.http_errors, headers=outcome.headers
        )


def surface(protocol: Protocol) -> Surface:
    """Return where the Client API is and how it refuses what never reaches its actions."""
    return Surface(
        prefixes=(MOUNT,),
        refusal=refusal,
        body_limit=BODY_LIMIT,
        guard=protocol.guard,
        # Every path below the mount is answered by the same application, so none needs to be looked for.
        application=ClientApi(protocol),
    )


def refusal(status: int, exchange: Exchange) -> Answer:
    """Return what a request gets that ends with this status before or beside its action; the HTTP status is 200."""
    return answer_of(_REFUSALS.get(status, _FAILED), exchange.request_id)


def _refused(status: int, exchange: Exchange) -> Answer:
    """Return the answer to what is no call at all, with its HTTP status."""
    return msgspec.structs.replace(refusal(status, exchange), status=status)
