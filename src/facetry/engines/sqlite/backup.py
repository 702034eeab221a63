"""Backups: a consistent copy of a live catalog, and the way back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import msgspec

from facetry.domain.copying import REVISIONS_APART
from facetry.domain.errors import StoreBusyError, StoreError
from facetry.engines.sqlite.account_tables import end_all_sessions
from facetry.engines.sqlite.accounts import decode_user
from facetry.engines.sqlite.backup_contents import Contents, copy_checked, new_contents, read_contents
from facetry.engines.sqlite.connection import Row, open_reader, open_writer, rows, store_error
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.documents import decode_tenant
from facetry.engines.sqlite.ownership import acquire, holder
from facetry.engines.sqlite.schema import check_version

_COUNTS = "SELECT count(*), coalesce(sum(products), 0), coalesce(sum(groups), 0) FROM tenants"
_BEGIN_LOGS = "UPDATE tenants SET revision = revision + ?1, log_cut = revision + ?1"
_FORGET_CHANGES = "DELETE FROM changes"
_REVISIONS_PER_SECOND = 20_000
"""More than a tenant gets by the largest bulk: what was lost since a backup had no more."""


class BackupReport(msgspec.Struct, frozen=True):
    """What a backup holds: numbers of tenants, products and groups, and the size of its database in bytes."""

    tenants: int
    products: int
    groups: int
    size_bytes: int


def backup(directory: Path, target: Path, finish: Callable[[], None] = lambda: None) -> BackupReport:
    """Copy catalog, accounts and journals of a data directory to a folder, durably; what fails leaves nothing there.

    Any process may, while others read and write.

    Args:
        directory: The data directory.
        target: A folder that is empty or does not exist.
        finish: Called when the databases are copied: it adds what else belongs to them, or raises where they are
            of no use.

    Raises:
        StoreError: There is no catalog in the directory, or the target is in it or not empty.
        StoreFullError: The target has no room.
    """
    source, place = DataDirectory(directory), DataDirectory(target)
    if not source.catalog.is_file():
        raise StoreError(f"{directory} holds no catalog")
    if target.resolve().is_relative_to(directory.resolve()):
        raise StoreError(f"{target} is in the data directory: keep the backup elsewhere, on another disk")
    place.create()
    with new_contents(target, time.time()):
        for file in (source.accounts, source.catalog, source.journal):
            if file.is_file():
                _copy(file, target / file.name)
        report = _inspect(place.catalog)
        finish()
    place.sync()
    return report


def restore(source: Path, directory: Path) -> BackupReport:
    """Make a data directory of a backup, whole or not at all; the backup stays as it is.

    All tenants go on above the revisions of what was written after the backup: who followed that starts again. All
    users sign in again.

    Raises:
        StoreError: The source is no whole, undamaged backup, or the directory is not empty.
        StoreVersionError: The backup is of a newer version of Facetry.
        StoreBusyError: Another process is about to use the directory.
        StoreFullError: There is no room.
    """
    place = DataDirectory(directory)
    contents = read_contents(source, place.catalog.name)
    place.create()
    _check_empty(place)
    lock = acquire(place)
    if lock is None:
        raise StoreBusyError(f"process {holder(place)} owns data directory {directory}")
    try:
        _check_empty(place)
        return _restored(source, contents, place)
    finally:
        lock.release()


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


def _copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use."""
    with closing(open_reader(source)) as connection:
        # Unlike a copy of pages this leaves nothing behind of what was deleted.
        rows(connection, "VACUUM INTO ?", (str(target),))


def _check_empty(place: DataDirectory) -> None:
    """Check that nothing is in a directory but the lock, which says nothing."""
    if {*place.path.iterdir()} - {place.lock}:
        raise StoreError(f"{place.path} is not empty")


def _restored(source: Path, contents: Contents, place: DataDirectory) -> BackupReport:
    """Copy all, the catalog first and put in place last: what breaks off shows by the one or lacks the other."""
    names = sorted(contents.files, key=lambda name: name != place.catalog.name)
    partial = {name: place.partial(name) for name in names}
    try:
        for name in names:
            copy_checked(source / name, partial[name], contents.files[name])
        catalog = partial[place.catalog.name]
        report = _inspect(catalog)
        _begin_logs(catalog, contents.taken)
        if place.accounts.name in names:
            # Who signed out after the backup would be signed in again.
            end_all_sessions(partial[place.accounts.name])
        for name in reversed(names):
            partial[name].rename(place.path / name)
        place.sync()
    except BaseException:
        # All is of this copy, also what a database may have beside it.
        for file in {*place.path.iterdir()} - {place.lock}:
            file.unlink()
        raise
    return report


def _begin_logs(catalog: Path, taken: float) -> None:
    """Begin all change logs above any revision that a tenant can have had since the backup, also in another restore."""
    apart = REVISIONS_APART + _REVISIONS_PER_SECOND * max(0, round(time.time() - taken))
    try:
        with closing(open_writer(catalog)) as connection, connection:
            rows(connection, _BEGIN_LOGS, (apart,))
            rows(connection, _FORGET_CHANGES, ())
    except apsw.Error as error:
        raise store_error(error, catalog) from error


def _inspect(path: Path) -> BackupReport:
    with closing(open_reader(path)) as connection:
        check_version(connection)
        if rows(connection, "PRAGMA quick_check(1)", ()) != [("ok",)]:
            raise StoreError(f"{path} is damaged")
        ((tenants, products, groups),) = rows(connection, _COUNTS, ())
        return BackupReport(tenants, products, groups, path.stat().st_size)
