"""The last changes of a record, as its own page shows them."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.application.record_history import RecordHistory
from facetry.dashboard.call import PageCall
from facetry.dashboard.product_views.changes import Change
from facetry.dashboard.records.changes import RecordChanges
from facetry.domain.records import Record
from facetry.ports.journal import Journal

NEWEST = 5
"""So many changes stand on the page of a record."""


class LastOfRecords:
    """Reads the last changes of records."""

    def __init__(self, journal: Journal) -> None:
        """Read from a journal."""
        self._history = RecordHistory(journal)

    async def of(self, call: PageCall, record: Record, url: str) -> Sequence[Change]:
        """Return the last changes of the record that is shown at a URL, newest first.

        Raises:
            StoreError: The journal cannot be read.
        """
        lines = await self._history.lines(call.tenant, record.kind, record.id, NEWEST)
        changes = RecordChanges(call)
        return [changes.change(one.line, url) for one in lines]
