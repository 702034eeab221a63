"""The catalog store of a process that shares a data directory with its owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import Outcome, Write, refusal
from facetry.domain.change import Receipt
from facetry.domain.errors import FacetryError, TenantNotFoundError
from facetry.domain.performing import check
from facetry.domain.storable import is_unicode
from facetry.domain.tenant import Tenant, check_record
from facetry.engines.sqlite.connection import rows
from facetry.engines.sqlite.link import OwnerLink
from facetry.engines.sqlite.messages import (
    CreateTenantCall,
    CutLogCall,
    DeleteTenantCall,
    ReplaceTenantCall,
    RunCall,
    WriteCall,
)
from facetry.engines.sqlite.reader import CatalogReads

_STATE = "SELECT number, version, revision FROM tenants WHERE id = ?"


class SqliteFollowerStore(CatalogReads):
    """A ``CatalogStore`` that reads the database itself and hands its writes to the owner.

    A write whose answer gets lost raises ``StoreBusyError``; its message says that the outcome is open.
    """

    looks = False

    def __init__(self, connection: apsw.Connection, link: OwnerLink) -> None:
        """Take over the connection to read from and the line to the owner."""
        super().__init__(connection)
        self._link = link
        self._data_version = -1
        self._marks: dict[str, tuple[int, ...]] = {}

    async def run(self, task: str, tenant: str, kind: Any) -> Any:  # noqa: ANN401 - the answer has the type asked for
        """Have the owner's program do a task that it offers, however long it takes, and return its answer.

        Raises:
            StoreBusyError: The owner cannot be reached, or ended before it answered.
            StoreError: It offers no such task.
        """
        return await self._link.call(RunCall(task, tenant), kind, patiently=True)

    async def write(self, tenant: str, writes: Sequence[Write], *, by: Actor = OPERATOR) -> Receipt:
        """Have the owner do writes in order, in one durable transaction."""
        if not is_unicode(tenant):
            raise TenantNotFoundError(tenant)
        refused = {at: outcome for at, write in enumerate(writes) if (outcome := _refusal(write)) is not None}
        sent = tuple(write for at, write in enumerate(writes) if at not in refused)
        receipt: Receipt = await self._link.call(WriteCall(tenant, sent, by), Receipt)
        if not refused:
            return receipt
        answered = iter(receipt.outcomes)
        outcomes = [refused[at] if at in refused else next(answered) for at in range(len(writes))]
        return Receipt(receipt.revision, tuple(outcomes))

    async def cut_log(self, tenant: str, below: int) -> None:
        """Have the owner forget rows of the change log."""
        if is_unicode(tenant):
            await self._link.call(CutLogCall(tenant, below), None)

    async def create_tenant(self, tenant: Tenant) -> None:
        """Have the owner add a tenant."""
        check_record(tenant)
        await self._link.call(CreateTenantCall(tenant), None)

    async def replace_tenant(self, tenant: Tenant) -> Tenant:
        """Have the owner replace a tenant's record."""
        check_record(tenant)
        replaced: Tenant = await self._link.call(ReplaceTenantCall(tenant), Tenant)
        return replaced

    async def delete_tenant(self, tenant: str) -> None:
        """Have the owner remove a tenant and all it has."""
        if not is_unicode(tenant):
            raise TenantNotFoundError(tenant)
        await self._link.call(DeleteTenantCall(tenant), None)

    def mark(self, tenant: str) -> object:
        """Return a value that differs whenever the tenant changed, in whichever process."""
        # The statement looks at the file; the driver's ``data_version()`` only repeats what was read last.
        data_version = rows(self._reads, "PRAGMA data_version", ())[0][0]
        if data_version != self._data_version:
            self._data_version = data_version
            self._marks.clear()
        mark = self._marks.get(tenant)
        if mark is None:
            mark = next(iter(rows(self._reads, _STATE, (tenant,))), ())
            self._marks[tenant] = mark
        return mark

    async def look(self, tenant: str) -> None:
        """Do nothing: marks are always true."""

    async def close(self) -> None:
        """Hang up and close the database."""
        await self._link.close()
        self._reads.close()


def _refusal(write: Write) -> Outcome | None:
    """Return the outcome of a write that the owner cannot be sent unchanged, None where it can."""
    try:
        check(write)
    except FacetryError as error:
        return refusal(error)
    return None
