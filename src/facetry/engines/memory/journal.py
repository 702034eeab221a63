"""Journals in memory: the reference of the port, and what a server keeps that has no data directory."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count as numbers
from itertools import islice
from typing import cast

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
    period,
)

MAX_LINES = 10_000
"""So many lines of one kind are kept at most, so that a server that never stops does not grow."""
MAX_COUNTS = 100_000
LINE_BYTES = 400
COUNT_BYTES = 100
"""What a line and a count are taken to be as large as, where a size is set."""

_Tallied = dict[tuple[str, int, str], list[int]]


class MemoryJournal:
    """Journals of one process."""

    def __init__(self) -> None:
        """Begin empty."""
        self.dropped = 0
        self._numbers = numbers(1)
        self._lines: dict[str, deque[tuple[int, str, JournalLine]]] = {
            kind.kind: deque(maxlen=MAX_LINES) for kind in LINE_KINDS
        }
        self._counts: dict[str, _Tallied] = {kind: {} for kind in COUNT_KINDS}

    def note(self, tenant: str, line: JournalLine) -> None:
        """Keep a line."""
        self._lines[line.kind].append((next(self._numbers), tenant, line))

    def note_all(self, tenant: str, lines: Sequence[JournalLine]) -> None:
        """Keep lines."""
        for line in lines:
            self.note(tenant, line)

    def count(self, tenant: str, count: Count) -> None:
        """Add to a count."""
        tallied = self._counts[count.kind]
        kept = tallied.setdefault((tenant, count.time, count.name), [0] * COUNTS)
        for place, number in enumerate(count.numbers):
            kept[place] += number
        if len(tallied) > MAX_COUNTS:
            del tallied[next(iter(tallied))]

    async def lines(self, tenant: str, kind: type[Line], query: LineQuery) -> Sequence[Numbered[Line]]:
        """Return lines."""
        return list(islice(self._wanted(tenant, kind, query), query.limit))

    async def line(self, tenant: str, kind: type[Line], line_id: str) -> Line | None:
        """Return a line."""
        found = await self.lines(tenant, kind, LineQuery(where={"id": line_id}, limit=1))
        return found[0].line if found else None

    async def sums(self, tenant: str, kind: str, span: Span, step_seconds: int) -> Sequence[Count]:
        """Return sums by time."""
        found: dict[tuple[int, str], list[int]] = {}
        for time, _, kept in self._counted(tenant, kind, span):
            _add(found, (period(time, step_seconds), ""), kept)
        return [_count(kind, key, values) for key, values in sorted(found.items())]

    async def top(self, tenant: str, kind: str, ranking: Ranking) -> Sequence[Count]:
        """Return the highest."""
        found: dict[tuple[int, str], list[int]] = {}
        for time, name, kept in self._counted(tenant, kind, ranking.span):
            _add(found, (time if ranking.by_day else 0, name), kept)
        ranked = [pair for pair in found.items() if pair[1][ranking.by] > 0]
        ranked.sort(key=lambda pair: (-pair[0][0], -pair[1][ranking.by], pair[0][1]))
        places: Counter[int] = Counter()
        shown = []
        for (time, name), values in ranked:
            places[time] += 1
            if places[time] <= ranking.limit:
                shown.append(_count(kind, (time, name), values))
        return shown

    async def tenants(self) -> Sequence[str]:
        """Return whose anything is."""
        of_lines = {tenant for lines in self._lines.values() for _, tenant, _ in lines}
        return sorted(of_lines | {tenant for tallied in self._counts.values() for tenant, _, _ in tallied})

    async def forget(self, tenant: str, before: float | None = None) -> None:
        """Remove a tenant's."""
        for kind, lines in self._lines.items():
            kept = [one for one in lines if one[1] != tenant or (before is not None and one[2].time >= before)]
            self._lines[kind] = deque(kept, maxlen=MAX_LINES)
        for kind, tallied in self._counts.items():
            last = math.inf if before is None else before - COUNT_KINDS[kind]
            for key in [key for key in tallied if key[0] == tenant and key[1] <= last]:
                del tallied[key]

    async def trim(self, retention: Mapping[str, Retention], now: float) -> int:
        """Remove what is too old or too much."""
        removed = 0
        for kind, kept in retention.items():
            removed += self._trimmed_lines(kind, kept, now) if kind in self._lines else self._trimmed(kind, kept, now)
        return removed

    async def close(self) -> None:
        """Do nothing."""

    def _wanted(self, tenant: str, kind: type[Line], query: LineQuery) -> Iterator[Numbered[Line]]:
        mine = ((number, line) for number, owner, line in self._lines[kind.kind] if owner == tenant)
        span, after = query.span, query.after
        for number, line in sorted(mine, key=lambda one: (one[1].time, one[0]), reverse=True):
            is_in_span = span.first <= line.time < span.end
            is_of_id = query.id is None or line.id == query.id
            is_after = after is None or (line.time, number) < after
            is_alike = all(getattr(line, name) == value for name, value in query.where.items())
            if is_of_id and is_in_span and is_after and is_alike:
                yield Numbered(number, cast("Line", line))

    def _counted(self, tenant: str, kind: str, span: Span) -> Iterator[tuple[int, str, Iterable[int]]]:
        for (owner, time, name), kept in self._counts[kind].items():
            if owner == tenant and span.first <= time < span.end:
                yield time, name, kept

    def _trimmed_lines(self, kind: str, kept: Retention, now: float) -> int:
        before = len(self._lines[kind])
        recent = (one for one in self._lines[kind] if one[2].time >= now - kept.seconds)
        lines = self._lines[kind] = deque(recent, maxlen=MAX_LINES)
        while lines and len(lines) * LINE_BYTES > kept.size_bytes:
            ((largest, _),) = Counter(tenant for _, tenant, _ in lines).most_common(1)
            lines.remove(next(one for one in lines if one[1] == largest))
        return before - len(lines)

    def _trimmed(self, kind: str, kept: Retention, now: float) -> int:
        tallied = self._counts[kind]
        before = len(tallied)
        for key in sorted(tallied, key=lambda key: key[1]):
            if key[1] >= now - kept.seconds and len(tallied) * COUNT_BYTES <= kept.size_bytes:
                break
            del tallied[key]
        return before - len(tallied)


def _add(sums: dict[tuple[int, str], list[int]], key: tuple[int, str], values: Iterable[int]) -> None:
    sums[key] = [a + b for a, b in zip(sums.get(key, [0] * COUNTS), values, strict=True)]


def _count(kind: str, key: tuple[int, str], values: Iterable[int]) -> Count:
    return Count(kind, key[0], key[1], tuple(values))
