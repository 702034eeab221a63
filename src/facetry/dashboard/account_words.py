"""What errors of accounts are in words of a page: the domain's messages, marked for who translates them."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.dashboard.call import PageCall
from facetry.dashboard.forms import field_errors
from facetry.dashboard.problems import sentence
from facetry.domain.account_errors import SignInRefusedError, UserExistsError
from facetry.domain.errors import FacetryError, InvalidFieldsError, InvalidValueError, TooManyAttemptsError

FORM_ERRORS = (InvalidValueError, InvalidFieldsError, UserExistsError)
"""What is wrong with a form about users, to be shown beside its fields."""
ATTEMPT_ERRORS = (SignInRefusedError, TooManyAttemptsError)
"""Why a password or a code was not taken."""


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


MESSAGES = (
    _("E-mail or password is wrong."),
    _("The password is wrong."),
    _("The code is wrong or was used."),
    _("Signing in took too long, begin again."),
    _("Must be an e-mail address such as name@example.com."),
    _("Must not have blanks or characters that cannot be seen."),
    _("Must have 10 to 1,024 characters."),
    _("Must be another one than the e-mail."),
    _("Must be the same as the password."),
    _("Must have at most 100 printable characters."),
    _("Must be the one that the app shows now."),
    _("Must be the id of the tenant."),
    _("Must have 1 to 100 printable characters."),
    _("Must be a whole number, or nothing for no limit."),
    _("Must be one of those that there are."),
)
"""What the domain says, as a sentence."""


def told(call: PageCall, message: str) -> str:
    """Return a message of the domain as a sentence in the visitor's language, in English where it is none of ours."""
    return call.texts.gettext(sentence(message))


def form_errors(call: PageCall, error: InvalidValueError | InvalidFieldsError | UserExistsError) -> Mapping[str, str]:
    """Return what is wrong with a form by the name of the field."""
    if isinstance(error, UserExistsError):
        return {"email": call.texts.gettext("There is a user with this e-mail already.")}
    return {name: told(call, message) for name, message in field_errors(error).items()}


def attempt_problem(call: PageCall, error: SignInRefusedError | TooManyAttemptsError) -> str:
    """Return why a password or a code was not taken."""
    if isinstance(error, SignInRefusedError):
        return told(call, error.message)
    text = call.texts.ngettext(
        "Too many failed attempts. Try again in %(num)s second.",
        "Too many failed attempts. Try again in %(num)s seconds.",
        error.wait_seconds,
    )
    return text % {"num": error.wait_seconds}


def attempt_status(error: FacetryError) -> int:
    """Return the HTTP status of a page that says why a password or a code was not taken."""
    return 429 if isinstance(error, TooManyAttemptsError) else 422
