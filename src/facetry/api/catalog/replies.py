"""The envelopes of v1 and the one table from error to reply."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from facetry.api.catalog.rules import BODY, Errors
from facetry.domain.errors import (
    CommitUnknownError,
    FacetryError,
    GroupFullError,
    GroupNotFoundError,
    IndexBehindError,
    InsufficientStockError,
    InvalidValueError,
    MalformedBodyError,
    ProductExistsError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    RecordExistsError,
    RecordNotFoundError,
    StoreError,
    StoreFullError,
    TenantNotFoundError,
)
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.exchange import Exchange

UNKNOWN_CALLER = (
    "The token is not valid (anymore)! If you think that your token is expired please use the login endpoint "
    "to get a new token for your API calls ..."
)
ANONYMOUS_CALLER = (
    "There is no token! Please use the login endpoint to get a token and include it in the x-access-token header "
    "of your API calls ..."
)
_UNPROCESSABLE = 422
_FORBIDDEN, _TOO_MANY = 403, 429


class _Failure(NamedTuple):
    """What an error becomes."""

    status: int
    code: str
    message: Callable[[FacetryError], str]


_FAILURES: dict[type[FacetryError], _Failure] = {
    ProductExistsError: _Failure(
        200, "INVALID", lambda e: f"Product with SKU {_of(e, 'sku')} already exists, please use PUT to update it ..."
    ),
    ProductNotFoundError: _Failure(200, "INVALID", lambda e: f"Product with SKU {_of(e, 'sku')} does not exist ..."),
    GroupNotFoundError: _Failure(
        200, "INVALID", lambda e: f"Product Group with ID {_of(e, 'group_id')} does not exist ..."
    ),
    GroupFullError: _Failure(
        200,
        "INVALID",
        lambda e: f"Product Group with ID {_of(e, 'group_id')} has {_of(e, 'limit')} products, which is the most ...",
    ),
    RecordExistsError: _Failure(200, "INVALID", lambda e: f"{_kind(e)} with ID {_of(e, 'record')} already exists ..."),
    RecordNotFoundError: _Failure(
        200, "INVALID", lambda e: f"{_kind(e)} with ID {_of(e, 'record')} does not exist ..."
    ),
    InsufficientStockError: _Failure(
        200, "INVALID", lambda e: f"Product with SKU {_of(e, 'sku')} has only {_of(e, 'left')} in stock ..."
    ),
    MalformedBodyError: _Failure(400, "INVALID", lambda e: f"The request cannot be read: {e.message}"),
    QuotaExceededError: _Failure(429, "INVALID", lambda e: f"It is too much: {e.message}"),
    RateLimitedError: _Failure(429, "INVALID", lambda e: f"Too many calls, {e.message}"),
    IndexBehindError: _Failure(
        500, "ERROR", lambda _: "The change is stored, not yet searchable; repeating the same call is safe"
    ),
    CommitUnknownError: _Failure(
        500, "ERROR", lambda _: "It is not known whether this was stored; repeating the same call is safe"
    ),
    StoreFullError: _Failure(
        500, "ERROR", lambda _: "There is no room left to store this; nothing was changed, reads go on"
    ),
    StoreError: _Failure(500, "ERROR", lambda _: "The store could not do this; nothing was changed, please try again"),
    FacetryError: _Failure(500, "ERROR", lambda _: "Something went wrong on our side, please try again"),
}

_REFUSALS = {
    400: "The request cannot be read: its body ends before it is whole",
    404: "There is nothing at this path",
    408: "The body took too long to arrive",
    429: "Too many calls, the header RateLimit says when there is room again",
    413: "The body is longer than 1 MiB, which is the most that is taken",
    415: "The body is compressed: please send it without Content-Encoding",
}


def success(**parts: object) -> Answer:
    """Return the envelope of success with these parts after its code."""
    return json_answer({"success": True, "code": "OK", **parts})


def invalid(message: str) -> Answer:
    """Return the envelope of a call that could be understood but not fulfilled."""
    answer = json_answer({"success": False, "code": "INVALID", "message": message})
    return _told(answer, "INVALID", message)


def token_refused(message: str) -> Answer:
    """Return the reply to a call without a good token."""
    answer = json_answer({"apiResponseKeySuccess": False, "apiResponseKeyCode": "INVALID", "message": message})
    return _told(answer, "INVALID", message)


def unprocessable(errors: Errors) -> Answer:
    """Return the reply that lists broken rules; what was sent is shown, lone surrogates as JSON escapes."""
    try:
        body = msgspec.json.encode({"errors": errors})
    except UnicodeEncodeError:
        body = json.dumps({"errors": errors}, separators=(",", ":")).encode()
    # The journal hears of fields and rules only, not of what was sent.
    return Answer(
        status=_UNPROCESSABLE, body=body, error="; ".join(f"{error['param']}: {error['msg']}" for error in errors)
    )


def failure(status: int, code: str, message: str, request_id: str, **details: object) -> Answer:
    """Return the envelope of a request that failed as such."""
    envelope = {"success": False, "code": code, "message": message, **details, "requestId": request_id}
    return _told(json_answer(envelope, status=status), code, message)


def refusal(status: int, exchange: Exchange) -> Answer:
    """Return what a request gets that ends with this status outside of its handler."""
    if status in _REFUSALS:
        return failure(status, "INVALID", _REFUSALS[status], exchange.request_id)
    return error_reply(FacetryError("unexpected"), exchange.request_id)


def error_reply(error: FacetryError, request_id: str) -> Answer:
    """Return what an error of a use case becomes."""
    if isinstance(error, InvalidValueError):
        return unprocessable([{"msg": error.message, "param": error.field, "location": BODY}])
    if isinstance(error, TenantNotFoundError):
        return token_refused(UNKNOWN_CALLER)  # The tenant was deleted after its token had been verified.
    status, code, message = next(_FAILURES[kind] for kind in type(error).__mro__ if kind in _FAILURES)
    if status == 200:  # noqa: PLR2004 - the status of every reply that v1 itself defines
        return invalid(message(error))
    if isinstance(error, QuotaExceededError):
        return _over_quota(error, failure(_status_of(error), code, message(error), request_id))
    details = {"revision": error.revision} if isinstance(error, IndexBehindError) else {}
    return failure(status, code, message(error), request_id, **details)


def _status_of(error: QuotaExceededError) -> int:
    return _FORBIDDEN if error.wait_seconds is None else _TOO_MANY


def _over_quota(error: QuotaExceededError, answer: Answer) -> Answer:
    """Return an answer that tells when there is room again, where waiting helps."""
    if error.wait_seconds is None:
        return answer
    return msgspec.structs.replace(answer, headers=((b"retry-after", b"%d" % error.wait_seconds),))


def private(answer: Answer) -> Answer:
    """Return an answer that nobody may store."""
    return msgspec.structs.replace(answer, policy=CachePolicy.NO_STORE)


def _told(answer: Answer, code: str, message: str) -> Answer:
    """Return an answer that tells the journal too what is wrong."""
    return msgspec.structs.replace(answer, code=code, error=message)


def _kind(error: FacetryError) -> str:
    return _of(error, "kind").capitalize()


def _of(error: FacetryError, name: str) -> str:
    return str(getattr(error, name))
