"""What a visitor is told when something cannot be done: the one table from error to status and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from facetry.dashboard.texts import Texts
from facetry.domain.account_errors import (
    ConfirmationNeededError,
    LastOwnerError,
    LinkExpiredError,
    SignInRefusedError,
    UserExistsError,
    UserNotFoundError,
)
from facetry.domain.errors import (
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
    IndexFailedError,
    InsufficientStockError,
    InterchangeError,
    InvalidFieldsError,
    InvalidValueError,
    KeyReusedError,
    MalformedBodyError,
    NotAuthenticatedError,
    NotPermittedError,
    OutdatedError,
    ProductExistsError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    RecordExistsError,
    RecordInUseError,
    RecordNotFoundError,
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


class Problem(NamedTuple):
    """What an error becomes.

    Attributes:
        status: HTTP status.
        heading: A message for all errors of the kind.
        detail: What is said in place of the error's own message, which may not be for everybody; empty for that.
    """

    status: int
    heading: str
    detail: str = ""


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_MISSING = Problem(404, _("There is nothing here"), _("It was removed, or never was here."))
_TAKEN = Problem(409, _("There is one already"))
_CHANGED = Problem(
    409, _("Somebody else changed this meanwhile"), _("Nothing was changed. Look at it again, then decide.")
)
_UNSEARCHED = Problem(503, _("The search does not answer just now"), _("Nothing was changed. Please try again."))
_BUSY = Problem(429, _("Too much at once"))
PROBLEMS: Mapping[type[FacetryError], Problem] = {
    **dict.fromkeys((SearchError, BadParameterError, MalformedBodyError), Problem(400, _("This cannot be read"))),
    NotAuthenticatedError: Problem(401, _("Please sign in")),
    NotPermittedError: Problem(403, _("You may not do this")),
    ConfirmationNeededError: Problem(403, _("Please give your password again")),
    **dict.fromkeys(
        (
            *(ProductNotFoundError, GroupNotFoundError, RecordNotFoundError, ImportNotFoundError),
            *(TenantNotFoundError, UserNotFoundError),
        ),
        _MISSING,
    ),
    **dict.fromkeys((ProductExistsError, RecordExistsError, TenantExistsError, UserExistsError), _TAKEN),
    **dict.fromkeys((OutdatedError, ChangedMeanwhileError, ChangedSinceError), _CHANGED),
    LastOwnerError: Problem(409, _("Somebody must look after the users")),
    RecordInUseError: Problem(409, _("Something else needs it")),
    InsufficientStockError: Problem(409, _("There are fewer pieces than are wanted")),
    GroupFullError: Problem(409, _("The group is full")),
    ValuesMisfitError: Problem(409, _("Values in the catalog do not fit")),
    KeyReusedError: Problem(409, _("This was done already, in another way")),
    RevisionTooOldError: Problem(410, _("What changed since then is not known")),
    LinkExpiredError: Problem(410, _("The link is good no more"), _("Each link can be used once. Ask for a new one.")),
    SignInRefusedError: Problem(422, _("This is not right")),
    FileTooLargeError: Problem(413, _("The file is too large")),
    UnacceptedTypeError: Problem(415, _("This cannot be read")),
    InterchangeError: Problem(422, _("The file cannot be imported")),
    **dict.fromkeys((InvalidValueError, InvalidFieldsError), Problem(422, _("A value is not allowed"))),
    **dict.fromkeys((QuotaExceededError, RateLimitedError, TooManyWaitingError, TooManyAttemptsError), _BUSY),
    SearchTimeoutError: Problem(503, _("The search took too long")),
    IndexFailedError: _UNSEARCHED,
    IndexBehindError: Problem(503, _("Stored, but not searchable yet")),
    CommitUnknownError: Problem(
        503, _("It is not known whether this was done"), _("Look whether it was, then decide.")
    ),
    StoreFullError: Problem(503, _("There is no room left"), _("Nothing was changed.")),
    StoreError: Problem(503, _("The store failed"), _("Nothing was changed. Please try again.")),
    FacetryError: Problem(500, _("Something went wrong on our side"), _("Please try again.")),
}
REFUSALS: Mapping[int, Problem] = {
    400: Problem(400, _("This cannot be read"), _("The request ended before it was whole.")),
    403: Problem(403, _("You may not do this"), _("Who has more rights can: ask an owner of your shop.")),
    404: Problem(404, _("There is nothing here"), _("The page may have moved, or never was.")),
    405: Problem(405, _("This cannot be done here"), _("Nothing was changed. Open the page again and repeat it.")),
    408: Problem(408, _("This took too long to arrive"), _("Please try again.")),
    413: Problem(413, _("This is too large"), _("Nothing was changed. Try again with less at once.")),
    415: Problem(415, _("This cannot be read"), _("Nothing was changed. Send it without compression.")),
    429: _BUSY._replace(detail=_("Nothing was changed. Please try again in a moment.")),
    500: PROBLEMS[FacetryError],
}
FORGED = Problem(
    403, _("This did not come from a page of yours"), _("Nothing was changed. Open the page again and repeat it.")
)


def problem_of(error: FacetryError, texts: Texts) -> Problem:
    """Return what an error becomes; what it says itself is in the visitor's language."""
    if isinstance(error, IndexBehindError) and not error.revision:
        return _UNSEARCHED
    kind = next(PROBLEMS[one] for one in type(error).__mro__ if one in PROBLEMS)
    return kind if kind.detail else kind._replace(detail=sentence(_told(error, texts)))


def _told(error: FacetryError, texts: Texts) -> str:
    match error:
        case InvalidFieldsError():
            return "; ".join(f"{path} {texts.told(message)}" for path, message in error.faults)
        case BadParameterError():
            return f"{error.parameter} {texts.told(error.message.removeprefix(f'{error.parameter} '))}"
        case _:
            return texts.told(error.message)


def refusal_of(status: int) -> Problem:
    """Return what a status becomes that no error of ours stands for."""
    return REFUSALS.get(status, REFUSALS[500])


def sentence(message: str) -> str:
    """Return an error's message as a sentence that a page can hold: what it repeats may have lone surrogates."""
    told = message.encode("utf-8", "replace").decode()
    return f"{told[:1].upper()}{told[1:]}{'' if told.endswith(('.', '?', '!')) else '.'}"
