"""What e-mails, names, languages, themes and saved views of users may be."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.domain.errors import InvalidValueError
from facetry.domain.storable import is_unicode
from facetry.domain.user import Role, SavedView, User

MAX_EMAIL_LENGTH = 254
MAX_NAME_LENGTH = 100
MAX_VIEWS = 50
MAX_QUERY_LENGTH = 4_000
MAX_USERS = 1_000
"""So many users a tenant may have."""
THEMES = ("", "light", "dark")
_MAX_LANGUAGE_LENGTH = 16


def read_email(text: str) -> str:
    """Return the form in which an e-mail is kept: without blanks around it and in lower case.

    Raises:
        InvalidValueError: It is none.
    """
    email = text.strip().lower()
    name, _, host = email.partition("@")
    if not (name and host and "@" not in host and "." not in {host[0], host[-1]} and len(email) <= MAX_EMAIL_LENGTH):
        raise InvalidValueError("email", "must be an e-mail address such as name@example.com")
    if not (email.isprintable() and " " not in email and is_unicode(email)):
        raise InvalidValueError("email", "must not have blanks or characters that cannot be seen")
    return email


def check_user(user: User) -> None:
    """Check what others see of a user, and what they have chosen.

    Raises:
        InvalidValueError: A value is not allowed; names the field.
    """
    if not (len(user.name) <= MAX_NAME_LENGTH and (not user.name or user.name.isprintable())):
        raise InvalidValueError("name", f"must have at most {MAX_NAME_LENGTH} printable characters")
    if (user.role is Role.OPERATOR) != (not user.tenant):
        raise InvalidValueError("role", "of the operator is for who belongs to no tenant, and the others are not")
    if user.theme not in THEMES:
        raise InvalidValueError("theme", "must be light, dark or nothing")
    if not (len(user.language) <= _MAX_LANGUAGE_LENGTH and (not user.language or _is_language(user.language))):
        raise InvalidValueError("language", "must be a code such as en or de, or nothing")
    _check_views(user.views)


def _is_language(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isalnum()


def _check_views(views: Sequence[SavedView]) -> None:
    if len(views) > MAX_VIEWS:
        raise InvalidValueError("views", f"must be {MAX_VIEWS} at most")
    if len({view.name for view in views}) < len(views):
        raise InvalidValueError("views", "must have different names")
    for view in views:
        if not (view.name.strip() and view.name.isprintable() and len(view.name) <= MAX_NAME_LENGTH):
            raise InvalidValueError("name", f"must have 1 to {MAX_NAME_LENGTH} printable characters")
        if not (is_unicode(view.query) and len(view.query) <= MAX_QUERY_LENGTH):
            raise InvalidValueError("query", f"must have at most {MAX_QUERY_LENGTH:,} characters")
