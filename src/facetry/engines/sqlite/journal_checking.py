"""Comparing the sizes that the journals keep with their lines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import apsw

from facetry.domain.errors import StoreDamagedError
from facetry.domain.fault import Fault
from facetry.domain.journal import LINE_KINDS
from facetry.engines.sqlite.checking import read
from facetry.engines.sqlite.connection import found, rows
from facetry.engines.sqlite.journal_tables import LINE_BYTES, VERSION, Transaction, of, open_journal

_SIZE = "SELECT coalesce(sum(octet_length(doc) + ?), 0) FROM KIND"
_KEPT = "SELECT bytes FROM sizes WHERE kind = ?"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"
_PUT = "INSERT OR REPLACE INTO sizes (kind, bytes) VALUES (?, ?)"


def journal_faults(path: Path) -> list[Fault]:
    """Return the faults of the journals' file; none where there is no file yet.

    Raises:
        StoreError: It cannot be read.
    """
    try:
        return read(path, _faults) if path.is_file() else []
    except StoreDamagedError:
        problem = f"{path.name} cannot be read, and nothing is noted until it is removed while no server runs"
        return [Fault("journal", "", problem, mendable=False)]


def mend_journal(path: Path) -> None:
    """Count the sizes anew and build the indexes anew, where anything is wrong that can be mended.

    Raises:
        StoreError: It cannot be written.
    """
    faults = journal_faults(path)
    if not faults or not all(fault.mendable for fault in faults):
        return
    with closing(open_journal(path)) as connection:
        rows(connection, "REINDEX", ())
        with Transaction(connection):
            for kind, size, _ in _sizes(connection, [line.kind for line in LINE_KINDS]):
                connection.execute(_PUT, (kind, size))


def _faults(connection: apsw.Connection) -> list[Fault]:
    ((version,),) = found(connection, "PRAGMA user_version", ())
    if not version:
        return []
    checked = [row[0] for row in found(connection, "PRAGMA integrity_check(100)", ())]
    faults = [Fault("journal", "", line) for line in checked if line != "ok"]
    for kind, size, kept in _sizes(connection, _kinds(connection, version)):
        if kept != size:
            faults.append(Fault("journal", kind, f"counted {kept} bytes instead of {size}"))
    return faults


def _kinds(connection: apsw.Connection, version: int) -> list[str]:
    """Return the kinds of lines that a file of a version must have."""
    kinds = [line.kind for line in LINE_KINDS]
    if version >= VERSION:
        return kinds
    # An older file gets the others when it is written next.
    tables = {row[0] for row in found(connection, _TABLES, ())}
    return [kind for kind in kinds if kind in tables]


def _sizes(connection: apsw.Connection, kinds: Sequence[str]) -> list[tuple[str, int, int | None]]:
    """Return each kind of line with the bytes that it has and those that are kept as its size."""
    return [
        (
            kind,
            found(connection, of(_SIZE, kind), (LINE_BYTES,))[0][0],
            next((row[0] for row in found(connection, _KEPT, (kind,))), None),
        )
        for kind in kinds
    ]
