"""Problem details (RFC 9457), and the one table from error to problem."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from facetry.api.native.pointers import pointer_of
from facetry.domain.errors import (
    BadDocumentError,
    BadParameterError,
    ChangedMeanwhileError,
    ChangedSinceError,
    CommitUnknownError,
    FacetryError,
    FileTooLargeError,
    GroupFullError,
    GroupNotFoundError,
    ImportNotFoundError,
    IndexBehindError,
    InsufficientStockError,
    InterchangeError,
    InvalidValueError,
    KeyReusedError,
    LineTooLongError,
    MalformedBodyError,
    NotAuthenticatedError,
    NotPermittedError,
    OutdatedError,
    ProductExistsError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    ReadOnlyError,
    RecordExistsError,
    RecordInUseError,
    RecordNotFoundError,
    RevisionNotReachedError,
    RevisionTooOldError,
    SearchError,
    SearchTimeoutError,
    StoreError,
    StoreFullError,
    TenantExistsError,
    TenantNotFoundError,
    TooManyAttemptsError,
    TooManyWaitingError,
    UnacceptedTypeError,
    ValuesMisfitError,
)
from facetry.http.answer import Answer, CachePolicy
from facetry.http.exchange import Exchange

PROBLEM = "application/problem+json"
TYPE = "urn:facetry:problem:"

Problem = dict[str, object]


class Kind(msgspec.Struct, frozen=True):
    """What an error becomes.

    Attributes:
        title: The same for each problem of the kind.
        detail: What is said in place of the error's message, which may not be for everybody.
    """

    status: int
    title: str
    detail: str = ""


KINDS: Mapping[type[FacetryError], Kind] = {
    SearchError: Kind(400, "The search cannot be read"),
    BadParameterError: Kind(400, "A parameter cannot be read"),
    MalformedBodyError: Kind(400, "The request cannot be read"),
    FileTooLargeError: Kind(413, "The file is too large"),
    ImportNotFoundError: Kind(404, "There is no such import"),
    InterchangeError: Kind(422, "The file cannot be imported"),
    LineTooLongError: Kind(413, "A line is too long"),
    UnacceptedTypeError: Kind(415, "The body has a type that is not accepted"),
    NotAuthenticatedError: Kind(401, "Who asks is not known"),
    TenantNotFoundError: Kind(401, "Who asks is not known", "the key or token is not valid, or not any more"),
    NotPermittedError: Kind(403, "This may not be done with this key"),
    ValuesMisfitError: Kind(409, "Values in the catalog do not fit"),
    TenantExistsError: Kind(409, "Somebody else changed the same at the same time"),
    **dict.fromkeys(
        (ProductNotFoundError, GroupNotFoundError, RecordNotFoundError), Kind(404, "There is no such thing")
    ),
    **dict.fromkeys((ProductExistsError, RecordExistsError), Kind(409, "There is one already")),
    RecordInUseError: Kind(409, "Something else needs it"),
    InsufficientStockError: Kind(409, "There are fewer pieces than are wanted"),
    GroupFullError: Kind(409, "The group is full"),
    ChangedSinceError: Kind(409, "It was changed again since then"),
    KeyReusedError: Kind(409, "The key was used for another request"),
    RevisionTooOldError: Kind(410, "What changed since then is not known"),
    **dict.fromkeys((OutdatedError, ChangedMeanwhileError), Kind(412, "It was changed meanwhile")),
    BadDocumentError: Kind(422, "The document has another form"),
    ReadOnlyError: Kind(422, "A value cannot be written"),
    InvalidValueError: Kind(422, "A value is not allowed"),
    QuotaExceededError: Kind(429, "A quota is used up"),
    TooManyAttemptsError: Kind(429, "Too many failed attempts"),
    RateLimitedError: Kind(429, "Too many calls"),
    TooManyWaitingError: Kind(429, "Too many wait for changes"),
    RevisionNotReachedError: Kind(409, "The revision is not there"),
    SearchTimeoutError: Kind(503, "The search took too long"),
    IndexBehindError: Kind(503, "The index is behind", "the search index could not be brought up in time"),
    CommitUnknownError: Kind(
        503,
        "It is not known whether this was done",
        "the store went away before it answered: look whether it was, or repeat it with the same Idempotency-Key",
    ),
    StoreFullError: Kind(503, "There is no room left", "nothing was changed, reads and searches go on"),
    StoreError: Kind(503, "The store failed", "the store could not do this, nothing was changed; please try again"),
    FacetryError: Kind(500, "Something went wrong on our side", "please try again"),
}

REFUSALS: Mapping[int, tuple[str, str, str]] = {
    400: ("malformed_body", "The request cannot be read", "its body ends before it is whole"),
    404: ("not_found", "There is nothing at this path", "see /docs for what there is"),
    405: ("method_not_allowed", "This path does not take this method", "see the header Allow for those that it takes"),
    408: ("too_slow", "The body took too long to arrive", "send it faster, or in parts"),
    429: ("rate_limited", "Too many calls", "see the header RateLimit for when there is room again"),
    413: ("too_large", "The body is too large", "send less at once"),
    415: ("unaccepted_type", KINDS[UnacceptedTypeError].title, "send it without Content-Encoding, not compressed"),
}
"""Code, title and detail of what is refused before, or outside of, the use cases; by status."""
_FULL, _FORBIDDEN = "quota_full", 403
"""What a quota is where waiting does not help."""
_FAILED = ("error", KINDS[FacetryError].title, KINDS[FacetryError].detail)
_MORE: Mapping[type[FacetryError], tuple[str, ...]] = {
    SearchError: ("pointer", "position"),
    BadDocumentError: ("pointer",),
    BadParameterError: ("parameter",),
    InsufficientStockError: ("left",),
    QuotaExceededError: ("quota", "limit"),
    GroupFullError: ("group_id", "limit"),
    RevisionTooOldError: ("oldest", "last"),
    ValuesMisfitError: ("field", "skus"),
    ChangedSinceError: ("pointers",),
    OutdatedError: ("version",),
    RevisionNotReachedError: ("revision",),
}
"""What problems say more than the standard's own members."""


def problem(error: FacetryError, request_id: str) -> Problem:
    """Return the problem that an error of a use case is."""
    kind = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
    is_full = isinstance(error, QuotaExceededError) and error.wait_seconds is None
    code, status = (_FULL, _FORBIDDEN) if is_full else (error.code, kind.status)
    document: Problem = {
        "type": TYPE + code,
        "title": kind.title,
        "status": status,
        "detail": kind.detail or error.message,
        "code": code,
        "request_id": request_id,
    }
    if isinstance(error, InvalidValueError):
        document["pointer"] = pointer_of(error.field)
    if isinstance(error, IndexBehindError) and error.revision:
        # Of a write: it is stored, and only a search has to wait.
        document |= {"detail": error.message, "revision": error.revision}
    more = {name: getattr(error, name) for name in _MORE.get(type(error), ())}
    document |= {name: value for name, value in more.items() if value is not None}
    return {name: _sayable(value) if isinstance(value, str) else value for name, value in document.items()}


def changed_answer(
    current: object, tag: str, request_id: str, error: ChangedMeanwhileError | OutdatedError | None = None
) -> Answer:
    """Return the answer to a write whose condition does not hold: with the thing as it is now, and its tag.

    Args:
        current: The thing.
        tag: Its tag.
        request_id: Of the call.
        error: What says that it does not hold, where that is not the usual.
    """
    document = problem(error or ChangedMeanwhileError(tag), request_id) | {"current": current}
    return msgspec.structs.replace(_answer(document, ()), tag=tag)


def error_answer(error: FacetryError, request_id: str) -> Answer:
    """Return the answer that an error of a use case becomes."""
    return _answer(problem(error, request_id), _headers(error))


def refusal(status: int, exchange: Exchange) -> Answer:
    """Return what a request gets that ends with this status outside of its handler."""
    known = status if status in REFUSALS else 500
    code, title, detail = REFUSALS.get(known, _FAILED)
    document: Problem = {
        "type": TYPE + code,
        "title": title,
        "status": known,
        "detail": detail,
        "code": code,
        "request_id": exchange.request_id,
    }
    return _answer(document, ())


def _sayable(text: str) -> str:
    """Return a text as an answer can hold it: one that repeats what was sent may have lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _headers(error: FacetryError) -> tuple[tuple[bytes, bytes], ...]:
    match error:
        case NotAuthenticatedError() | TenantNotFoundError():
            return ((b"www-authenticate", b"Bearer"),)
        case OutdatedError(version=version):
            return ((b"etag", b'"%d"' % version),)
        case ChangedMeanwhileError(tag=tag):
            return ((b"etag", f'"{tag}"'.encode()),)
    seconds = _wait_seconds(error)
    return ((b"retry-after", b"%d" % seconds),) if seconds else ()


def _wait_seconds(error: FacetryError) -> int | None:
    """Return after how many seconds another try may succeed; None where that is not known, or waiting is in vain."""
    match error:
        case TooManyAttemptsError() | TooManyWaitingError() | QuotaExceededError():
            return error.wait_seconds
        case IndexBehindError() | StoreError():
            return 1
    return None


def _answer(document: Problem, headers: tuple[tuple[bytes, bytes], ...]) -> Answer:
    status = document["status"]
    assert isinstance(status, int)  # noqa: S101 - narrows it for the type checker
    return Answer(
        status=status,
        body=msgspec.json.encode(document),
        media_type=PROBLEM,
        policy=CachePolicy.NO_STORE,
        headers=headers,
        code=str(document["code"]),
        error=str(document["detail"]),
    )
