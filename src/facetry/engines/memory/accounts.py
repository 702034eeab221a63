"""Users and their sessions in dictionaries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from facetry.domain.account_errors import UserExistsError, UserNotFoundError
from facetry.domain.errors import OutdatedError
from facetry.domain.user import User, UserSession


class MemoryAccounts:
    """Accounts of one process."""

    def __init__(self) -> None:
        """Begin without any."""
        self._users: dict[str, User] = {}
        self._sessions: dict[bytes, UserSession] = {}
        self._by_email: dict[str, dict[str, str]] = {}
        self._by_link: dict[bytes, str] = {}

    async def users(self, tenant: str) -> Sequence[User]:
        """Return the users of a tenant."""
        return sorted((user for user in self._users.values() if user.tenant == tenant), key=lambda user: user.email)

    async def user(self, user_id: str) -> User | None:
        """Return a user, or None."""
        return self._users.get(user_id)

    async def users_by_email(self, email: str) -> Sequence[User]:
        """Return the users with an e-mail."""
        found = self._by_email.get(email, {})
        return [self._users[found[tenant]] for tenant in sorted(found)]

    async def user_by_link(self, digest: bytes) -> User | None:
        """Return the user with a link, or None."""
        return self._users.get(self._by_link.get(digest, ""))

    async def add_user(self, user: User) -> None:
        """Add a user."""
        if user.id in self._users or user.tenant in self._by_email.get(user.email, {}):
            raise UserExistsError(user.email)
        self._put(user)

    async def replace_user(self, user: User) -> User:
        """Replace a user."""
        stored = self._users.get(user.id)
        if stored is None:
            raise UserNotFoundError(user.id)
        if stored.version != user.version:
            raise OutdatedError(stored.version)
        if self._by_email.get(user.email, {}).get(user.tenant, user.id) != user.id:
            raise UserExistsError(user.email)
        self._take_out(stored)
        replaced = msgspec.structs.replace(user, version=user.version + 1)
        self._put(replaced)
        return replaced

    async def remove_user(self, user_id: str) -> None:
        """Remove a user."""
        user = self._users.get(user_id)
        if user is not None:
            self._take_out(user)
        await self.end_sessions(user_id)

    async def add_session(self, session: UserSession) -> None:
        """Begin a session."""
        self._sessions[session.digest] = session

    async def session(self, digest: bytes) -> tuple[UserSession, User] | None:
        """Return a session and its user, or None."""
        session = self._sessions.get(digest)
        user = self._users.get(session.user) if session is not None else None
        return None if session is None or user is None else (session, user)

    async def sessions(self, user_id: str) -> Sequence[UserSession]:
        """Return the sessions of a user."""
        found = [session for session in self._sessions.values() if session.user == user_id]
        return sorted(found, key=lambda session: (-session.created, session.digest))

    async def replace_session(self, session: UserSession) -> None:
        """Replace a session, if it has not ended."""
        if session.digest in self._sessions:
            self._sessions[session.digest] = session

    async def end_session(self, digest: bytes) -> None:
        """End a session."""
        self._sessions.pop(digest, None)

    async def end_sessions(self, user_id: str, but: bytes = b"") -> None:
        """End the sessions of a user."""
        self._keep(lambda one: one.user != user_id or one.digest == but)

    async def forget(self, tenant: str, before: float = math.inf) -> None:
        """Remove the users of a tenant."""
        for user in await self.users(tenant):
            if user.created < before:
                await self.remove_user(user.id)

    async def trim(self, now: float, idle_seconds: float) -> int:
        """Remove sessions that have ended."""
        before = len(self._sessions)
        self._keep(lambda one: one.expires > now and one.seen > now - idle_seconds)
        return before - len(self._sessions)

    async def close(self) -> None:
        """Do nothing."""

    def _put(self, user: User) -> None:
        self._users[user.id] = user
        self._by_email.setdefault(user.email, {})[user.tenant] = user.id
        if user.link:
            self._by_link[user.link] = user.id

    def _take_out(self, user: User) -> None:
        del self._users[user.id]
        del self._by_email[user.email][user.tenant]
        self._by_link.pop(user.link, None)

    def _keep(self, is_kept: Callable[[UserSession], bool]) -> None:
        self._sessions = {digest: one for digest, one in self._sessions.items() if is_kept(one)}
