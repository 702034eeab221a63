"""Users and their sessions in a file of their own in the data directory, which all processes of it open."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from facetry.domain.account_errors import UserExistsError, UserNotFoundError
from facetry.domain.errors import OutdatedError, StoreError
from facetry.domain.user import User, UserSession
from facetry.engines.sqlite.account_tables import open_accounts
from facetry.engines.sqlite.connection import Row, found, store_error
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.journal_tables import Transaction

_Done = TypeVar("_Done")
_encode = msgspec.json.Encoder().encode
decode_user = msgspec.json.Decoder(User).decode
"""Return the user of a stored form."""
decode_session = msgspec.json.Decoder(UserSession).decode
"""Return the session of a stored form."""

_USERS = "SELECT doc FROM users WHERE tenant = ? ORDER BY email"
_USER = "SELECT doc FROM users WHERE id = ?"
_BY_EMAIL = "SELECT doc FROM users WHERE email = ? ORDER BY tenant"
_BY_LINK = "SELECT doc FROM users WHERE link = ? AND link <> x''"
_ADD = "INSERT INTO users (id, tenant, email, link, version, doc) VALUES (?, ?, ?, ?, ?, ?)"
_VERSION = "SELECT version FROM users WHERE id = ?"
_REPLACE = "UPDATE users SET tenant = ?, email = ?, link = ?, version = ?, doc = ? WHERE id = ?"
_REMOVE = "DELETE FROM users WHERE id = ?"
_ADD_SESSION = "INSERT INTO sessions (digest, user, created, seen, expires, doc) VALUES (?, ?, ?, ?, ?, ?)"
_SESSION = "SELECT s.doc, u.doc FROM sessions AS s JOIN users AS u ON u.id = s.user WHERE s.digest = ?"
_SESSIONS = "SELECT doc FROM sessions WHERE user = ? ORDER BY created DESC, digest"
_REPLACE_SESSION = "UPDATE sessions SET seen = ?, expires = ?, doc = ? WHERE digest = ?"
_END = "DELETE FROM sessions WHERE digest = ?"
_END_ALL = "DELETE FROM sessions WHERE user = ? AND digest <> ?"
_GONE = "tenant = ? AND coalesce(json_extract(CAST(doc AS TEXT), '$.created'), 0) < ?"
_END_OF_TENANT = f"DELETE FROM sessions WHERE user IN (SELECT id FROM users WHERE {_GONE})"  # noqa: S608 - no input
_FORGET = f"DELETE FROM users WHERE {_GONE}"  # noqa: S608 - no input
_TRIM = "DELETE FROM sessions WHERE expires <= ? OR seen <= ?"


class SqliteAccounts:
    """Accounts of a data directory; statements run one after the other in a thread of their own."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; nothing is touched before the accounts are asked for something."""
        self._path = DataDirectory(directory).accounts
        self._turns = ThreadPoolExecutor(1, "accounts")
        self._connection: apsw.Connection | None = None
        self._is_closed = False

    async def users(self, tenant: str) -> Sequence[User]:
        """Return the users of a tenant."""
        return _users(await self._rows(_USERS, (tenant,)))

    async def user(self, user_id: str) -> User | None:
        """Return a user, or None."""
        return _first(await self._rows(_USER, (user_id,)))

    async def users_by_email(self, email: str) -> Sequence[User]:
        """Return the users with an e-mail."""
        return _users(await self._rows(_BY_EMAIL, (email,)))

    async def user_by_link(self, digest: bytes) -> User | None:
        """Return the user with a link, or None."""
        return _first(await self._rows(_BY_LINK, (digest,)))

    async def add_user(self, user: User) -> None:
        """Add a user."""
        values = (user.id, user.tenant, user.email, user.link, user.version, _encode(user))
        await self._write(lambda connection: _unique(connection, _ADD, values, user))

    async def replace_user(self, user: User) -> User:
        """Replace a user."""
        replaced = msgspec.structs.replace(user, version=user.version + 1)
        values = (user.tenant, user.email, user.link, replaced.version, _encode(replaced), user.id)

        def replace(connection: apsw.Connection) -> None:
            stored = found(connection, _VERSION, (user.id,))
            if not stored:
                raise UserNotFoundError(user.id)
            if stored[0][0] != user.version:
                raise OutdatedError(stored[0][0])
            _unique(connection, _REPLACE, values, user)

        await self._write(replace)
        return replaced

    async def remove_user(self, user_id: str) -> None:
        """Remove a user."""
        await self._run((_END_ALL, (user_id, b"")), (_REMOVE, (user_id,)))

    async def add_session(self, session: UserSession) -> None:
        """Begin a session."""
        values = (session.digest, session.user, session.created, session.seen, session.expires, _encode(session))
        await self._run((_ADD_SESSION, values))

    async def session(self, digest: bytes) -> tuple[UserSession, User] | None:
        """Return a session and its user, or None."""
        read = await self._rows(_SESSION, (digest,))
        return (decode_session(read[0][0]), decode_user(read[0][1])) if read else None

    async def sessions(self, user_id: str) -> Sequence[UserSession]:
        """Return the sessions of a user."""
        return [decode_session(doc) for (doc,) in await self._rows(_SESSIONS, (user_id,))]

    async def replace_session(self, session: UserSession) -> None:
        """Replace a session, if it has not ended."""
        await self._run((_REPLACE_SESSION, (session.seen, session.expires, _encode(session), session.digest)))

    async def end_session(self, digest: bytes) -> None:
        """End a session."""
        await self._run((_END, (digest,)))

    async def end_sessions(self, user_id: str, but: bytes = b"") -> None:
        """End the sessions of a user."""
        await self._run((_END_ALL, (user_id, but)))

    async def forget(self, tenant: str, before: float = math.inf) -> None:
        """Remove the users of a tenant."""
        await self._run((_END_OF_TENANT, (tenant, before)), (_FORGET, (tenant, before)))

    async def trim(self, now: float, idle_seconds: float) -> int:
        """Remove sessions that have ended."""
        return await self._run((_TRIM, (now, now - idle_seconds)))

    async def close(self) -> None:
        """Close the file."""
        if not self._is_closed:
            self._is_closed = True
            await asyncio.get_running_loop().run_in_executor(self._turns, self._disconnect)
            self._turns.shutdown()

    async def _rows(self, sql: str, values: Row) -> list[Row]:
        return await self._in_thread(lambda connection: found(connection, sql, values))

    async def _run(self, *statements: tuple[str, Row]) -> int:
        """Run statements all or none, and return how many rows they have changed."""

        def run(connection: apsw.Connection) -> int:
            before = connection.total_changes()
            for sql, values in statements:
                found(connection, sql, values)
            return connection.total_changes() - before

        return await self._write(run)

    async def _write(self, work: Callable[[apsw.Connection], _Done]) -> _Done:
        def write(connection: apsw.Connection) -> _Done:
            with Transaction(connection):
                return work(connection)

        return await self._in_thread(write)

    async def _in_thread(self, work: Callable[[apsw.Connection], _Done]) -> _Done:
        if self._is_closed:
            raise StoreError("the accounts are closed")

        def do() -> _Done:
            if self._connection is None:
                self._connection = open_accounts(self._path)
            try:
                return work(self._connection)
            except apsw.Error as error:
                raise store_error(error) from error

        return await asyncio.get_running_loop().run_in_executor(self._turns, do)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _users(read: Sequence[Row]) -> list[User]:
    return [decode_user(doc) for (doc,) in read]


def _first(read: Sequence[Row]) -> User | None:
    return decode_user(read[0][0]) if read else None


def _unique(connection: apsw.Connection, sql: str, values: Row, user: User) -> None:
    try:
        connection.execute(sql, values)
    except apsw.ConstraintError:
        raise UserExistsError(user.email) from None
