"""The one form of every answer."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from facetry.api.client.action import Result
from facetry.api.client.codes import MESSAGES, Code
from facetry.http.answer import Answer, CachePolicy
from facetry.http.long_lists import written_list

Headers = tuple[tuple[bytes, bytes], ...]

_MANY = 100
"""So many records are written at once at most; more of them, which may be megabytes, one by one."""

_STATUSES = {
    Code.OK: 200,
    Code.NON_HTTPS: 403,
    Code.NOT_AUTHENTICATED: 401,
    Code.UNAUTHORIZED: 403,
    Code.RATE_LIMITED: 429,
    Code.UNKNOWN_ACTION: 404,
    Code.FAILED: 500,
    Code.NO_DATA: 400,
    Code.UNDECODABLE: 400,
    Code.PARTIAL: 400,
    Code.INVALID: 400,
}
"""The HTTP status of each code for callers who want one; all others get 200."""


def message_of(code: Code, detail: str = "") -> str:
    """Return the published text of a code, what is to be said beyond it behind a colon."""
    return f"{MESSAGES[code]}: {detail}" if detail else MESSAGES[code]


def status_of(code: Code, detail: str = "") -> dict[str, object]:
    """Return a code and its message as they stand in answers."""
    return {"code": int(code), "message": message_of(code, detail)}


def http_status(code: Code) -> int:
    """Return the HTTP status of a code for callers who want one."""
    return _STATUSES[code]


def answer_of(result: Result, request_id: str, *, http_errors: bool = False, headers: Headers = ()) -> Answer:
    """Return the answer that a result is.

    Args:
        result: What became of the call.
        request_id: The exchange's, which every answer names.
        http_errors: Whether a failure has an HTTP status of its own.
        headers: Further ones.
    """
    body = {"status": status_of(result.code, result.detail), "data": result.data, **result.extra}
    status = http_status(result.code)
    return Answer(
        status=status if http_errors else _STATUSES[Code.OK],
        stands_for=status,
        body=msgspec.json.encode(body),
        policy=CachePolicy.NO_STORE,
        headers=((b"x-debug-uid", request_id.encode()), *headers),
        code=str(int(result.code)),
        error=result.detail,
        searches=result.searches,
    )


async def long_answer_of(
    result: Result, request_id: str, *, http_errors: bool = False, headers: Headers = ()
) -> Answer:
    """Return what ``answer_of`` does; a long list of records holds no other call up."""
    records = result.data
    if not isinstance(records, list) or len(records) <= _MANY:
        return answer_of(result, request_id, http_errors=http_errors, headers=headers)
    whole = replace(result, data=await written_list(records))
    return answer_of(whole, request_id, http_errors=http_errors, headers=headers)
