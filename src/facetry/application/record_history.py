"""The history of gemstones, listings, orders and clients: who changed what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from facetry.domain.journal import LineQuery, Numbered, RecordHistoryLine, record_id_of, record_line_id
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.ports.journal import Journal

_decode: Callable[[msgspec.Raw], Record | None] = msgspec.json.Decoder(Record | None).decode


class RecordChange(msgspec.Struct, frozen=True):
    """One change of a record, as it was noted.

    Attributes:
        line: Who changed it, when and why.
        before: The record before; None where it was created.
        after: The record after; None where it was created or removed.
    """

    line: RecordHistoryLine
    before: Record | None
    after: Record | None


def record_change_of(line: RecordHistoryLine) -> RecordChange:
    """Return what a line tells."""
    return RecordChange(line, _decode(line.before), _decode(line.after))


class RecordHistory:
    """The use cases of histories of records."""

    def __init__(self, journal: Journal) -> None:
        """Read from a journal."""
        self._journal = journal

    async def id_of(self, tenant: str, key: RecordKey) -> int:
        """Return the id of a record that is gone; by a code that of the last gemstone with it, 0 where none is known.

        Raises:
            StoreError: The journal cannot be read.
        """
        if key.id:
            return key.id
        gone = LineQuery(where={"action": "delete", "code": key.code}, limit=1)
        found = await self._journal.lines(tenant, RecordHistoryLine, gone)
        return record_id_of(found[0].line.id) if found else 0

    async def lines(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, after: tuple[float, int] | None = None
    ) -> Sequence[Numbered[RecordHistoryLine]]:
        """Return lines of a record, newest first, from behind the time and number of one on.

        Raises:
            StoreError: The journal cannot be read.
        """
        query = LineQuery(id=record_line_id(kind, record_id), after=after, limit=limit)
        return await self._journal.lines(tenant, RecordHistoryLine, query)
