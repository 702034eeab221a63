"""The calls about the histories of gemstones, listings, orders and clients: who changed what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping

from facetry.api.native.call import Call
from facetry.api.native.clients import CLIENT
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.fields import Document
from facetry.api.native.gemstones import GEMSTONE
from facetry.api.native.history import differences, escaped, line_document
from facetry.api.native.journals import journal_page, position
from facetry.api.native.listings import LISTING
from facetry.api.native.orders import ORDER
from facetry.api.native.reads import PAGED, Reads
from facetry.api.native.record_calls import key_of
from facetry.api.native.record_rendering import record_document
from facetry.api.native.routing import Route
from facetry.application.record_history import RecordChange, RecordHistory, record_change_of
from facetry.application.records import Records
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.record import RecordKind
from facetry.domain.records import Record
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer

HISTORIES: Mapping[RecordKind, str] = {
    RecordKind.GEMSTONE: f"{GEMSTONE}/history",
    RecordKind.LISTING: f"{LISTING}/history",
    RecordKind.ORDER: f"{ORDER}/history",
    RecordKind.CLIENT: f"{CLIENT}/history",
}
"""The path of the history of a record, by its kind."""
DERIVED = frozenset({"id", "total", "update_date", "updated"})
"""What follows from the rest, or says only that something was changed, and is told of no change."""


class RecordHistories:
    """Handles the calls about histories of records."""

    def __init__(self, history: RecordHistory, records: Records, reads: Reads) -> None:
        """Show the histories of records."""
        self._history = history
        self._records = records
        self._reads = reads

    def of(self, kind: RecordKind) -> Callable[[Call], Awaitable[Answer]]:
        """Return what shows the changes of a record of a kind, newest first."""

        async def show(call: Call) -> Answer:
            return await self._list(call, kind)

        return show

    async def _list(self, call: Call, kind: RecordKind) -> Answer:
        reading = await self._reads.begin(call, *PAGED)
        tenant, key = call.session.tenant, key_of(call, kind)
        after = position(reading.parameters)
        (record,) = await self._records.find(tenant, kind, [key])
        number = record.id if record else await self._history.id_of(tenant, key)
        found = await self._history.lines(tenant, kind, number, reading.limit + 1, after) if number else []
        if record is None and not found and after is None:
            raise RecordNotFoundError(kind.value, str(key))
        statuses = statuses_of(call.session.settings.client_api.statuses)
        documents = [line_document(one.line, _changes(record_change_of(one.line), statuses)) for one in found]
        return journal_page(found, reading.limit, documents)


def _changes(change: RecordChange, statuses: Statuses) -> Iterator[Document]:
    before, after = change.before, change.after
    if before is None:
        return
    if after is None:
        yield {"pointer": "", "from": record_document(before, statuses)}
        return
    yield from differences(_flat(before, statuses), _flat(after, statuses))


def _flat(record: Record, statuses: Statuses) -> Document:
    """Return the fields of a record by JSON pointer; those that have fields of their own, each of these."""
    flat: Document = {}
    for name, value in record_document(record, statuses).items():
        if isinstance(value, dict):
            flat |= {f"/{name}/{escaped(part)}": one for part, one in value.items()}
        elif name not in DERIVED:
            flat[f"/{name}"] = value
    return flat


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of histories of records."""
    known = RecordHistory(dependencies.journal)
    histories = RecordHistories(known, Records(dependencies.store), Reads(dependencies.relay))
    return [Route("GET", path, histories.of(kind), Scope.READ) for kind, path in HISTORIES.items()]
