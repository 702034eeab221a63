"""Histories of products and records on their way in the file of a tenant."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence

from facetry.domain.errors import StoreError
from facetry.domain.journal import HistoryLine, LineQuery, RecordHistoryLine
from facetry.ports.journal import Journal

_PAGE = 500
_log = logging.getLogger(__name__)
Change = HistoryLine | RecordHistoryLine


async def noted_changes(journal: Journal, tenant: str, revision: int) -> AsyncIterator[Sequence[Change]]:
    """Yield the changes of products, then those of records, newest first, that were made up to a revision.

    Raises:
        StoreError: The journal cannot be read.
    """
    kinds: tuple[type[Change], ...] = (HistoryLine, RecordHistoryLine)
    for kind in kinds:
        after: tuple[float, int] | None = None
        while found := await journal.lines(tenant, kind, LineQuery(limit=_PAGE, after=after)):
            after = found[-1].line.time, found[-1].number
            yield [one.line for one in found if one.line.revision <= revision]


async def note_changes(journal: Journal, tenant: str, changes: AsyncIterable[Sequence[Change]]) -> None:
    """Note changes that come newest first, so that those of one moment keep their order.

    What the journal has no room for is missing from histories, and nothing else.
    """
    waiting: list[Change] = []
    try:
        async for portion in changes:
            waiting += portion
            *whole, waiting = _moments(waiting)
            for moment in whole:
                journal.note_all(tenant, moment[::-1])
            # To read is to wait until what was noted is written: no more is noted than there is room for.
            await journal.lines(tenant, HistoryLine, LineQuery(limit=1))
        journal.note_all(tenant, waiting[::-1])
        await journal.lines(tenant, HistoryLine, LineQuery(limit=1))
    except StoreError as error:
        _log.warning("histories of tenant %s were not taken over as a whole: %s", tenant, error.message)


def _moments(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield changes that follow each other by those of one kind and time; at last those that others may belong to."""
    moment: list[Change] = []
    for change in changes:
        if moment and (moment[-1].kind, moment[-1].time) != (change.kind, change.time):
            yield moment
            moment = []
        moment.append(change)
    yield moment
