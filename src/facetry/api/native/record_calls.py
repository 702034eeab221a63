"""What the calls about gemstones, listings, orders and clients have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from facetry.api.native.call import Call
from facetry.api.native.conditions import condition_of, without_condition
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.problems import changed_answer
from facetry.api.native.reads import PAGED, Reading, Reads, page_document
from facetry.api.native.record_lists import Span, Wanted, found
from facetry.api.native.record_reading import price
from facetry.api.native.record_rendering import record_document, record_tag
from facetry.api.native.writes import Writes, Written
from facetry.application.records import Records
from facetry.domain.catalog import Expecting, Write
from facetry.domain.derived import Derived
from facetry.domain.errors import ChangedMeanwhileError, RecordNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, Recorded
from facetry.domain.order_statuses import Statuses, statuses_of
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.http.answer import Answer, json_answer
from facetry.http.long_lists import written_list

_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)
_CREATED = 201
_LONGEST_SHOWN = 100


class RecordCalls:
    """Reads and writes records of a kind, and answers with them."""

    def __init__(self, kind: RecordKind, path: str, dependencies: Dependencies) -> None:
        """Read from a store, and write to a catalog; ``path`` is that of the list of all."""
        self._kind = kind
        self._path = path
        self._reads = Reads(dependencies.relay)
        self._writes = Writes(dependencies.catalog, dependencies.clock)
        self._records = Records(dependencies.store)

    async def begin(self, call: Call, *filters: str) -> Reading:
        """Begin to read a list that takes these filters.

        Raises:
            BadParameterError, RevisionNotReachedError: As of ``Reads.begin``.
        """
        return await self._reads.begin(call, *PAGED, *filters)

    async def list(self, call: Call, reading: Reading, wanted: Wanted) -> Answer:
        """Show a page of the records that are wanted."""
        span = Span(reading.after_id, reading.limit + 1)
        return await self.page(call, reading, await found(self._records, call.session.tenant, self._kind, wanted, span))

    async def page(self, call: Call, reading: Reading, records: Sequence[Record]) -> Answer:
        """Show the first of some records, and whether there are more of them."""
        shown, statuses = records[: reading.limit], _statuses(call)
        items = await written_list(record_document(record, statuses) for record in shown)
        last = shown[-1].id if len(records) > len(shown) else None
        return json_answer(page_document((), last) | {"items": items})

    async def get(self, call: Call, key: RecordKey) -> Answer:
        """Show a record."""
        await self._reads.begin(call)
        record, statuses = await self.one(call, key), _statuses(call)
        return msgspec.structs.replace(json_answer(record_document(record, statuses)), tag=record_tag(record, statuses))

    async def one(self, call: Call, key: RecordKey) -> Record:
        """Return a record.

        Raises:
            RecordNotFoundError: There is none.
        """
        return await self._records.one(call.session.tenant, self._kind, key)

    async def before(self, call: Call, key: RecordKey) -> Record | None:
        """Return the record that is to be changed; None where there is none, which the write tells.

        That is not told before, because a repeat of what was done gets its answer even when the record has gone.
        """
        (record,) = await self._records.find(call.session.tenant, self._kind, [key])
        return record

    async def add(self, call: Call, write: Write) -> Answer:
        """Do the write of a new record, and show it."""
        without_condition(call)
        return self._shown(call, await self._writes.written(call, write))

    async def change(self, call: Call, write: Write, key: RecordKey) -> Answer:
        """Do the write of the record with a key, if it is as the caller has read it, and show it as it is then."""
        done = await self.written(call, write, key)
        return self._shown(call, done) if isinstance(done, Written) else done

    async def delete(self, call: Call, key: RecordKey) -> Answer:
        """Remove a record, if it is as the caller has read it."""
        done = await self.written(call, DeleteRecord(self._kind, key), key)
        return done.empty() if isinstance(done, Written) else done

    async def written(self, call: Call, write: Write, key: RecordKey) -> Written | Answer:
        """Return what a write did, or how the record is, if that is not as the caller has read it."""
        try:
            return await self._writes.written(call, write, condition_of(call, key, self._kind))
        except ChangedMeanwhileError:
            record, statuses = await self.one(call, key), _statuses(call)
            document, tag = record_document(record, statuses), record_tag(record, statuses)
            return changed_answer(document, tag, call.exchange.request_id)

    def _shown(self, call: Call, done: Written) -> Answer:
        effect, statuses = recorded(done), _statuses(call)
        document, tag = record_document(effect.record, statuses), record_tag(effect.record, statuses)
        if not effect.created:
            return done.answer(document, tag=tag)
        return done.answer(document, status=_CREATED, tag=tag, location=f"{self._path}/{_name(effect.record)}")


def key_of(call: Call, kind: RecordKind) -> RecordKey:
    """Return which record the path of a call names.

    Raises:
        RecordNotFoundError: Nothing can have its number.
    """
    if kind is RecordKind.GEMSTONE:
        return RecordKey(code=call.variables["code"])
    number = call.variables["id"]
    if not _ID.fullmatch(number):
        raise RecordNotFoundError(kind.value, number[:_LONGEST_SHOWN])
    return RecordKey(int(number))


def recorded(done: Written) -> Recorded:
    """Return what a write of a record did."""
    assert isinstance(done.effect, Recorded)  # noqa: S101 - narrows the union for the type checker
    return done.effect


def expecting(body: msgspec.Struct, write: Write) -> Write:
    """Return a write that a document asks for, which is refused where what the document says beside it is not so."""
    said = {name: getattr(body, name, UNSET) for name in Derived.__struct_fields__}
    given = {name: value for name, value in said.items() if value is not UNSET and value is not None}
    if "total" in given:
        given["total"] = price("total", given["total"])
    return Expecting(Derived(**given), write) if given else write


def _name(record: Record) -> str:
    """Return what the path of a record ends with."""
    return quote(record.code, safe="") if isinstance(record, Gemstone) else str(record.id)


def _statuses(call: Call) -> Statuses:
    return statuses_of(call.session.settings.client_api.statuses)
