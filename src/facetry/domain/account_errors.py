"""Errors about users, their links and how they sign in."""

from __future__ import annotations

from facetry.domain.errors import FacetryError


class UserExistsError(FacetryError):
    """Say that a user's e-mail is taken in its tenant, or its id on the server."""

    code = "user_exists"

    def __init__(self, email: str) -> None:
        """Name the e-mail."""
        super().__init__(f"user {email} exists already")
        self.email = email


class UserNotFoundError(FacetryError):
    """Say that there is no such user in a tenant, or not any more."""

    code = "user_not_found"

    def __init__(self, user: str) -> None:
        """Name the user by id or e-mail."""
        super().__init__(f"user {user} not found")
        self.user = user


class LastOwnerError(FacetryError):
    """Say that nobody would be left who may look after users; nothing was changed."""

    code = "last_owner"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the last active owner must stay one: make somebody else an owner first")


class LinkExpiredError(FacetryError):
    """Say that a link to choose a password is good no more, was used, or never was one."""

    code = "link_expired"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the link is good no more: ask for a new one")


class SignInRefusedError(FacetryError):
    """Say that e-mail and password, or a code, are not those of anybody who may come in; never which of them."""

    code = "sign_in_refused"

    def __init__(self, message: str = "e-mail or password is wrong") -> None:
        """Say so."""
        super().__init__(message)


class ConfirmationNeededError(FacetryError):
    """Say that a user has to give the password again before this."""

    code = "confirmation_needed"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("give your password again")
