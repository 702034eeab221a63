"""Comparing the columns of users and sessions with what they were taken from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import apsw
import msgspec

from facetry.domain.errors import StoreDamagedError
from facetry.domain.fault import Fault
from facetry.domain.user import User, UserSession
from facetry.engines.sqlite.account_tables import check_accounts, open_accounts
from facetry.engines.sqlite.accounts import decode_session, decode_user
from facetry.engines.sqlite.checking import read
from facetry.engines.sqlite.connection import Row, found
from facetry.engines.sqlite.journal_tables import Transaction

_USERS = "SELECT id, tenant, email, link, version, doc FROM users ORDER BY id"
_SESSIONS = """
    SELECT s.digest, s.user, s.created, s.seen, s.expires, s.doc, u.id IS NOT NULL
    FROM sessions AS s LEFT JOIN users AS u ON u.id = s.user ORDER BY s.user, s.digest"""
_ADD = "INSERT INTO users (id, tenant, email, link, version, doc) VALUES (?, ?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM users WHERE id = ?"
_END = "DELETE FROM sessions WHERE digest = ?"


class _Wrong(NamedTuple):
    """A row with a fault."""

    fault: Fault
    key: str | bytes
    """Of the row: a user's id, or a session's digest."""
    right: Row | None = None
    """What a user's row has to be."""


class _ContradictionError(Exception):
    """Two users have one name by their documents."""


def account_faults(path: Path) -> list[Fault]:
    """Return the faults of the accounts' file; none where there is no file yet.

    Raises:
        StoreError: It cannot be read.
    """
    if not path.is_file():
        return []
    try:
        check_accounts(path)
        return read(path, _faults)
    except StoreDamagedError as error:
        return [Fault("accounts", "", error.message, mendable=False)]


def mend_accounts(path: Path) -> None:
    """Take the columns of users from their documents, and end sessions that are not what they were.

    Nothing is done where the documents contradict each other, or the file is damaged.

    Raises:
        StoreError: It cannot be read or written.
    """
    if not any(fault.mendable for fault in account_faults(path)):
        return
    with closing(open_accounts(path)) as connection, suppress(_ContradictionError), Transaction(connection):
        _mend([*_wrong_users(connection)], [*_wrong_sessions(connection)], connection)


def _faults(connection: apsw.Connection) -> list[Fault]:
    ((version,),) = found(connection, "PRAGMA user_version", ())
    checked = [row[0] for row in found(connection, "PRAGMA integrity_check(100)", ())]
    faults = [Fault("accounts", "", line, mendable=False) for line in checked if line != "ok"]
    if faults or not version:
        return faults
    return [wrong.fault for wrong in (*_wrong_users(connection), *_wrong_sessions(connection))]


def _wrong_users(connection: apsw.Connection) -> Iterator[_Wrong]:
    for key, *columns, doc in found(connection, _USERS, ()):
        user = _decoded(doc)
        if user is None or user.id != key:
            problem = "the document cannot be read" if user is None else "the document is that of another user"
            yield _Wrong(Fault("accounts", f"user {key}", problem, mendable=False), key)
        elif columns != [user.tenant, user.email, user.link, user.version]:
            right = (user.id, user.tenant, user.email, user.link, user.version, doc)
            yield _Wrong(Fault("accounts", f"user {key}", "the columns differ from the document"), key, right)


def _wrong_sessions(connection: apsw.Connection) -> Iterator[_Wrong]:
    for key, user, *times, doc, has_user in found(connection, _SESSIONS, ()):
        session = _decoded_session(doc)
        if session is None:
            problem = "the document cannot be read"
        elif [key, user, *times] != [session.digest, session.user, session.created, session.seen, session.expires]:
            problem = "the columns differ from the document"
        elif not has_user:
            problem = "there is no such user"
        else:
            continue
        yield _Wrong(Fault("accounts", f"session of user {user}", problem), key)


def _mend(users: list[_Wrong], sessions: list[_Wrong], connection: apsw.Connection) -> None:
    right = [(user.key, user.right) for user in users if user.right is not None]
    # Names that were changed for one another are free only when all are gone.
    for key, _ in right:
        found(connection, _REMOVE, (key,))
    try:
        for _, row in right:
            found(connection, _ADD, row)
    except apsw.ConstraintError as error:
        # Whose name it is nobody here can say.
        raise _ContradictionError from error
    for session in sessions:
        found(connection, _END, (session.key,))


def _decoded(doc: bytes) -> User | None:
    try:
        return decode_user(doc)
    except msgspec.MsgspecError:
        return None


def _decoded_session(doc: bytes) -> UserSession | None:
    try:
        return decode_session(doc)
    except msgspec.MsgspecError:
        return None
