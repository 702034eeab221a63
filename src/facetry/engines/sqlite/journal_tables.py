"""The tables of the journals' file: one for each kind of line and of count."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import apsw

from facetry.domain.errors import StoreError, StoreVersionError
from facetry.domain.journal import COUNT_KINDS, COUNTS, LINE_KINDS, Retention
from facetry.engines.sqlite.bulk import insert_all
from facetry.engines.sqlite.connection import Row, open_shared_writer, rows, store_error

VERSION = 3
LINE_BYTES = 120
"""What a line occupies beside its document, in its table and its indexes."""
COUNT_BYTES = 100
STEP_ROWS = 500
"""So many rows are removed at once at most: a few milliseconds for who waits to write."""

SAMPLE_ROWS = 1_000
"""Of so many lines, evenly spread, it is told which tenant has most."""

_CREATE_LINES = """
    CREATE TABLE IF NOT EXISTS KIND (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        tenant TEXT NOT NULL,
        id TEXT NOT NULL,
        time REAL NOT NULL,
        doc BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS KIND_by_time ON KIND (tenant, time);
    CREATE INDEX IF NOT EXISTS KIND_by_id ON KIND (tenant, id);
    INSERT OR IGNORE INTO sizes (kind, bytes) VALUES ('KIND', 0);"""
_CREATE_COUNTS = """
    CREATE TABLE IF NOT EXISTS KIND (
        tenant TEXT NOT NULL,
        time INTEGER NOT NULL,
        name TEXT NOT NULL,
        n0 INTEGER NOT NULL,
        n1 INTEGER NOT NULL,
        n2 INTEGER NOT NULL,
        n3 INTEGER NOT NULL,
        n4 INTEGER NOT NULL,
        PRIMARY KEY (tenant, time, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS KIND_by_time ON KIND (time);"""
_CREATE_SIZES = "CREATE TABLE IF NOT EXISTS sizes (kind TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;"

# Fields of a document are found several times faster in the binary form.
_INSERT = "INSERT INTO KIND (tenant, id, time, doc) VALUES (?, ?, ?, jsonb(?))"
_LAST = "SELECT coalesce(max(number), 0) FROM KIND"
_ADDED = "SELECT count(*), coalesce(sum(octet_length(doc)), 0) FROM KIND WHERE number > ?"
_GROW = "UPDATE sizes SET bytes = bytes + ? WHERE kind = ?"
_ADD = """
    INSERT INTO KIND VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, time, name) DO UPDATE SET n0 = n0 + excluded.n0, n1 = n1 + excluded.n1,
    n2 = n2 + excluded.n2, n3 = n3 + excluded.n3, n4 = n4 + excluded.n4"""

_FORGET_LINES = """
    DELETE FROM KIND WHERE number IN (SELECT number FROM KIND WHERE tenant = ? AND time < ? LIMIT ?)
    RETURNING octet_length(doc)"""
_FORGET_COUNTS = """
    DELETE FROM KIND WHERE (tenant, time, name) IN (
        SELECT tenant, time, name FROM KIND WHERE tenant = ? AND time <= ? LIMIT ?
    ) RETURNING 1"""
# Lines stand in the order in which they came, which is not that of their times where the clock was set back. So the
# index is looked into for one tenant after the other.
_OLD = """
    WITH RECURSIVE found (tenant) AS (
        SELECT min(tenant) FROM KIND
        UNION ALL SELECT (SELECT min(tenant) FROM KIND WHERE tenant > found.tenant) FROM found
        WHERE found.tenant IS NOT NULL
    ) SELECT k.number, octet_length(k.doc) FROM found
    CROSS JOIN KIND AS k INDEXED BY KIND_by_time ON k.tenant = found.tenant AND k.time < ? LIMIT ?"""
# Of both at once SQLite would make a walk through the whole table.
_ENDS = "SELECT (SELECT min(number) FROM KIND), (SELECT max(number) FROM KIND)"
_LARGEST = """
    WITH RECURSIVE sample (number) AS (
        SELECT ?1 UNION ALL SELECT number + ?2 FROM sample WHERE number + ?2 <= ?3
    ) SELECT k.tenant FROM sample CROSS JOIN KIND AS k ON k.number = sample.number
    GROUP BY k.tenant ORDER BY count(*) DESC, k.tenant LIMIT 1"""
_OLDEST_OF = """
    SELECT number, octet_length(doc) FROM KIND INDEXED BY KIND_by_time WHERE tenant = ? ORDER BY time, number LIMIT ?"""
_REMOVE = "DELETE FROM KIND WHERE number = ?"
_SIZE = "SELECT bytes FROM sizes WHERE kind = ?"
_ROWS = "SELECT count(*) FROM KIND"
_OLDEST_COUNTS = "SELECT tenant, time, name FROM KIND ORDER BY time LIMIT ?"
_REMOVE_COUNT = "DELETE FROM KIND WHERE tenant = ? AND time = ? AND name = ?"

LineRow = tuple[str, str, float, str]
"""Tenant, id, time and document."""
CountKey = tuple[str, int, str]
"""Tenant, time and name."""


def of(sql: str, kind: str) -> str:
    """Return a statement on the table of a kind, which is one of the domain's names and so nothing of a caller's."""
    return sql.replace("KIND", kind)


def open_journal(path: Path) -> apsw.Connection:
    """Open a connection that writes journals, making file and tables where they are missing.

    Raises:
        StoreError: The file cannot be used.
        StoreVersionError: A newer version of Facetry has written it.
    """
    connection = open_shared_writer(path)
    try:
        ((version,),) = rows(connection, "PRAGMA user_version", ())
        if version > VERSION:
            raise StoreVersionError(f"{path} was written by a newer version of Facetry")
        if version < VERSION:
            _create(connection)
    except StoreError:
        connection.close()
        raise
    return connection


def _create(connection: apsw.Connection) -> None:
    lines = [of(_CREATE_LINES, kind.kind) for kind in LINE_KINDS]
    counts = [of(_CREATE_COUNTS, kind) for kind in COUNT_KINDS]
    with Transaction(connection):
        for sql in (_CREATE_SIZES, *lines, *counts, f"PRAGMA user_version = {VERSION}"):
            connection.execute(sql)


class Transaction:
    """A transaction that holds the file's lock from its beginning; an exception undoes it."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Work on a connection."""
        self._connection = connection

    def __enter__(self) -> None:
        """Begin.

        Raises:
            StoreError: Others hold the lock too long.
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except apsw.Error as error:
            raise store_error(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """Commit, or undo what was done.

        Raises:
            StoreError: The driver failed inside, or at the commit.
        """
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        except apsw.Error as failure:
            error = failure
        if error is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        if isinstance(error, apsw.Error):
            raise store_error(error) from error


def add_lines(connection: apsw.Connection, kind: str, lines: Sequence[LineRow]) -> None:
    """Insert lines, inside a transaction."""
    ((last,),) = rows(connection, of(_LAST, kind), ())
    insert_all(connection, of(_INSERT, kind), lines)
    ((number, size),) = rows(connection, of(_ADDED, kind), (last,))
    connection.execute(_GROW, (size + number * LINE_BYTES, kind))


def add_counts(connection: apsw.Connection, kind: str, counts: Mapping[CountKey, Sequence[int]]) -> None:
    """Add to counts, inside a transaction."""
    connection.executemany(of(_ADD, kind), [(*key, *numbers) for key, numbers in counts.items()])


def forget(connection: apsw.Connection, tenant: str, before: float) -> None:
    """Remove what a tenant has from before a time, in small steps."""
    for line in LINE_KINDS:
        while _forget_lines(connection, line.kind, tenant, before):
            pass
    for kind, seconds in COUNT_KINDS.items():
        while rows(connection, of(_FORGET_COUNTS, kind), (tenant, before - seconds, STEP_ROWS)):
            pass
    # What was overwritten still stands in the log until that is emptied.
    rows(connection, "PRAGMA wal_checkpoint(TRUNCATE)", ())


def _forget_lines(connection: apsw.Connection, kind: str, tenant: str, before: float) -> int:
    with Transaction(connection):
        gone = rows(connection, of(_FORGET_LINES, kind), (tenant, before, STEP_ROWS))
        connection.execute(_GROW, (-sum(size + LINE_BYTES for (size,) in gone), kind))
    return len(gone)


def trim(connection: apsw.Connection, retention: Mapping[str, Retention], now: float) -> int:
    """Remove some rows that are kept no longer, and return how many."""
    removed = 0
    for kind, kept in retention.items():
        with Transaction(connection):
            is_count = kind in COUNT_KINDS
            removed += _trim_counts(connection, kind, kept, now) if is_count else _trim(connection, kind, kept, now)
    return removed


def _trim(connection: apsw.Connection, kind: str, kept: Retention, now: float) -> int:
    gone = rows(connection, of(_OLD, kind), (now - kept.seconds, STEP_ROWS)) if kept.seconds < math.inf else []
    if not gone:
        gone = _too_much(connection, kind, kept.size_bytes)
    connection.executemany(of(_REMOVE, kind), [(number,) for number, _ in gone])
    connection.execute(_GROW, (-sum(size + LINE_BYTES for _, size in gone), kind))
    return len(gone)


def _too_much(connection: apsw.Connection, kind: str, size_bytes: float) -> list[Row]:
    """Return numbers and sizes of some lines that are over a size: the oldest of the tenant that has most."""
    ((size,),) = rows(connection, _SIZE, (kind,))
    ((first, last),) = rows(connection, of(_ENDS, kind), ())
    gone: list[Row] = []
    if size <= size_bytes or first is None:
        return gone
    step = max(1, (last - first) // SAMPLE_ROWS)
    ((tenant,),) = rows(connection, of(_LARGEST, kind), (first, step, last))
    for number, doc_bytes in rows(connection, of(_OLDEST_OF, kind), (tenant, STEP_ROWS)):
        if size <= size_bytes:
            break
        gone.append((number, doc_bytes))
        size -= doc_bytes + LINE_BYTES
    return gone


def _trim_counts(connection: apsw.Connection, kind: str, kept: Retention, now: float) -> int:
    ((number,),) = rows(connection, of(_ROWS, kind), ())
    gone: list[Row] = []
    for tenant, time, name in rows(connection, of(_OLDEST_COUNTS, kind), (STEP_ROWS,)):
        if time < now - kept.seconds or (number - len(gone)) * COUNT_BYTES > kept.size_bytes:
            gone.append((tenant, time, name))
    connection.executemany(of(_REMOVE_COUNT, kind), gone)
    return len(gone)


def added(numbers: Iterable[int], more: Iterable[int]) -> list[int]:
    """Return numbers with others added to the first of them."""
    found = [*numbers]
    for place, number in enumerate(more):
        found[place] += number
    return found


NOTHING: Sequence[int] = (0,) * COUNTS
