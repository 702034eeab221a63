"""Journals in a file of their own in the data directory, which all processes of it write."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from facetry.domain.journal import (
    COUNT_KINDS,
    LINE_KINDS,
    Count,
    JournalLine,
    Line,
    LineQuery,
    Numbered,
    Ranking,
    Retention,
    Span,
)
from facetry.engines.sqlite.connection import Row, open_reader, rows
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.journal_tables import VERSION, forget, of, open_journal, trim
from facetry.engines.sqlite.journal_writer import JournalWriter

_Done = TypeVar("_Done")

_LINES = "SELECT number, json(doc) FROM KIND WHERE tenant = ? AND time >= ? AND time < ?"
# Left to itself SQLite would walk through all lines of the tenant, because they are in order already.
_LINES_OF = """
    SELECT number, json(doc) FROM KIND INDEXED BY KIND_by_id
    WHERE tenant = ? AND id = ? AND time >= ? AND time < ?"""
_BEHIND = " AND (time, number) < (?, ?)"
_HAS = " AND json_extract(doc, ?) = ?"
_NEWEST = " ORDER BY time DESC, number DESC LIMIT ?"
_LINE = "SELECT number, json(doc) FROM KIND INDEXED BY KIND_by_id WHERE tenant = ? AND id = ?"
_SUMS = """
    SELECT time / ? * ? AS step, '', sum(n0), sum(n1), sum(n2), sum(n3), sum(n4) FROM KIND
    WHERE tenant = ? AND time >= ? AND time < ? GROUP BY step ORDER BY step"""
_TOP = """
    SELECT 0, name, sum(n0), sum(n1), sum(n2), sum(n3), sum(n4) FROM KIND
    WHERE tenant = ? AND time >= ? AND time < ?
    GROUP BY name HAVING sum(PLACE) > 0 ORDER BY sum(PLACE) DESC, name LIMIT ?"""
_TOP_BY_DAY = """
    SELECT time, name, n0, n1, n2, n3, n4 FROM (
        SELECT *, row_number() OVER (PARTITION BY time ORDER BY PLACE DESC, name) AS place FROM KIND
        WHERE tenant = ? AND time >= ? AND time < ? AND PLACE > 0
    ) WHERE place <= ? ORDER BY time DESC, place"""
# Looks up one tenant after the other in the index, where DISTINCT would read all of it.
_TENANTS = """
    WITH RECURSIVE found (tenant) AS (
        SELECT min(tenant) FROM KIND
        UNION ALL SELECT (SELECT min(tenant) FROM KIND WHERE tenant > found.tenant) FROM found
        WHERE found.tenant IS NOT NULL
    ) SELECT tenant FROM found WHERE tenant IS NOT NULL"""


class SqliteJournal:
    """Journals of a data directory."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; nothing is touched before the first line or count is noted."""
        self._path = DataDirectory(directory).journal
        self._writer = JournalWriter(self._path)
        # Reads take turns in a thread of their own, so that a long one holds up nothing but other reads of journals.
        self._turns = ThreadPoolExecutor(1, "journal-reads")
        self._reader: apsw.Connection | None = None

    @property
    def dropped(self) -> int:
        """How much was given up."""
        return self._writer.dropped

    def note(self, tenant: str, line: JournalLine) -> None:
        """Keep a line."""
        self._writer.put(tenant, (line,))

    def note_all(self, tenant: str, lines: Sequence[JournalLine]) -> None:
        """Keep lines."""
        self._writer.put(tenant, lines)

    def count(self, tenant: str, count: Count) -> None:
        """Add to a count."""
        self._writer.put(tenant, (count,))

    async def lines(self, tenant: str, kind: type[Line], query: LineQuery) -> Sequence[Numbered[Line]]:
        """Return lines."""
        sql, values = _LINES, [tenant, query.span.first, query.span.end]
        if query.id is not None:
            sql, values = _LINES_OF, [tenant, query.id, query.span.first, query.span.end]
        if query.after is not None:
            sql += _BEHIND
            values += query.after
        for name, value in query.where.items():
            sql += _HAS
            values += (f"$.{name}", value)
        return _decoded(kind, await self._rows(of(sql + _NEWEST, kind.kind), (*values, query.limit)))

    async def line(self, tenant: str, kind: type[Line], line_id: str) -> Line | None:
        """Return a line."""
        found = _decoded(kind, await self._rows(of(_LINE + _NEWEST, kind.kind), (tenant, line_id, 1)))
        return found[0].line if found else None

    async def sums(self, tenant: str, kind: str, span: Span, step_seconds: int) -> Sequence[Count]:
        """Return sums by time."""
        values = (step_seconds, step_seconds, tenant, span.first, span.end)
        return _counts(kind, await self._rows(of(_SUMS, kind), values))

    async def top(self, tenant: str, kind: str, ranking: Ranking) -> Sequence[Count]:
        """Return the highest."""
        sql = (_TOP_BY_DAY if ranking.by_day else _TOP).replace("PLACE", f"n{ranking.by}")
        values = (tenant, ranking.span.first, ranking.span.end, ranking.limit)
        return _counts(kind, await self._rows(of(sql, kind), values))

    async def tenants(self) -> Sequence[str]:
        """Return whose anything is."""
        kinds = (*(line.kind for line in LINE_KINDS), *COUNT_KINDS)
        found = [await self._rows(of(_TENANTS, kind), ()) for kind in kinds]
        return sorted({tenant for of_kind in found for (tenant,) in of_kind})

    async def forget(self, tenant: str, before: float | None = None) -> None:
        """Remove a tenant's."""
        limit = math.inf if before is None else before
        await self._change(lambda connection: forget(connection, tenant, limit), None)

    async def trim(self, retention: Mapping[str, Retention], now: float) -> int:
        """Remove what is too old or too much."""
        return await self._change(lambda connection: trim(connection, retention, now), 0)

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._turns.shutdown)
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    async def _rows(self, sql: str, values: Row) -> list[Row]:
        return await asyncio.get_running_loop().run_in_executor(self._turns, self._read, sql, values)

    def _read(self, sql: str, values: Row) -> list[Row]:
        self._writer.flush()
        if self._reader is None:
            self._reader = self._opened()
        return [] if self._reader is None else rows(self._reader, sql, values)

    def _opened(self) -> apsw.Connection | None:
        """Return a connection that reads, None while there is nothing to read."""
        if not self._is_there():
            return None
        reader = open_reader(self._path)
        ((version,),) = rows(reader, "PRAGMA user_version", ())
        # Another process may be about to make the tables.
        if not version:
            reader.close()
            return None
        if version < VERSION:
            open_journal(self._path).close()
        return reader

    async def _change(self, work: Callable[[apsw.Connection], _Done], nothing: _Done) -> _Done:
        """Do something on a connection of its own; where there is no file yet, there is nothing to do."""

        def change() -> _Done:
            self._writer.flush()
            if not self._is_there():
                return nothing
            with closing(open_journal(self._path)) as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._turns, change)

    def _is_there(self) -> bool:
        return self._path.is_file()


def _decoded(kind: type[Line], found: Sequence[Row]) -> list[Numbered[Line]]:
    return [Numbered(number, msgspec.json.decode(doc, type=kind)) for number, doc in found]


def _counts(kind: str, found: Sequence[Row]) -> list[Count]:
    return [Count(kind, time, name, tuple(numbers)) for time, name, *numbers in found]
