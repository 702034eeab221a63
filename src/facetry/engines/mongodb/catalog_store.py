"""The catalog store over MongoDB, one of as many processes as there are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import Write
from facetry.domain.change import Receipt
from facetry.domain.errors import StoreError
from facetry.domain.tenant import Tenant, check_record
from facetry.engines.mongodb.batching import Batches, Request
from facetry.engines.mongodb.changes import CatalogChanges
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.marks import Marks
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.reads import CatalogReads, Reads
from facetry.engines.mongodb.state import name_of_tenant
from facetry.engines.mongodb.tenancy import Tenancy
from facetry.engines.mongodb.transactions import Transactions
from facetry.engines.mongodb.unit import Done
from facetry.engines.mongodb.writing import Writing
from facetry.ports.shared_marks import SharedMarks
from facetry.ports.write_listener import WriteListener

CLOSING_SECONDS = 1.0
"""How long a server is waited for that is told of an end, each time."""


class MongoCatalogStore(CatalogReads, CatalogChanges):
    """A ``CatalogStore`` over MongoDB; every process writes itself.

    Attributes:
        transactions: Those of this process, for whatever else writes to the catalogs.
        tenancy: Likewise, changes of tenants.
    """

    looks = True

    def __init__(self, database: Database, marks: SharedMarks, max_group_products: int = 0) -> None:
        """Take over an open database, which is closed with the store.

        Args:
            database: From ``open_database``.
            marks: Through which processes tell each other what changed; not closed with the store.
            max_group_products: How many products a group may have at most, 0 for any number.
        """
        self._database = database
        self.transactions = Transactions(database)
        self._marks = Marks(marks, self._stored_mark)
        CatalogReads.__init__(self, Reads(database, self.transactions, self._marks))
        CatalogChanges.__init__(self, database, self.transactions)
        self.tenancy = Tenancy(database, self.transactions)
        self._writing = Writing(database, self.transactions, self._marks, self._told, max_group_products)
        self._batches = Batches(self._writing.perform)
        self._listeners: list[WriteListener] = []
        self._closed = False

    def on_write(self, listener: WriteListener) -> None:
        """Have a listener hear of each write to products that this process does."""
        self._listeners.append(listener)

    async def write(self, tenant: str, writes: Sequence[Write], *, by: Actor = OPERATOR) -> Receipt:
        """Do writes in order, in one durable transaction."""
        return await self._batches.submit(Request(tenant, writes, by))

    async def cut_log(self, tenant: str, below: int) -> None:
        """Forget rows of the change log."""
        self._check_open()
        await self.tenancy.cut_log(tenant, below)

    async def create_tenant(self, tenant: Tenant) -> None:
        """Add a tenant."""
        self._check_open()
        check_record(tenant)
        await self.changed(tenant.id, await self.tenancy.create(tenant))

    async def replace_tenant(self, tenant: Tenant) -> Tenant:
        """Replace a tenant's record."""
        self._check_open()
        check_record(tenant)
        new, mark = await self.tenancy.replace(tenant)
        await self.changed(tenant.id, mark)
        return new

    async def delete_tenant(self, tenant: str) -> None:
        """Remove a tenant and all it has."""
        self._check_open()
        catalog, mark = await self.tenancy.delete(tenant)
        await self.changed(tenant, mark)
        await self.tenancy.purge(catalog)

    async def finish_purges(self) -> None:
        """Remove what is left of tenants whose deletion was interrupted.

        Raises:
            StoreError: The driver failed.
        """
        await self.tenancy.finish_purges()

    async def changed(self, tenant: str, mark: int) -> None:
        """Tell all processes of a change of a tenant that a transaction has made, before it is acknowledged.

        Args:
            tenant: Whose catalog or record was changed.
            mark: The one that its document has since.
        """
        self._reads.forget(tenant)
        self._writing.forget(tenant)
        await self._marks.tell(tenant, mark)

    def mark(self, tenant: str) -> object:
        """Return the mark last known here, 0 for none."""
        return self._marks.known(tenant)

    async def look(self, tenant: str) -> None:
        """Learn what was acknowledged before this call."""
        await self._marks.look(tenant)

    async def close(self) -> None:
        """Finish what is under way and disconnect."""
        await self._batches.close()
        if not self._closed:
            self._closed = True
            await self._marks.close()
            for end in (self.transactions.writers.close, self._database.client.close):
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSING_SECONDS):
                        await end()
            # A server that does not answer is told nothing; what was open here is closed all the same.
            await self._database.client.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed")

    def _told(self, request: Request, done: Done) -> None:
        for listener in self._listeners if done.touches else ():
            listener(request.tenant, request.by, done.touches)

    async def _stored_mark(self, tenant: str) -> int:
        """Return the mark of a tenant as its document has it, 0 where there never was one."""
        with failures():
            return await self.transactions.newest_mark(name_of_tenant(tenant))
