"""The one table from error to result, and the results of lists of records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from facetry.api.client.action import Result
from facetry.api.client.codes import Code
from facetry.api.client.envelope import status_of
from facetry.domain.errors import (
    ActionNotFoundError,
    BadDocumentError,
    CommitUnknownError,
    DataMissingError,
    FacetryError,
    GroupFullError,
    GroupNotFoundError,
    IndexBehindError,
    InsecureCallError,
    InsufficientStockError,
    InvalidFieldsError,
    InvalidValueError,
    MalformedBodyError,
    MissingFieldsError,
    NotAuthenticatedError,
    NotPermittedError,
    ProductExistsError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    RecordExistsError,
    RecordInUseError,
    RecordNotFoundError,
    SearchError,
    SearchTimeoutError,
    StoreError,
    StoreFullError,
    TenantNotFoundError,
    TooManyAttemptsError,
    ValuesMisfitError,
)

Details = dict[str, object]


class _Translation(NamedTuple):
    """What an error becomes: its code, what is said of it, what stands in ``data``."""

    code: Code
    detail: Callable[[FacetryError], str]
    data: Callable[[FacetryError], Details]


def result_of(error: FacetryError) -> Result:
    """Return the result of a call that ended in an error."""
    code, detail, data = _translation(error)
    return Result(data(error) or [], code, detail(error))


def listed(outcomes: Sequence[object], single: str = "") -> Result:
    """Return the result of an action on a list of records.

    Where all went well ``data`` holds what each became. Where some failed the code is 302 and ``data`` holds for
    each what became of it, with ``result``: its code and message; where all failed it is the first one's code. One
    record that failed alone is told as if it had not been a list.

    Args:
        outcomes: For each record what stands in ``data`` for it, or the ``FacetryError`` that it ended in.
        single: Under which further top-level key one record that went well is repeated; empty for none.
    """
    failed = [outcome for outcome in outcomes if isinstance(outcome, FacetryError)]
    if not failed:
        extra = {single: outcomes[0]} if single and len(outcomes) == 1 else {}
        return Result(list(outcomes), extra=extra)
    if len(outcomes) == 1:
        return result_of(failed[0])
    told = [_told(at, outcome) for at, outcome in enumerate(outcomes)]
    if len(failed) == len(outcomes):
        return Result(told, _translation(failed[0]).code, f"all {len(failed)} records failed")
    return Result(told, Code.PARTIAL, f"{len(failed)} of {len(outcomes)} records failed")


def _told(at: int, outcome: object) -> Details:
    """Return what became of one record among several."""
    if isinstance(outcome, FacetryError):
        code, detail, data = _translation(outcome)
        return {"index": at, "result": status_of(code, detail(outcome)), **data(outcome)}
    record = outcome if isinstance(outcome, dict) else {"value": outcome}
    return {"index": at, "result": status_of(Code.OK), **record}


def _translation(error: FacetryError) -> _Translation:
    if isinstance(error, QuotaExceededError) and error.wait_seconds is None:
        return _OUT_OF_ROOM
    return next(_TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in _TRANSLATIONS)


def _nothing(_: FacetryError) -> Details:
    return {}


def _faults(path: Callable[[FacetryError], str]) -> Callable[[FacetryError], Details]:
    """Return what tells the one fault of a value at a path."""
    return lambda error: {"errors": [{"path": path(error), "message": error.message}]}


def _at(name: str) -> Callable[[FacetryError], Details]:
    return _faults(lambda _: name)


def _named(attribute: str) -> Callable[[FacetryError], Details]:
    return _faults(lambda error: str(getattr(error, attribute)))


def _of(attribute: str, key: str) -> Callable[[FacetryError], Details]:
    return lambda error: {key: getattr(error, attribute)}


def _product_name(error: FacetryError) -> str:
    """Return by what the product was asked for that is not there."""
    return "product_id" if getattr(error, "product_id", 0) else "sku"


def _all_faults(error: FacetryError) -> Details:
    assert isinstance(error, InvalidFieldsError)  # noqa: S101 - the table gives it nothing else
    return {"errors": [{"path": path, "message": message} for path, message in error.faults]}


def _missing(error: FacetryError) -> Details:
    assert isinstance(error, MissingFieldsError)  # noqa: S101 - the table gives it nothing else
    return {"missing": list(error.names)}


def _short(error: FacetryError) -> Details:
    assert isinstance(error, InsufficientStockError)  # noqa: S101 - the table gives it nothing else
    return {"errors": [{"path": "quantity", "message": error.message}], "sku": error.sku, "left": error.left}


def _says(error: FacetryError) -> str:
    return error.message


def _always(text: str) -> Callable[[FacetryError], str]:
    return lambda _: text


_UNCHANGED = "the store could not do this; nothing was changed, please try again"
_UNKNOWN = "it is not known whether this was done; look, and send it again where it was not"
_FULL = "there is no room left to store this; nothing was changed"
_LATE = "the search was not done in time; nothing was changed"
_UNEXPECTED = "something went wrong on our side, please try again"

_OUT_OF_ROOM = _Translation(Code.INVALID, _says, _named("quota"))
_TRANSLATIONS: dict[type[FacetryError], _Translation] = {
    InsecureCallError: _Translation(Code.NON_HTTPS, _says, _nothing),
    NotAuthenticatedError: _Translation(Code.NOT_AUTHENTICATED, _says, _nothing),
    TooManyAttemptsError: _Translation(Code.NOT_AUTHENTICATED, _says, _nothing),
    # The tenant was deleted after its key had been verified.
    TenantNotFoundError: _Translation(Code.NOT_AUTHENTICATED, _always("the key is not valid any more"), _nothing),
    NotPermittedError: _Translation(Code.UNAUTHORIZED, _says, _nothing),
    RateLimitedError: _Translation(Code.RATE_LIMITED, _says, _nothing),
    QuotaExceededError: _Translation(Code.RATE_LIMITED, _says, _nothing),
    ActionNotFoundError: _Translation(Code.UNKNOWN_ACTION, _says, _nothing),
    DataMissingError: _Translation(Code.NO_DATA, _says, _nothing),
    MalformedBodyError: _Translation(Code.UNDECODABLE, _says, _nothing),
    MissingFieldsError: _Translation(Code.PARTIAL, _says, _missing),
    InvalidFieldsError: _Translation(Code.INVALID, _says, _all_faults),
    InvalidValueError: _Translation(Code.INVALID, _says, _named("field")),
    BadDocumentError: _Translation(Code.INVALID, _says, _named("pointer")),
    SearchError: _Translation(Code.INVALID, _says, _named("pointer")),
    ValuesMisfitError: _Translation(Code.INVALID, _says, _named("field")),
    ProductExistsError: _Translation(Code.INVALID, _says, _at("sku")),
    ProductNotFoundError: _Translation(Code.INVALID, _says, _faults(_product_name)),
    GroupNotFoundError: _Translation(Code.INVALID, _says, _at("model")),
    GroupFullError: _Translation(Code.INVALID, _says, _at("model")),
    RecordNotFoundError: _Translation(Code.INVALID, _says, _named("kind")),
    RecordExistsError: _Translation(Code.INVALID, _says, _named("kind")),
    RecordInUseError: _Translation(Code.INVALID, _says, _named("kind")),
    InsufficientStockError: _Translation(Code.INVALID, _says, _short),
    IndexBehindError: _Translation(Code.FAILED, _says, _of("revision", "revision")),
    CommitUnknownError: _Translation(Code.FAILED, _always(_UNKNOWN), _nothing),
    SearchTimeoutError: _Translation(Code.FAILED, _always(_LATE), _nothing),
    StoreFullError: _Translation(Code.FAILED, _always(_FULL), _nothing),
    StoreError: _Translation(Code.FAILED, _always(_UNCHANGED), _nothing),
    FacetryError: _Translation(Code.FAILED, _always(_UNEXPECTED), _nothing),
}
