"""Connections to the catalog's database, set up the same everywhere, and the translation of the driver's errors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import apsw

from facetry.domain.errors import StoreBusyError, StoreError, StoreFullError
from facetry.engines.sqlite.schema import check_library

Row = tuple[Any, ...]
_READ_WAIT_MS = 2_000
_CACHE_KIB = 16_384
_LOG_BYTES = 64 << 20


def open_writer(path: Path) -> apsw.Connection:
    """Open the connection that writes, making the file where there is none; commits are durable.

    Raises:
        StoreError: The file cannot be opened, or SQLite is too old.
    """
    try:
        # SQLite gives its other files the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}") from error
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = FULL")
        # Pages leave the cache at the commit only, so a full disk is met there and nowhere else.
        connection.execute("PRAGMA cache_spill = OFF").fetchall()
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}").fetchall()
        # Checkpoints run beside the commits, see ``checkpoint``.
        connection.wal_autocheckpoint(0)
    except apsw.Error as error:
        connection.close()
        raise store_error(error) from error
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open a connection that reads only.

    Raises:
        StoreError: The file cannot be opened, or SQLite is too old.
    """
    connection = _open(path, apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_READ_WAIT_MS)
    return connection


def _open(path: Path, flags: int) -> apsw.Connection:
    check_library(apsw.sqlite_lib_version())
    try:
        connection = apsw.Connection(str(path), flags=flags)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except apsw.Error as error:
        raise store_error(error) from error
    return connection


def found(connection: apsw.Connection, sql: str, values: Row) -> list[Row]:
    """Return all rows of a query; a text that is not valid Unicode equals nothing stored, so it finds nothing."""
    try:
        return connection.execute(sql, values).fetchall()
    except UnicodeEncodeError:
        return []


def rows(connection: apsw.Connection, sql: str, values: Row) -> list[Row]:
    """Return what ``found`` returns.

    Raises:
        StoreError: The driver failed.
    """
    try:
        return found(connection, sql, values)
    except apsw.Error as error:
        raise store_error(error) from error


def store_error(error: apsw.Error) -> StoreError:
    """Return the domain's error for one of the driver's."""
    code = getattr(error, "extendedresult", 0)
    if isinstance(error, apsw.FullError) or code == apsw.SQLITE_IOERR_SHMSIZE:
        return StoreFullError("no room left in the data directory")
    if isinstance(error, apsw.BusyError):
        return StoreBusyError("the database is locked by another program")
    if isinstance(error, apsw.ConnectionClosedError):
        return StoreError("the store is closed")
    return StoreError(f"the database failed: {error}")
