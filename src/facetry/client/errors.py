"""What can go wrong with a call: no answer, an answer that says why not, or one that cannot be read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

_SAYS_NOTHING = "the answer does not say why"
"""Perhaps a proxy gave it."""


class ApiError(Exception):
    """A call that did not succeed; all errors of the clients are such."""


class NoAnswerError(ApiError):
    """No answer came, or none that was whole: the server cannot be reached, hung up, or took too long.

    Attributes:
        may_have_happened: Whether the server may have done what was asked, as far as is known here.
    """

    def __init__(self, message: str, *, may_have_happened: bool = True) -> None:
        super().__init__(message)
        self.may_have_happened = may_have_happened


class BrokenAnswerError(ApiError):
    """An answer came that is not what it should be: another program may be answering there."""


class RefusedError(ApiError):
    """The server answered with an error.

    Attributes:
        status: HTTP status.
        code: Stable name of the kind of problem, for programs; empty where the answer was no problem document.
        title: The same for each problem of the kind.
        detail: What is wrong, for people.
        pointer: JSON pointer of the part of the body that it is about; empty for none.
        request_id: By which the server's journal finds the call.
        retry_after: Seconds after which another try may succeed, where the server says so.
        problem: All that the problem document says.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code", ""))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.pointer = str(problem.get("pointer", ""))
        self.request_id = str(problem.get("request_id", ""))
        self.retry_after = retry_after
        place = f" (at {self.pointer})" if self.pointer else ""
        super().__init__(f"{status} {self.code or 'error'}: {self.detail or self.title or _SAYS_NOTHING}{place}")


class InvalidRequestError(RefusedError):
    """The request cannot be read, is too large, or breaks a rule (400, 413, 415, 422): it has to be mended."""


class NotAuthenticatedError(RefusedError):
    """The key is unknown or not valid any more (401)."""


class NotPermittedError(RefusedError):
    """The key may not do this, or a quota is full (403)."""


class NotFoundError(RefusedError):
    """There is no such thing, or no such path (404, 405)."""


class ConflictError(RefusedError):
    """It conflicts with what is there (409): a code that is taken, too little stock, a key of another request."""


class RevisionTooOldError(RefusedError):
    """Changes since that revision are not kept any more (410): start again."""


class ChangedMeanwhileError(RefusedError):
    """The thing was changed since it was read (412).

    Attributes:
        current: The thing as it is now, as JSON; None where the answer has none.
        etag: Its tag now.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        super().__init__(status, problem, retry_after)
        self.current: Any = problem.get("current")
        self.etag = ""


class TooManyRequestsError(RefusedError):
    """There were too many calls, or a quota is used up for now (429); ``retry_after`` says when there is room."""


class ServerError(RefusedError):
    """The server could not do it (5xx)."""


class BulkStoppedError(RefusedError):
    """A bulk ended before it was done; all lines whose results were given are stored.

    Attributes:
        lines: So many lines, from the first one, have their results.
    """

    lines = 0


class ActionError(ApiError):
    """A call of the Client API that failed as a whole.

    Attributes:
        code: Its code: 105 for too many calls, 303 for invalid data...
        message: The published text, and what is to be said beyond it.
        data: What the answer holds: missing fields, or what is wrong where.
        request_id: By which the server's journal finds the call.
        retry_after: Seconds after which another try may succeed, where the server says so.
    """

    def __init__(self, code: int, message: str, data: Any = None, *, request_id: str = "") -> None:  # noqa: ANN401 - any JSON
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.data = data
        self.request_id = request_id
        self.retry_after: float | None = None


class CatalogApiError(ApiError):
    """A call of the Catalog API that failed.

    Attributes:
        status: HTTP status, which is 200 for what was understood and could not be fulfilled.
        code: INVALID or ERROR.
        message: What is wrong.
        errors: Each broken rule of a body, with ``param`` and ``msg``.
        answer: All that was answered.
    """

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        self.status = status
        self.answer = dict(answer)
        self.code = str(answer.get("code") or answer.get("apiResponseKeyCode") or "INVALID")
        self.errors: list[dict[str, Any]] = list(answer.get("errors") or ())
        rules = "; ".join(f"{one.get('param')}: {one.get('msg')}" for one in self.errors)
        self.message = str(answer.get("message") or rules)
        super().__init__(f"{status} {self.code}: {self.message}")


_KINDS: Mapping[int, type[RefusedError]] = {
    **dict.fromkeys((400, 408, 413, 415, 422), InvalidRequestError),
    401: NotAuthenticatedError,
    403: NotPermittedError,
    **dict.fromkeys((404, 405), NotFoundError),
    409: ConflictError,
    410: RevisionTooOldError,
    412: ChangedMeanwhileError,
    429: TooManyRequestsError,
}
_SERVER = 500


def refused(status: int, headers: Mapping[str, str], body: bytes) -> RefusedError:
    """Return the error that an answer with a status of 400 or more stands for; names of headers are lower case."""
    error = _kind(status)(status, _problem(body), seconds_of(headers.get("retry-after")))
    if isinstance(error, ChangedMeanwhileError):
        error.etag = headers.get("etag", "")
    error.request_id = error.request_id or headers.get("x-request-id", "")
    return error


def seconds_of(text: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` names, those until its date where it has one; None where neither."""
    try:
        seconds = float(text or "")
    except ValueError:
        return _seconds_until(text or "")
    return seconds if 0 <= seconds < float("inf") else None


def _seconds_until(date: str) -> float | None:
    """Return the seconds until a date of HTTP, which a proxy may send; None for what is no date."""
    try:
        then = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, then - time.time())


def _kind(status: int) -> type[RefusedError]:
    return _KINDS.get(status, ServerError if status >= _SERVER else RefusedError)


def _problem(body: bytes) -> Mapping[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return document if isinstance(document, dict) else {}
