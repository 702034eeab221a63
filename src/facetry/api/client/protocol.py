"""From a request to a result: key, action, scope, limit and data are looked at in the published order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from facetry.api.client.action import Action, ActionCall, DataNeed, Result
from facetry.api.client.actions import Actions
from facetry.api.client.envelope import Headers, answer_of
from facetry.api.client.errors import result_of
from facetry.api.client.limits import Limits
from facetry.api.client.request import Parameters
from facetry.api.client.values import MAX_RECORDS
from facetry.application.acting import act_as
from facetry.domain.errors import (
    DataMissingError,
    FacetryError,
    InsecureCallError,
    InvalidValueError,
    NotAuthenticatedError,
    NotPermittedError,
    QuotaExceededError,
    RateLimitedError,
    TooManyAttemptsError,
)
from facetry.domain.tenant import HttpsRule
from facetry.http.answer import Answer
from facetry.http.asgi import Scope, headers_of
from facetry.http.client_admission import ClientAdmission
from facetry.http.exchange import SCOPE_KEY, Exchange, Session
from facetry.http.transport import Transport

MOUNT = "/client/V1"
URL_LIMIT = 8 << 10
"""Longest URL of a GET, in bytes."""
THREAD_BYTES = 64 << 10
"""Decoding a body of this size would hold up other requests, so it is done beside them."""
_BEARER = "bearer"


@dataclass(frozen=True)
class Outcome:
    """What became of a request.

    Attributes:
        result: What is said of it.
        http_errors: Whether a failure gets an HTTP status of its own.
        headers: Further ones of the answer.
    """

    result: Result
    http_errors: bool = False
    headers: Headers = ()


class Incoming:
    """A request while its way is found.

    Attributes:
        scope: The ASGI scope.
        body: The whole body.
        exchange: What is known of it.
        headers: Of the answer, as they become known.
    """

    def __init__(self, scope: Scope, body: bytes) -> None:
        """Begin."""
        self.scope = scope
        self.body = body
        self.exchange: Exchange = scope[SCOPE_KEY]
        self.headers: Headers = ()
        self._sent = headers_of(scope)

    async def parameters(self) -> Parameters:
        """Return what the request says."""
        content_type = self._sent.get(b"content-type", b"").decode("latin-1")
        query = self.scope["query_string"]
        if len(self.body) < THREAD_BYTES:
            return Parameters(query, content_type, self.body)
        return await asyncio.to_thread(Parameters, query, content_type, self.body)

    @property
    def bearer(self) -> str:
        """The access key that stands in a header; empty where none does."""
        scheme, _, rest = self._sent.get(b"authorization", b"").decode("latin-1").partition(" ")
        return rest.strip() if scheme.lower() == _BEARER else ""

    @property
    def has_long_url(self) -> bool:
        """Whether it is a GET whose URL is longer than it may be."""
        length = len(self.scope["raw_path"]) + 1 + len(self.scope["query_string"])
        return self.scope["method"] == "GET" and length > URL_LIMIT


class Protocol:
    """What every call goes through before its action."""

    def __init__(self, actions: Actions, keys: ClientAdmission, transport: Transport, limits: Limits) -> None:
        """Ask these in their turn."""
        self._actions = actions
        self._keys = keys
        self._transport = transport
        self._limits = limits

    def guard(self, scope: Scope, exchange: Exchange) -> Answer | None:
        """Return the refusal of a call that did not come as it must; None for all others."""
        if self._transport.allows(scope):
            return None
        result = result_of(InsecureCallError("send the call over HTTPS"))
        asked = Parameters(scope["query_string"]).http_errors
        return answer_of(result, exchange.request_id, http_errors=bool(asked))

    async def outcome(self, incoming: Incoming) -> Outcome:
        """Return what becomes of a request."""
        parameters = await incoming.parameters()
        try:
            result = await self._result(incoming, parameters)
        except FacetryError as error:
            incoming.headers += _retry_after(error)
            result = result_of(error)
        return Outcome(result, _has_http_errors(incoming, parameters), incoming.headers)

    async def _result(self, incoming: Incoming, parameters: Parameters) -> Result:
        session = await self._admitted(incoming, parameters)
        action = self._actions.named(parameters.action)
        incoming.exchange.route = f"{MOUNT} {action.name}"
        if action.scope not in session.scopes:
            raise NotPermittedError(f"the access key lacks the scope {action.scope.value}")
        await self._take(incoming, session, action)
        return await action.handler(await _call(incoming, session, action, parameters))

    async def _admitted(self, incoming: Incoming, parameters: Parameters) -> Session:
        """Return who calls, and let the exchange know.

        Raises:
            NotAuthenticatedError, TooManyAttemptsError, NotPermittedError: It may not.
            InsecureCallError: The tenant wants HTTPS.
        """
        key = parameters.auth or incoming.bearer
        if not key and parameters.fault is not None:
            raise NotAuthenticatedError(f"no access key could be read: {parameters.fault.message}")
        session = await self._keys.session(key, self._transport.address(incoming.scope), incoming.exchange.looked)
        incoming.exchange.session = session
        act_as(session.actor)
        own = session.settings.client_api.require_https
        if own is not HttpsRule.NEVER and not self._transport.allows(incoming.scope, own):
            raise InsecureCallError("send the call over HTTPS, the account wants that")
        return session

    async def _take(self, incoming: Incoming, session: Session, action: Action) -> None:
        """Fill the bucket of a limited action.

        Raises:
            RateLimitedError: It is full.
        """
        bucket = self._limits.bucket(session.settings.client_api, action)
        if bucket is None:
            return
        level = await self._limits.take(session, action, bucket)
        incoming.headers = level.headers
        if not level.is_allowed:
            raise RateLimitedError(level.retry_after)


async def _call(incoming: Incoming, session: Session, action: Action, parameters: Parameters) -> ActionCall:
    """Return the call that an action handles.

    Raises:
        DataMissingError: It needs data, and there is none.
        MalformedBodyError: What there is cannot be read.
        InvalidValueError: The URL is too long, or ``actions`` is no object.
    """
    data: object = None
    actions: object = None
    if action.need is not DataNeed.NONE:
        data, actions = await _decoded(incoming, parameters)
        if action.need is DataNeed.MANDATORY and _is_empty(data):
            raise DataMissingError(f"{action.name} needs data")
    if _count(data) > MAX_RECORDS:
        raise InvalidValueError("data", f"must be at most {MAX_RECORDS} records")
    if incoming.has_long_url:
        raise InvalidValueError("data", f"a URL of more than {URL_LIMIT} bytes is not read; send a POST")
    # PHP writes an array without entries as a list.
    if actions not in (None, []) and not isinstance(actions, dict):
        raise InvalidValueError("actions", "must be a JSON object")
    return ActionCall(
        tenant=session.tenant,
        settings=session.settings,
        data=data,
        actions=_lowered(actions if isinstance(actions, dict) else {}),
        request_id=incoming.exchange.request_id,
    )


async def _decoded(incoming: Incoming, parameters: Parameters) -> tuple[object, object]:
    if len(incoming.body) < THREAD_BYTES:
        return parameters.data, parameters.actions
    return await asyncio.to_thread(lambda: (parameters.data, parameters.actions))


def _lowered(actions: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value.lower() if isinstance(value, str) else value for name, value in actions.items()}


def _count(data: object) -> int:
    """Return how many records there are in ``data``: those of a list, or of a text with commas between ids."""
    if isinstance(data, list):
        return len(data)
    return data.count(",") + 1 if isinstance(data, str) else 1


def _is_empty(data: object) -> bool:
    """Return whether there is nothing in ``data``; a 0 is something."""
    return data is None or data in ("", [], {})


def _has_http_errors(incoming: Incoming, parameters: Parameters) -> bool:
    said = parameters.http_errors
    if said is not None:
        return said
    session = incoming.exchange.session
    return session is not None and session.settings.client_api.http_errors


def _retry_after(error: FacetryError) -> Headers:
    if not isinstance(error, TooManyAttemptsError | RateLimitedError | QuotaExceededError):
        return ()
    return () if error.wait_seconds is None else ((b"retry-after", b"%d" % error.wait_seconds),)
