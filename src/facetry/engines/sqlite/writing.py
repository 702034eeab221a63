"""The unit of work of one caller: its writes, the groups they touch and their rows in the change log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import apsw

from facetry.domain.catalog import (
    AllOrNone,
    DeleteProduct,
    Effect,
    Guarded,
    Once,
    Outcome,
    PatchProduct,
    PutProduct,
    Write,
    refusal,
)
from facetry.domain.change import Receipt
from facetry.domain.errors import FacetryError, TenantNotFoundError
from facetry.domain.performing import perform_in_steps
from facetry.domain.product import new_object_id
from facetry.domain.quotas import Quotas, Usage
from facetry.domain.record import RecordKind
from facetry.domain.selling import SellProduct
from facetry.domain.touching import Touch, TouchedProduct
from facetry.engines.sqlite.bulk import insert_all
from facetry.engines.sqlite.commands import ROLL_BACK, Steps
from facetry.engines.sqlite.connection import Row, found
from facetry.engines.sqlite.documents import encode_record_ids, encode_texts
from facetry.engines.sqlite.recent import Written
from facetry.engines.sqlite.view import HalfDoneError, Held, TransactionView

_TOGETHER = 200
"""So many writes are looked at together before they are done."""
_TENANT = """
    SELECT number, revision, next_joined, products, bytes, groups, currency, max_products, max_bytes
    FROM tenants WHERE id = ?"""
_GROUP = "SELECT object_id FROM groups WHERE tenant = ? AND group_id = ?"
_GROUPS = """
    SELECT g.group_id, g.object_id FROM json_each(?2) AS wanted
    CROSS JOIN groups AS g ON g.tenant = ?1 AND g.group_id = wanted.value"""
_PUT_GROUP = "INSERT OR REPLACE INTO groups (tenant, group_id, object_id, revision) VALUES (?, ?, ?, ?)"
_DELETE_GROUP = "DELETE FROM groups WHERE tenant = ? AND group_id = ?"
_PUT_CHANGE = "INSERT INTO changes (tenant, revision, skus, groups, records) VALUES (?, ?, ?, ?, ?)"
_PUT_TENANT = """
    UPDATE tenants SET revision = ?2, next_joined = ?3, products = ?4, bytes = ?5, groups = ?6 WHERE number = ?1"""


class WriteCommand:
    """Do writes in order, each on its own: a refused one changes nothing, the others stand.

    Attributes:
        written: Afterwards what was written, where that is known whole; None where it has to be read.
        touches: Afterwards what became of products and records.
    """

    def __init__(self, tenant: str, writes: Sequence[Write], max_group_products: int = 0) -> None:
        """Name the tenant, what to do, and how many products a group may have; 0 for any number."""
        self._max_group_products = max_group_products
        self.tenant: str | None = None
        self.written: Written | None = None
        self.touches: Sequence[Touch] = ()
        self._id = tenant
        self._writes = writes

    def steps(self, connection: apsw.Connection) -> Steps[Receipt]:
        """Do one write a step, inside the transaction that is open, and return the receipt."""
        try:
            return (yield from self._done(self._unit(connection)))
        except HalfDoneError:
            connection.execute(ROLL_BACK)
            return (yield from self._done(self._unit(connection, is_careful=True)))

    def _unit(self, connection: apsw.Connection, *, is_careful: bool = False) -> UnitOfWork:
        return UnitOfWork(connection, self._id, self._max_group_products, is_careful=is_careful)

    def _done(self, unit: UnitOfWork) -> Steps[Receipt]:
        outcomes = []
        for start in range(0, len(self._writes), _TOGETHER):
            writes = self._writes[start : start + _TOGETHER]
            unit.expect(writes)
            for write in writes:
                outcomes.append((yield from unit.do(write)))
                yield None
        if unit.finish():
            self.tenant = self._id
            self.written = unit.written
            self.touches = unit.touches
        return Receipt(unit.revision, tuple(outcomes))


class UnitOfWork:
    """The writes of one caller to one tenant inside the open transaction.

    Products are written so that later writes see them, new ones some at a time; each touched group, the log and the
    tenant's counters are written once, by ``finish``.

    Attributes:
        revision: The tenant's revision, that of the last write that took effect.
        written: After ``finish`` what was written; None of a careful unit, which cannot tell.
        touches: Each write so far that touched products, or records that are told of.
    """

    def __init__(
        self, connection: apsw.Connection, tenant: str, max_group_products: int = 0, *, is_careful: bool = False
    ) -> None:
        """Begin.

        Nearly every write is refused before it changes anything, if at all, so only a careful unit pays for a
        savepoint around each; any other one has to be done anew, and carefully, where that does not hold.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """
        stored = found(connection, _TENANT, (tenant,))
        if not stored:
            raise TenantNotFoundError(tenant)
        self._number, self.revision, joined, *usage, self._group_count, self._currency, products, size = stored[0]
        held = Held(Usage(*usage), Quotas(products=products, bytes=size), self._currency, max_group_products)
        self.written: Written | None = None
        self.touches: list[Touch] = []
        self._before = self.revision
        self._connection = connection
        self._is_careful = is_careful
        self._view = TransactionView(connection, self._number, joined, held, is_careful=is_careful)
        self._groups: dict[str, _Touch] = {}
        self._skus: set[str] = set()
        self._records: set[tuple[RecordKind, int]] = set()
        self._log: list[tuple[int, int, bytes, bytes, bytes | None]] = []

    def expect(self, writes: Sequence[Write]) -> None:
        """Read what these writes, which are to be done next, begin with."""
        self._view.expect([sku for write in writes if (sku := _sku_of(write))])

    def do(self, write: Write) -> Steps[Outcome]:
        """Do one write, with pauses in one that takes long, and return its outcome.

        Raises:
            HalfDoneError: It was refused too late for a unit that is not careful.
        """
        self._view.begin_write()
        joined, usage, changes = self._view.joined, self._view.usage, self._view.changes
        self._mark("SAVEPOINT one_write")
        outcome: Outcome
        try:
            outcome = yield from self._performed(write)
        except FacetryError as error:
            if not self._is_careful and self._view.changes != changes:
                raise HalfDoneError from error
            self._mark("ROLLBACK TO one_write")
            self._view.joined, self._view.usage = joined, usage
            outcome = refusal(error)
        else:
            self._record(write)
        self._mark("RELEASE one_write")
        return outcome

    def _performed(self, write: Write) -> Steps[Effect]:
        steps = perform_in_steps(self._view, write)
        while True:
            try:
                next(steps)
            except StopIteration as finished:
                return cast("Effect", finished.value)
            yield self._view.inserts.taken_if_many()

    def _mark(self, statement: str) -> None:
        if self._is_careful:
            self._connection.execute(statement)

    def finish(self) -> bool:
        """Write groups, log and counters, and return whether any write took effect."""
        if not self._log:
            return False
        self._view.flush()
        number = self._number
        stored = self._stored_object_ids()
        self._group_count += sum(touch.lives for touch in self._groups.values()) - len(stored)
        living = {name: self._object_id(stored.get(name), touch) for name, touch in self._groups.items() if touch.lives}
        rows = [(number, name, object_id, self._groups[name].revision) for name, object_id in living.items()]
        insert_all(self._connection, _PUT_GROUP, rows)
        if len(living) < len(self._groups):
            gone = [(number, name) for name in self._groups if name not in living]
            self._connection.executemany(_DELETE_GROUP, gone)
        insert_all(self._connection, _PUT_CHANGE, self._log)
        usage = self._view.usage
        counters = (number, self.revision, self._view.joined, usage.products, usage.bytes, self._group_count)
        self._connection.execute(_PUT_TENANT, counters)
        # Of a group that was there before nobody knows here what else is in it: where most are, all is read anew.
        if not self._is_careful and len(stored) <= len(living) // 2:
            self.written = self._all_written(stored, living)
        return True

    def _stored_object_ids(self) -> dict[str, str]:
        """Return the object ids of the touched groups that are there already."""
        if len(self._groups) > 1:
            return dict(found(self._connection, _GROUPS, (self._number, encode_texts(self._groups).decode())))
        return {name: row[0] for name in self._groups for row in found(self._connection, _GROUP, (self._number, name))}

    def _object_id(self, stored: str | None, touch: _Touch) -> str:
        return stored if stored is not None and not touch.is_renewed else new_object_id()

    def _all_written(self, stored: Mapping[str, str], living: Mapping[str, str]) -> Written:
        """Return what was written."""
        groups: dict[str, list[Row] | None] = {
            name: None if living.get(name) == stored.get(name, "") else [] for name in self._groups
        }
        for product, document in self._view.saved.values():
            group_id = product.group_id
            rows = groups[group_id]
            if rows is not None:
                revision = self._groups[group_id].revision
                rows.append((group_id, living[group_id], revision, self._currency, document, product))
        return Written(self._before, self.revision, self._skus, groups, self._records)

    def _record(self, write: Write) -> None:
        view = self._view
        self.revision += 1
        touched = dict.fromkeys((*view.gained, *view.left))
        for group_id in touched:
            # Several writes done together may have put a product into a group and taken it out again.
            is_sure = group_id not in view.left
            self._touch(group_id, lives=is_sure or view.has_members(group_id))
        kept = encode_record_ids((kind.value, number) for kind, number in view.kept) if view.kept else None
        self._skus.update(view.skus)
        self._records.update(view.kept)
        products = [TouchedProduct(sku, before, view.document_now(sku)) for sku, before in view.skus.items()]
        records = view.touched_records()
        if products or records:
            self.touches.append(Touch(self.revision, write, products, records))
        self._log.append((self._number, self.revision, encode_texts(view.skus), encode_texts(touched), kept))

    def _touch(self, group_id: str, *, lives: bool) -> None:
        known = self._groups.get(group_id)
        is_renewed = known is not None and (known.is_renewed or not known.lives)
        self._groups[group_id] = _Touch(lives, is_renewed, self.revision)


def _sku_of(write: Write) -> str:
    """Return the SKU of the product that a write begins with, empty where it has none."""
    match write:
        case PutProduct():
            return write.content.sku
        case PatchProduct() | SellProduct() | DeleteProduct():
            return "" if write.key.id else write.key.sku
        case Guarded() | Once():
            return _sku_of(write.write)
        case AllOrNone() if write.writes:
            return _sku_of(write.writes[0])
    return ""


class _Touch(NamedTuple):
    """What became of a group: whether it lives, whether it was gone in between, and when it was touched last."""

    lives: bool
    is_renewed: bool
    revision: int
