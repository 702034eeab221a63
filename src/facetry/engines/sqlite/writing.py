"""The unit of work of one caller: its writes, the groups they touch and their rows in the change log."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import apsw

from facetry.domain.catalog import Outcome, Write, perform, refusal
from facetry.domain.change import Receipt
from facetry.domain.errors import FacetryError, TenantNotFoundError
from facetry.domain.product import new_object_id
from facetry.engines.sqlite.commit import ROLL_BACK
from facetry.engines.sqlite.connection import found
from facetry.engines.sqlite.documents import encode_record_ids, encode_texts
from facetry.engines.sqlite.view import TransactionView

_TENANT = "SELECT number, revision, next_joined, products, groups FROM tenants WHERE id = ?"
_GROUP = "SELECT object_id FROM groups WHERE tenant = ? AND group_id = ?"
_PUT_GROUP = "INSERT OR REPLACE INTO groups (tenant, group_id, object_id, revision) VALUES (?, ?, ?, ?)"
_DELETE_GROUP = "DELETE FROM groups WHERE tenant = ? AND group_id = ?"
_PUT_CHANGE = "INSERT INTO changes (tenant, revision, skus, groups, records) VALUES (?, ?, ?, ?, ?)"
_PUT_TENANT = "UPDATE tenants SET revision = ?2, next_joined = ?3, products = ?4, groups = ?5 WHERE number = ?1"


class WriteCommand:
    """Do writes in order, each on its own: a refused one changes nothing, the others stand."""

    def __init__(self, tenant: str, writes: Sequence[Write]) -> None:
        """Name the tenant and what to do."""
        self.tenant: str | None = None
        self._id = tenant
        self._writes = writes

    def steps(self, connection: apsw.Connection) -> Generator[None, None, Receipt]:
        """Do one write a step, inside the transaction that is open, and return the receipt."""
        try:
            return (yield from self._done(UnitOfWork(connection, self._id)))
        except _HalfDoneError:
            connection.execute(ROLL_BACK)
            return (yield from self._done(UnitOfWork(connection, self._id, is_careful=True)))

    def _done(self, unit: UnitOfWork) -> Generator[None, None, Receipt]:
        outcomes = []
        for write in self._writes:
            outcomes.append(unit.do(write))
            yield
        if unit.finish():
            self.tenant = self._id
        return Receipt(unit.revision, tuple(outcomes))


class _HalfDoneError(Exception):
    """A write was refused when it had changed something already, and nothing tells what."""


class UnitOfWork:
    """The writes of one caller to one tenant inside the open transaction.

    Products are written at once, so that later writes see them; each touched group, the log and the tenant's
    counters are written once, by ``finish``.

    Attributes:
        revision: The tenant's revision, that of the last write that took effect.
    """

    def __init__(self, connection: apsw.Connection, tenant: str, *, is_careful: bool = False) -> None:
        """Begin.

        Nearly every write is refused before it changes anything, if at all, so only a careful unit pays for a
        savepoint around each; any other one has to be done anew, and carefully, where that does not hold.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """
        stored = found(connection, _TENANT, (tenant,))
        if not stored:
            raise TenantNotFoundError(tenant)
        self._number, self.revision, joined, self._product_count, self._group_count = stored[0]
        self._connection = connection
        self._is_careful = is_careful
        self._view = TransactionView(connection, self._number, joined)
        # Object id of each touched group, None where it lives no more, and the last revision that touched it.
        self._groups: dict[str, tuple[str | None, int]] = {}
        self._log: list[tuple[int, int, bytes, bytes, bytes | None]] = []

    def do(self, write: Write) -> Outcome:
        """Do one write.

        Raises:
            _HalfDoneError: It was refused too late for a unit that is not careful.
        """
        self._view.begin_write()
        joined, changes = self._view.joined, self._connection.total_changes()
        self._mark("SAVEPOINT one_write")
        outcome: Outcome
        try:
            outcome = perform(self._view, write)
        except FacetryError as error:
            if not self._is_careful and self._connection.total_changes() != changes:
                raise _HalfDoneError from error
            self._mark("ROLLBACK TO one_write")
            self._view.joined = joined
            outcome = refusal(error)
        else:
            self._record()
        self._mark("RELEASE one_write")
        return outcome

    def _mark(self, statement: str) -> None:
        if self._is_careful:
            self._connection.execute(statement)

    def finish(self) -> bool:
        """Write groups, log and counters, and return whether any write took effect."""
        if not self._log:
            return False
        number = self._number
        living = [(number, name, key, at) for name, (key, at) in self._groups.items() if key is not None]
        gone = [(number, name) for name, (key, _) in self._groups.items() if key is None]
        self._connection.executemany(_PUT_GROUP, living)
        if gone:
            self._connection.executemany(_DELETE_GROUP, gone)
        self._connection.executemany(_PUT_CHANGE, self._log)
        counters = (number, self.revision, self._view.joined, self._product_count, self._group_count)
        self._connection.execute(_PUT_TENANT, counters)
        return True

    def _record(self) -> None:
        view = self._view
        self.revision += 1
        self._product_count += view.added
        touched = dict.fromkeys((*view.gained, *view.left))
        for group_id in touched:
            # Several writes done together may have put a product into a group and taken it out again.
            is_sure = group_id not in view.left
            self._touch(group_id, lives=is_sure or view.has_members(group_id))
        kept = encode_record_ids(view.kept) if view.kept else None
        self._log.append((self._number, self.revision, encode_texts(view.skus), encode_texts(touched), kept))

    def _touch(self, group_id: str, *, lives: bool) -> None:
        known = self._groups.get(group_id)
        object_id = self._stored_object_id(group_id) if known is None else known[0]
        self._group_count += lives - (object_id is not None)
        self._groups[group_id] = ((object_id or new_object_id()) if lives else None, self.revision)

    def _stored_object_id(self, group_id: str) -> str | None:
        stored = found(self._connection, _GROUP, (self._number, group_id))
        return stored[0][0] if stored else None
