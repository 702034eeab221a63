"""Journals in collections that all processes of a database write."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError

from facetry.domain.journal import (
    COUNT_KINDS,
    COUNTS,
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
from facetry.engines.mongodb.failures import DUPLICATE_KEY, failures
from facetry.engines.mongodb.journal_documents import (
    CountKey,
    Document,
    count_of,
    count_update,
    line_document,
    line_of,
    lines_wanted,
    ranking_names,
    summing,
)
from facetry.engines.mongodb.journal_trimming import forget, trim
from facetry.engines.mongodb.journal_writer import JournalWriter, Noted
from facetry.engines.mongodb.numbering import next_numbers
from facetry.engines.mongodb.side_collections import JOURNAL_NUMBERS, journal_collection

_TOGETHER = 500
"""So many lines or counts go in one command, so that others in this process get their turn."""
_NEWEST = (("s", -1), ("_id", -1))


class MongoJournal:
    """Journals of a database; to be made in the loop that uses it."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        """Keep journals in a database; nothing is written before the first line or count is noted."""
        self._database = database
        # A journal may lose what came in the second before a failover.
        self._quick = database.with_options(write_concern=WriteConcern(w=1))
        self._writer = JournalWriter(self._keep)

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
        await self._writer.flush()
        collection = self._database[journal_collection(kind.kind)]
        with failures():
            wanted = collection.find(lines_wanted(tenant, query)).sort(_NEWEST).limit(query.limit)
            return [Numbered(one["_id"], line_of(kind, one)) for one in await wanted.to_list()]

    async def line(self, tenant: str, kind: type[Line], line_id: str) -> Line | None:
        """Return a line."""
        found = await self.lines(tenant, kind, LineQuery(id=line_id, limit=1))
        return found[0].line if found else None

    async def sums(self, tenant: str, kind: str, span: Span, step_seconds: int) -> Sequence[Count]:
        """Return sums by time."""
        return await self._counts(kind, summing(tenant, span, step_seconds))

    async def top(self, tenant: str, kind: str, ranking: Ranking) -> Sequence[Count]:
        """Return the highest."""
        return await self._counts(kind, ranking_names(tenant, ranking))

    async def tenants(self) -> Sequence[str]:
        """Return whose anything is."""
        await self._writer.flush()
        kinds = (*(line.kind for line in LINE_KINDS), *COUNT_KINDS)
        with failures():
            found = [await self._database[journal_collection(kind)].distinct("t") for kind in kinds]
        return sorted({tenant for of_kind in found for tenant in of_kind})

    async def forget(self, tenant: str, before: float | None = None) -> None:
        """Remove a tenant's."""
        await self._writer.flush()
        with failures():
            await forget(self._database, tenant, math.inf if before is None else before)

    async def trim(self, retention: Mapping[str, Retention], now: float) -> int:
        """Remove what is too old or too much."""
        await self._writer.flush()
        with failures():
            return sum([await trim(self._quick, kind, kept, now) for kind, kept in retention.items()])

    async def close(self) -> None:
        """Write what is waiting."""
        await self._writer.close()

    async def _counts(self, kind: str, pipeline: list[Document]) -> list[Count]:
        await self._writer.flush()
        with failures():
            found = await self._database[journal_collection(kind)].aggregate(pipeline)
            return [count_of(kind, one) for one in await found.to_list()]

    async def _keep(self, batch: Sequence[Noted]) -> int:
        """Write a batch and return how much of it nothing can store."""
        lines: dict[str, list[Document | None]] = {}
        counts: dict[str, dict[CountKey, list[int]]] = {}
        for tenant, noted in batch:
            if isinstance(noted, Count):
                key = (tenant, noted.time, noted.name)
                numbers = counts.setdefault(noted.kind, {}).setdefault(key, [0] * COUNTS)
                for place, number in enumerate(noted.numbers):
                    numbers[place] += number
            else:
                lines.setdefault(noted.kind, []).append(line_document(tenant, noted))
        lost = sum([await self._add_lines(kind, of_kind) for kind, of_kind in lines.items()])
        return lost + sum([await self._add_counts(kind, of_kind) for kind, of_kind in counts.items()])

    async def _add_lines(self, kind: str, documents: Sequence[Document | None]) -> int:
        """Insert lines under the next numbers, and return how many nothing can store."""
        fit = [one for one in documents if one is not None]
        if fit:
            last = await next_numbers(self._quick[JOURNAL_NUMBERS], kind, len(fit))
            numbered = [{"_id": last - len(fit) + place, **one} for place, one in enumerate(fit, 1)]
            for first in range(0, len(numbered), _TOGETHER):
                await self._quick[journal_collection(kind)].insert_many(
                    numbered[first : first + _TOGETHER], ordered=False
                )
        return len(documents) - len(fit)

    async def _add_counts(self, kind: str, counts: Mapping[CountKey, Sequence[int]]) -> int:
        """Add to counts, and return how many nothing can store."""
        updates = [count_update(key, numbers) for key, numbers in counts.items()]
        fit = [one for one in updates if one is not None]
        for first in range(0, len(fit), _TOGETHER):
            await self._add(kind, fit[first : first + _TOGETHER])
        return len(updates) - len(fit)

    async def _add(self, kind: str, updates: Sequence[UpdateOne]) -> None:
        collection = self._quick[journal_collection(kind)]
        try:
            await collection.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(one["code"] != DUPLICATE_KEY for one in failed):
                raise
            # Another process made the document at the same moment, so it is there to be added to now.
            await collection.bulk_write([updates[one["index"]] for one in failed], ordered=False)
