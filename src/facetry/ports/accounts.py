"""The port of accounts: users of the dashboard and their sessions, of all tenants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from facetry.domain.user import User, UserSession


class Accounts(Protocol):
    """Users and sessions; several processes may work on the same ones. What is written is durable on return.

    Every method may raise ``StoreError``; a failed one changed nothing.
    """

    async def users(self, tenant: str) -> Sequence[User]:
        """Return all users of a tenant, of ``""`` the operators, ascending by e-mail."""

    async def user(self, user_id: str) -> User | None:
        """Return the user with this id, or None."""

    async def users_by_email(self, email: str) -> Sequence[User]:
        """Return the users of all tenants with this e-mail, ascending by tenant; found by an index."""

    async def user_by_link(self, digest: bytes) -> User | None:
        """Return the user whose link has this digest, expired or not, or None; found by an index."""

    async def add_user(self, user: User) -> None:
        """Add a user.

        Raises:
            UserExistsError: Its tenant has one with this e-mail, or its id is taken.
        """

    async def replace_user(self, user: User) -> User:
        """Replace a user and return it with its ``version`` raised by one; the given version must be the stored one.

        Raises:
            UserNotFoundError: There is none with this id.
            UserExistsError: Its tenant has another one with this e-mail.
            OutdatedError: The record has changed meanwhile.
        """

    async def remove_user(self, user_id: str) -> None:
        """Remove a user and their sessions; harmless where there is none."""

    async def add_session(self, session: UserSession) -> None:
        """Begin a session; of a user that is gone meanwhile it may begin, and is never found."""

    async def session(self, digest: bytes) -> tuple[UserSession, User] | None:
        """Return the session with this digest and its user, expired or not; None where either is not there.

        What any process acknowledged before is seen.
        """

    async def sessions(self, user_id: str) -> Sequence[UserSession]:
        """Return the sessions of a user, newest first."""

    async def replace_session(self, session: UserSession) -> None:
        """Replace the session with this digest; does nothing where it has ended."""

    async def end_session(self, digest: bytes) -> None:
        """End a session; harmless where there is none."""

    async def end_sessions(self, user_id: str, but: bytes = b"") -> None:
        """End all sessions of a user, but the one with this digest."""

    async def forget(self, tenant: str, before: float = math.inf) -> None:
        """Remove the users of a tenant that were made before a time, and their sessions; harmless to repeat."""

    async def trim(self, now: float, idle_seconds: float) -> int:
        """Remove sessions that have expired, or were not seen for so long; return how many."""

    async def close(self) -> None:
        """Release everything; harmless to repeat."""
