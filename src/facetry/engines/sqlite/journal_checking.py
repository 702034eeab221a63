"""Comparing the sizes that the journals keep with their lines."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from facetry.domain.fault import Fault
from facetry.domain.journal import LINE_KINDS
from facetry.engines.sqlite.checking import read
from facetry.engines.sqlite.connection import found, rows
from facetry.engines.sqlite.journal_tables import LINE_BYTES, Transaction, of, open_journal

_SIZE = "SELECT coalesce(sum(octet_length(doc) + ?), 0) FROM KIND"
_KEPT = "SELECT bytes FROM sizes WHERE kind = ?"
_PUT = "INSERT OR REPLACE INTO sizes (kind, bytes) VALUES (?, ?)"


def journal_faults(path: Path) -> list[Fault]:
    """Return the faults of the journals' file; none where there is no file yet.

    Raises:
        StoreError: It cannot be read.
    """
    return read(path, _faults) if path.is_file() else []


def mend_journal(path: Path) -> None:
    """Count the sizes anew and build the indexes anew, where anything is wrong.

    Raises:
        StoreError: It cannot be written.
    """
    if not journal_faults(path):
        return
    with closing(open_journal(path)) as connection:
        rows(connection, "REINDEX", ())
        with Transaction(connection):
            for kind, size, _ in _sizes(connection):
                connection.execute(_PUT, (kind, size))


def _faults(connection: apsw.Connection) -> list[Fault]:
    if found(connection, "PRAGMA user_version", ()) == [(0,)]:
        return []
    checked = [row[0] for row in found(connection, "PRAGMA integrity_check(100)", ())]
    faults = [Fault("journal", "", line) for line in checked if line != "ok"]
    for kind, size, kept in _sizes(connection):
        if kept != size:
            faults.append(Fault("journal", kind, f"counted {kept} bytes instead of {size}"))
    return faults


def _sizes(connection: apsw.Connection) -> list[tuple[str, int, int | None]]:
    """Return each kind of line with the bytes that it has and those that are kept as its size."""
    return [
        (
            line.kind,
            found(connection, of(_SIZE, line.kind), (LINE_BYTES,))[0][0],
            next((row[0] for row in found(connection, _KEPT, (line.kind,))), None),
        )
        for line in LINE_KINDS
    ]
