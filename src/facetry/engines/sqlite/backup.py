"""Backups: a consistent copy of a live catalog, and the way back."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from facetry.domain.errors import StoreError, StoreFullError
from facetry.engines.sqlite.accounts import decode_user
from facetry.engines.sqlite.connection import Row, open_reader, rows
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.documents import decode_tenant
from facetry.engines.sqlite.schema import check_version

_COUNTS = "SELECT count(*), coalesce(sum(products), 0), coalesce(sum(groups), 0) FROM tenants"


class BackupReport(msgspec.Struct, frozen=True):
    """What a backup holds: numbers of tenants, products and groups, and the size of its database in bytes."""

    tenants: int
    products: int
    groups: int
    size_bytes: int


def backup(directory: Path, target: Path) -> BackupReport:
    """Copy catalog, accounts and journals of a data directory to a folder, durably.

    Any process may, while others read and write.

    Args:
        directory: The data directory.
        target: A folder that is empty or does not exist.

    Raises:
        StoreError: There is no catalog in the directory, or the target is not empty.
        StoreFullError: The target has no room.
    """
    source = DataDirectory(directory)
    if not source.catalog.is_file():
        raise StoreError(f"{directory} holds no catalog")
    return _filled(_empty_directory(target), source, _copied)


def restore(source: Path, directory: Path) -> BackupReport:
    """Make a data directory of a backup; the backup stays as it is.

    Raises:
        StoreError: The source is no undamaged backup, or the directory is not empty.
        StoreVersionError: The backup is of a newer version of Facetry.
        StoreFullError: There is no room.
    """
    origin = DataDirectory(source)
    if not origin.catalog.is_file():
        raise StoreError(f"{source} holds no catalog")
    return _filled(_empty_directory(directory), origin, _copied_file)


def sealed_in(directory: Path) -> Iterator[bytes]:
    """Yield what tenants and users of a backup have that is sealed under the master key.

    Raises:
        StoreError: It cannot be read.
    """
    place = DataDirectory(directory)
    for (doc,) in _read(place.catalog, "SELECT record FROM tenants"):
        record = decode_tenant(doc)
        yield from filter(None, (record.api_key_sealed, record.access_key_sealed, record.search_key_sealed))
        yield from (key.sealed for key in record.token_keys)
        yield from (key.sealed for key in record.access_keys)
    for (doc,) in _read(place.accounts, "SELECT doc FROM users") if place.accounts.is_file() else ():
        user = decode_user(doc)
        if user.totp:
            yield user.totp


def _read(file: Path, sql: str) -> list[Row]:
    with closing(open_reader(file)) as connection:
        return rows(connection, sql, ())


def _filled(place: DataDirectory, source: DataDirectory, copied: Callable[[Path, Path], Path]) -> BackupReport:
    """Copy what there is of catalog, accounts and journals; a copy that broke off has no catalog without accounts.

    Without a catalog it is no backup, so that nobody restores one without its users.
    """
    try:
        if source.accounts.is_file():
            copied(source.accounts, place.accounts).rename(place.accounts)
            place.sync()
        report = _put_in_place(copied(source.catalog, place.catalog), place)
    except BaseException:
        place.accounts.unlink(missing_ok=True)
        raise
    if source.journal.is_file():
        copied(source.journal, place.journal).rename(place.journal)
        place.sync()
    return report


def _copied(source: Path, target: Path) -> Path:
    """Copy a database that may be in use, durably, and return the copy, whose name is not the target's yet."""
    partial = target.with_name(f"{target.name}.partial")
    connection = open_reader(source)
    try:
        # Unlike a copy of pages this leaves nothing behind of what was deleted.
        rows(connection, "VACUUM INTO ?", (str(partial),))
        _settle(partial)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    finally:
        connection.close()
    return partial


def _copied_file(source: Path, target: Path) -> Path:
    """Copy a file that nobody writes, as ``_copied`` does."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        shutil.copyfile(source, partial)
    except OSError as error:
        partial.unlink(missing_ok=True)
        kind = StoreFullError if error.errno == errno.ENOSPC else StoreError
        raise kind(f"{source} cannot be copied: {error.strerror}") from error
    _settle(partial)
    return partial


def _settle(file: Path) -> None:
    """Make a file private and durable."""
    file.chmod(0o600)
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def _empty_directory(path: Path) -> DataDirectory:
    place = DataDirectory(path)
    place.create()
    if any(path.iterdir()):
        raise StoreError(f"{path} is not empty")
    return place


def _put_in_place(partial: Path, place: DataDirectory) -> BackupReport:
    """Check the copy and give it its name."""
    try:
        report = _inspect(partial)
        partial.rename(place.catalog)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    place.sync()
    return report


def _inspect(path: Path) -> BackupReport:
    connection = open_reader(path)
    try:
        check_version(connection)
        if rows(connection, "PRAGMA quick_check(1)", ()) != [("ok",)]:
            raise StoreError(f"{path} is damaged")
        ((tenants, products, groups),) = rows(connection, _COUNTS, ())
        return BackupReport(tenants, products, groups, path.stat().st_size)
    finally:
        connection.close()
