"""Records in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey


class MemoryRecords:
    """One tenant's records by kind and id."""

    def __init__(self) -> None:
        """Begin without any."""
        self._records: defaultdict[RecordKind, dict[int, Record]] = defaultdict(dict)
        self._ids: dict[tuple[RecordKind, str], int] = {}
        self._last_ids: dict[RecordKind, int] = {}

    def found(self, kind: RecordKind, key: RecordKey) -> Record | None:
        """Return a record, or None."""
        return self._records[kind].get(key.id or self._ids.get((kind, key.code), 0))

    def of_kind(self, kind: RecordKind) -> Sequence[Record]:
        """Return all records of a kind, ascending by id."""
        return [self._records[kind][record_id] for record_id in sorted(self._records[kind])]

    def next_id(self, kind: RecordKind) -> int:
        """Return an id that no record of the kind ever had."""
        self._last_ids[kind] = self._last_ids.get(kind, 0) + 1
        return self._last_ids[kind]

    def last_id(self, kind: RecordKind) -> int:
        """Return the last id of a kind that any record got; 0 before the first."""
        return self._last_ids.get(kind, 0)

    def count_from(self, kind: RecordKind, last_id: int) -> None:
        """Have the next id of a kind be the one behind this."""
        self._last_ids[kind] = last_id

    def put(self, kind: RecordKind, record_id: int, record: Record | None) -> None:
        """Have an id be this record, or none."""
        old = self._records[kind].pop(record_id, None)
        if old is not None and old.unique:
            del self._ids[kind, old.unique]
        if record is not None:
            self._records[kind][record_id] = record
            if record.unique:
                self._ids[kind, record.unique] = record_id
