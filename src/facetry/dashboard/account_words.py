"""What errors of accounts are in words of a page."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.dashboard.call import PageCall
from facetry.dashboard.forms import field_errors
from facetry.dashboard.remarks import remark
from facetry.domain.account_errors import SignInRefusedError, UserExistsError
from facetry.domain.errors import FacetryError, InvalidFieldsError, InvalidValueError, TooManyAttemptsError

FORM_ERRORS = (InvalidValueError, InvalidFieldsError, UserExistsError)
"""What is wrong with a form about users, to be shown beside its fields."""
ATTEMPT_ERRORS = (SignInRefusedError, TooManyAttemptsError)
"""Why a password or a code was not taken."""


def form_errors(call: PageCall, error: InvalidValueError | InvalidFieldsError | UserExistsError) -> Mapping[str, str]:
    """Return what is wrong with a form by the name of the field."""
    if isinstance(error, UserExistsError):
        return {"email": call.texts.gettext("There is a user with this e-mail already.")}
    return field_errors(error)


def attempt_problem(call: PageCall, error: SignInRefusedError | TooManyAttemptsError) -> str:
    """Return why a password or a code was not taken."""
    if isinstance(error, SignInRefusedError):
        return remark(call.texts, error.message)
    text = call.texts.ngettext(
        "Too many failed attempts. Try again in %(num)s second.",
        "Too many failed attempts. Try again in %(num)s seconds.",
        error.wait_seconds,
    )
    return text % {"num": error.wait_seconds}


def attempt_status(error: FacetryError) -> int:
    """Return the HTTP status of a page that says why a password or a code was not taken."""
    return 429 if isinstance(error, TooManyAttemptsError) else 422
