"""Connections to the catalog's database, set up the same everywhere, and the translation of the driver's errors."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import apsw

from facetry.domain.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError

Row = tuple[Any, ...]
MIN_LIBRARY = (3, 51, 3)
"""Older SQLite libraries can corrupt a WAL that two connections reset at once."""
_READ_WAIT_MS = 2_000
_WRITE_WAIT_MS = 5_000
_RETRY_SECONDS = 0.01
_CACHE_KIB = 16_384
_LOG_BYTES = 64 << 20


def open_writer(path: Path) -> apsw.Connection:
    """Open the connection that writes, making the file where there is none; commits are durable.

    Raises:
        StoreError: The file cannot be opened, or SQLite is too old.
    """
    _make_file(path)
    connection = _open(
        path,
        apsw.SQLITE_OPEN_READWRITE,
        0,
        "journal_mode = WAL",
        f"journal_size_limit = {_LOG_BYTES}",
        "synchronous = FULL",
        # Pages leave the cache at the commit only, so a full disk is met there and nowhere else.
        "cache_spill = OFF",
    )
    # Checkpoints run beside the commits, see ``checkpoint``.
    connection.wal_autocheckpoint(0)
    return connection


def open_shared_writer(path: Path) -> apsw.Connection:
    """Open one of several connections that write in turns, making the file where there is none.

    A crash of the system may cost the last commits; what is deleted is overwritten.

    Raises:
        StoreError: The file cannot be opened, or SQLite is too old.
    """
    _make_file(path)
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE, _WRITE_WAIT_MS)
    try:
        _log_ahead(connection)
        for pragma in ("synchronous = NORMAL", "secure_delete = ON"):
            rows(connection, f"PRAGMA {pragma}", ())
    except StoreError:
        connection.close()
        raise
    return connection


def _log_ahead(connection: apsw.Connection) -> None:
    """Turn on the write-ahead log; SQLite itself does not wait where others do the same to a new file."""
    until = time.monotonic() + _WRITE_WAIT_MS / 1000
    while True:
        try:
            rows(connection, "PRAGMA journal_mode = WAL", ())
        except StoreBusyError:
            if time.monotonic() > until:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def open_reader(path: Path) -> apsw.Connection:
    """Open a connection that reads only.

    Raises:
        StoreError: The file cannot be opened, or SQLite is too old.
    """
    return _open(path, apsw.SQLITE_OPEN_READONLY, _READ_WAIT_MS)


def _make_file(path: Path) -> None:
    try:
        # Closing a file gives up all locks of this process on it, also those of its other connections: another
        # program that closes it would take itself for the last, and remove the log that they write to.
        # SQLite gives its other files the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}") from error


def _open(path: Path, flags: int, wait_ms: int, *pragmas: str) -> apsw.Connection:
    check_library(apsw.sqlite_lib_version())
    try:
        connection = apsw.Connection(str(path), flags=flags)
    except apsw.Error as error:
        raise store_error(error, path) from error
    # The first statement reads the file, which somebody else may be about to make.
    connection.set_busy_timeout(wait_ms)
    try:
        for pragma in (*pragmas, f"cache_size = -{_CACHE_KIB}", "temp_store = MEMORY"):
            rows(connection, f"PRAGMA {pragma}", ())
    except StoreError:
        connection.close()
        raise
    return connection


def check_library(version: str) -> None:
    """Check that the SQLite library is new enough.

    Raises:
        StoreError: It is older than ``MIN_LIBRARY``.
    """
    if tuple(int(part) for part in version.split(".")) < MIN_LIBRARY:
        raise StoreError(f"SQLite {version} is too old, {'.'.join(map(str, MIN_LIBRARY))} or newer is needed")


def found(connection: apsw.Connection, sql: str, values: Row) -> list[Row]:
    """Return all rows of a query.

    A text that is not valid Unicode and an integer of more than 64 bits equal nothing stored, so they find nothing.
    """
    try:
        return connection.execute(sql, values).fetchall()
    except (UnicodeEncodeError, OverflowError):
        return []


def rows(connection: apsw.Connection, sql: str, values: Row) -> list[Row]:
    """Return what ``found`` returns.

    Raises:
        StoreError: The driver failed.
    """
    try:
        return found(connection, sql, values)
    except apsw.Error as error:
        raise store_error(error, connection) from error


def store_error(error: apsw.Error, place: apsw.Connection | Path | None = None) -> StoreError:
    """Return the domain's error for one of the driver's, which names the file where something is wrong with that."""
    code = getattr(error, "extendedresult", 0)
    if isinstance(error, apsw.FullError) or code == apsw.SQLITE_IOERR_SHMSIZE:
        return StoreFullError("no room left in the data directory")
    if isinstance(error, apsw.BusyError):
        return StoreBusyError("the database is locked by another program")
    if isinstance(error, apsw.ConnectionClosedError):
        return StoreError("the store is closed")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
        return StoreDamagedError(f"{_name(place)} is damaged: {error}")
    if isinstance(error, apsw.CantOpenError):
        return StoreError(f"{_name(place)} cannot be opened: it and its folder must be there, and be writable")
    return StoreError(f"the database failed: {error}")


def _name(place: apsw.Connection | Path | None) -> str:
    if place is None:
        return "the database"
    return place.name if isinstance(place, Path) else Path(place.filename).name
