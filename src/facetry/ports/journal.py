"""The port of the journals: what happened, kept for a while, in lines and in counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from facetry.domain.journal import Count, JournalLine, Line, LineQuery, Numbered, Ranking, Retention, Span


class Journal(Protocol):
    """Journals of all tenants; several processes may write to the same ones."""

    @property
    def dropped(self) -> int:
        """How many lines and counts this process could not keep: too many were waiting, or the disk refused."""

    def note(self, tenant: str, line: JournalLine) -> None:
        """Keep a line soon; microseconds, never fails, never waits for a disk. May be called from any thread."""

    def note_all(self, tenant: str, lines: Sequence[JournalLine]) -> None:
        """Keep many lines soon, in their order; likewise. Where there is no room for all, the last are dropped."""

    def count(self, tenant: str, count: Count) -> None:
        """Add to what is counted under the same kind, time and name; likewise."""

    async def lines(self, tenant: str, kind: type[Line], query: LineQuery) -> Sequence[Numbered[Line]]:
        """Return lines of a journal, newest first; of the same time, the one that was kept last first.

        Holds every line that this process noted before, unless it was dropped or the disk is very slow. Fields that
        ``query.where`` names are those of the kind.

        Raises:
            StoreError: The journal cannot be read.
        """

    async def line(self, tenant: str, kind: type[Line], line_id: str) -> Line | None:
        """Return the newest line with this id, or None; otherwise as ``lines``."""

    async def sums(self, tenant: str, kind: str, span: Span, step_seconds: int) -> Sequence[Count]:
        """Return what was counted, all names together, ascending by time.

        Each count's time is a multiple of ``step_seconds``; its name is empty. Times at which nothing was counted are
        left out. Counts belong to a span by their own time.

        Raises:
            StoreError: The journal cannot be read.
        """

    async def top(self, tenant: str, kind: str, ranking: Ranking) -> Sequence[Count]:
        """Return the names that were counted most; by day the latest day first, else each name's time is 0.

        Raises:
            StoreError: The journal cannot be read.
        """

    async def tenants(self) -> Sequence[str]:
        """Return the ids of tenants that anything is kept of, ascending.

        Raises:
            StoreError: The journal cannot be read.
        """

    async def forget(self, tenant: str, before: float | None = None) -> None:
        """Remove all lines and counts of a tenant, or those of before a time; nothing of them stays on disk.

        Of the minute or day that a time lies in, counts stay.

        What this process noted before and has not written yet goes too. Harmless to repeat.

        Raises:
            StoreError: The journal cannot be written.
        """

    async def trim(self, retention: Mapping[str, Retention], now: float) -> int:
        """Remove some of the oldest lines and counts that are kept no longer, of all tenants, and return how many.

        A small step that holds up no writer for long; there is more to do until it returns 0. Of lines that are too
        much the oldest of the tenant go that has most, so that one who floods a journal shortens only its own memory.

        Args:
            retention: By kind of line or count; what is not named is kept.
            now: Unix time.

        Raises:
            StoreError: The journal cannot be written.
        """

    async def close(self) -> None:
        """Write what is waiting, for a moment, and let go of everything; harmless to repeat."""
