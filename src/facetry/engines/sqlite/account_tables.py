"""The tables of the accounts' file, and how it is opened."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import closing
from pathlib import Path

import apsw

from facetry.domain.errors import StoreDamagedError, StoreError, StoreVersionError
from facetry.engines.sqlite.connection import open_reader, open_shared_writer, rows
from facetry.engines.sqlite.journal_tables import Transaction

VERSION = 1
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS})
"""Of a file system that knows no links the file is begun in place."""

_CREATE = """
    CREATE TABLE IF NOT EXISTS users (
        id TEXT NOT NULL PRIMARY KEY,
        tenant TEXT NOT NULL,
        email TEXT NOT NULL,
        link BLOB NOT NULL,
        version INTEGER NOT NULL,
        doc BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS users_by_name ON users (tenant, email);
    CREATE UNIQUE INDEX IF NOT EXISTS users_by_email ON users (email, tenant);
    CREATE INDEX IF NOT EXISTS users_by_link ON users (link) WHERE link <> x'';
    CREATE TABLE IF NOT EXISTS sessions (
        digest BLOB NOT NULL PRIMARY KEY,
        user TEXT NOT NULL,
        created REAL NOT NULL,
        seen REAL NOT NULL,
        expires REAL NOT NULL,
        doc BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user, created);"""


def open_accounts(path: Path) -> apsw.Connection:
    """Open a connection to the accounts, making file and tables where they are missing; commits are durable.

    Raises:
        StoreError: The file cannot be used.
        StoreVersionError: A newer version of Facetry has written it.
    """
    if not path.exists() and path.parent.is_dir():
        _begin(path)
    return _opened(path)


def _begin(path: Path) -> None:
    """Make a file that is never empty under its name, not even after a crash: an empty one is one that was lost."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    try:
        _opened(draft).close()
        os.link(draft, path)
    except FileExistsError:
        pass  # Of several processes that begin it one does.
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise StoreError(f"{path} cannot be made: {error.strerror}") from error
    finally:
        for suffix in ("", "-wal", "-shm"):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _opened(path: Path) -> apsw.Connection:
    connection = open_shared_writer(path)
    try:
        rows(connection, "PRAGMA synchronous = FULL", ())
        if account_version(connection) < VERSION:
            with Transaction(connection):
                for sql in (_CREATE, f"PRAGMA user_version = {VERSION}"):
                    connection.execute(sql)
    except StoreError:
        connection.close()
        raise
    return connection


def end_all_sessions(path: Path) -> None:
    """End the sessions of all users in a file that nobody else uses.

    Raises:
        StoreError: The file cannot be used.
        StoreVersionError: A newer version of Facetry has written it.
    """
    with closing(open_accounts(path)) as connection:
        rows(connection, "DELETE FROM sessions", ())


def check_accounts(path: Path) -> None:
    """Check that the accounts, where there are any, can be used by this version, before anything else is opened.

    Raises:
        StoreDamagedError: The file is empty: begun anew it would take all users for nobody.
        StoreError: The file cannot be read.
        StoreVersionError: A newer version of Facetry has written it.
    """
    if path.is_file():
        if not path.stat().st_size:
            raise StoreDamagedError(f"{path} is empty, and the users that it held are lost")
        with closing(open_reader(path)) as connection:
            account_version(connection)


def account_version(connection: apsw.Connection) -> int:
    """Return the version of the tables; 0 where there are none.

    Raises:
        StoreVersionError: A newer version of Facetry has written them.
    """
    ((version,),) = rows(connection, "PRAGMA user_version", ())
    if version > VERSION:
        raise StoreVersionError("the accounts were written by a newer version of Facetry")
    return int(version)
