"""The catalog store of the process that owns a data directory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from functools import partial
from itertools import count
from typing import TypeVar

import apsw

from facetry.application.calls import SHORT
from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import Write
from facetry.domain.change import Receipt
from facetry.domain.copying import CopiedThing, Counters
from facetry.domain.fault import Fault
from facetry.domain.tenant import Tenant, check_record
from facetry.domain.write_count import write_count
from facetry.engines.sqlite.commit import GroupCommit
from facetry.engines.sqlite.connection import Row, open_reader, open_writer, rows
from facetry.engines.sqlite.copying import AddThingsCommand, BeginCopyCommand, FinishCopyCommand, Tally
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.mending import MendCommand, mend_shared
from facetry.engines.sqlite.messages import Task
from facetry.engines.sqlite.ownership import OwnerLock
from facetry.engines.sqlite.reader import CatalogReads
from facetry.engines.sqlite.recent import ReadDelta, RecentWrites
from facetry.engines.sqlite.schema import migrate
from facetry.engines.sqlite.server import OwnerServer
from facetry.engines.sqlite.tenancy import (
    CreateTenantCommand,
    CutLogCommand,
    DeleteTenantCommand,
    PurgeCommand,
    ReplaceTenantCommand,
    ReplaceTenantsCommand,
    forget_names,
)
from facetry.engines.sqlite.writing import WriteCommand
from facetry.ports.write_listener import WriteListener

_log = logging.getLogger(__name__)

_Done = TypeVar("_Done")
_PURGES = "SELECT tenant FROM purges WHERE tenant NOT IN (SELECT number FROM tenants)"
"""Who is marked as deleted and is there all the same keeps all: it is a fault, which ``shared_findings`` tells."""


class SqliteCatalogStore(CatalogReads):
    """A ``CatalogStore`` over SQLite that writes for every process on its data directory."""

    looks = False

    def __init__(self, directory: DataDirectory, lock: OwnerLock, max_group_products: int = 0) -> None:
        """Open the database, made or brought up to date if need be; ``start`` completes the opening.

        A group may have ``max_group_products`` at most, 0 for any number.

        Raises:
            StoreVersionError: The database is of a newer version of Facetry.
        """
        self._directory = directory
        self._lock = lock
        self._max_group_products = max_group_products
        writer = open_writer(directory.catalog)
        try:
            migrate(writer)
            forget_names(writer)
            directory.sync()
            super().__init__(open_reader(directory.catalog))
            self._commits = GroupCommit(directory.catalog, writer, self._committed)
        except BaseException:
            writer.close()
            raise
        self._server = OwnerServer(directory, self)
        self._recent = RecentWrites()
        self._marks: dict[str, int] = {}
        self._seen_versions: dict[str, tuple[int, Row | None]] = {}
        self._next_mark = count(1)
        self._closed = False
        self._listeners: list[Callable[[Collection[str]], None]] = []
        self._write_listeners: list[WriteListener] = []

    async def start(self, *, is_shared: bool = True) -> None:
        """Finish deletions that a crash interrupted and begin to serve the other processes, where there may be any."""
        await self._finish_purges()
        if is_shared:
            await self._server.start()

    def on_commit(self, listener: Callable[[Collection[str]], None]) -> None:
        """Have a function called on the event loop after each commit, with the tenants that it touched."""
        self._listeners.append(listener)

    def offer(self, name: str, task: Task) -> None:
        """Let processes that share the directory ask for a task by name."""
        self._server.tasks[name] = task

    def on_write(self, listener: WriteListener) -> None:
        """Have a listener hear of each write to products, whichever process asked for it."""
        self._write_listeners.append(listener)

    async def write(self, tenant: str, writes: Sequence[Write], *, by: Actor = OPERATOR) -> Receipt:
        """Do writes in order, in one durable transaction."""
        command = WriteCommand(tenant, writes, self._max_group_products)

        def committed() -> None:
            if command.written is not None:
                self._recent.keep(tenant, command.written)
            elif command.tenant is not None:
                self._recent.forget(tenant)
            for listener in self._write_listeners if command.touches else ():
                listener(tenant, by, command.touches)

        is_long = sum(map(write_count, writes)) > SHORT
        return await self._commits.submit(command, committed, tenant=tenant, is_long=is_long)

    async def tenant(self, tenant: str) -> Tenant | None:
        """Return the tenant's record, or None; each call asks for it, but it is looked for once after a commit."""
        mark = self._marks.get(tenant, 0)
        seen = self._seen_versions.get(tenant)
        # Every write goes through this process, so there can only be another record where the mark is another one.
        if seen is None or seen[0] != mark:
            seen = (mark, self._version_of(tenant))
            if mark:
                self._seen_versions[tenant] = seen
        return self._record(*seen[1]) if seen[1] else None

    async def cut_log(self, tenant: str, below: int) -> None:
        """Forget rows of the change log."""
        while await self._commits.submit(CutLogCommand(tenant, below), partial(self._recent.forget, tenant)):
            pass

    async def create_tenant(self, tenant: Tenant) -> None:
        """Add a tenant."""
        await self._commits.submit(CreateTenantCommand(tenant))

    async def replace_tenant(self, tenant: Tenant) -> Tenant:
        """Replace a tenant's record."""
        return await self._commits.submit(ReplaceTenantCommand(tenant), partial(self._recent.forget, tenant.id))

    async def delete_tenant(self, tenant: str) -> None:
        """Remove a tenant and all it has."""
        forget = partial(self._recent.forget, tenant)
        await self._purge(await self._commits.submit(DeleteTenantCommand(tenant), forget))

    async def replace_tenants(self, tenants: Sequence[Tenant]) -> None:
        """Replace the records of several tenants, all or none, durable on return; as ``replace_tenant``."""
        await self._commits.submit(ReplaceTenantsCommand(tenants))

    async def take(self, tenant: Tenant, counters: Counters, things: AsyncIterator[Sequence[CopiedThing]]) -> int:
        """Add a tenant with all it has; see ``TenantCopies``."""
        check_record(tenant)
        begun = await self._commits.submit(BeginCopyCommand(tenant.id, counters))
        tally = Tally()
        try:
            async for portion in things:
                tally = tally.plus(await self._commits.submit(AddThingsCommand(begun, portion)))
            return await self._commits.submit(FinishCopyCommand(begun, tenant, counters, tally))
        except BaseException:
            await asyncio.shield(self._purge(begun.number))
            raise

    async def mend(self, tenant: str) -> Sequence[Fault]:
        """Derive anew what is wrong with a tenant, and return what is wrong still."""
        return await self._commits.submit(MendCommand(tenant), partial(self._recent.forget, tenant))

    async def mend_shared(self) -> None:
        """Derive anew what is wrong with what tenants share; writes wait meanwhile."""
        await self._commits.alone(mend_shared)
        await self._finish_purges()

    async def alone(self, work: Callable[[apsw.Connection], _Done]) -> _Done:
        """Do work on the database while nobody writes, in a thread."""
        return await self._commits.alone(work)

    def mark(self, tenant: str) -> object:
        """Return a value that differs whenever the tenant changed."""
        return self._marks.get(tenant, 0)

    async def look(self, tenant: str) -> None:
        """Do nothing: marks are always true."""

    async def close(self) -> None:
        """Finish what is under way and let another process become the owner."""
        await self._server.close()
        await self._commits.finish()
        if not self._closed:
            self._closed = True
            self._reads.close()
            # The last connection to close removes the write-ahead log, which one that only reads cannot.
            self._commits.close()
            self._lock.release()

    def _read_delta(self, tenant: str, after: int, limit: int) -> ReadDelta | None:
        """Return what changed after a revision from memory as far as it is known, else from the database."""
        written = self._recent.since(tenant, after)
        if written is None or len(written.groups) > limit:
            return super()._read_delta(tenant, after, limit)
        found = [row for rows in written.groups.values() for row in rows or ()]
        unknown = {name for name, rows in written.groups.items() if rows is None}
        if unknown:
            read = self._read_groups(tenant, unknown, written.revision)
            if read is None:
                return super()._read_delta(tenant, after, limit)
            found += read
        return ReadDelta(written.revision, written.skus, set(written.groups), written.records, found)

    async def _finish_purges(self) -> None:
        for (number,) in rows(self._reads, _PURGES, ()):
            await self._purge(number)

    async def _purge(self, number: int) -> None:
        while await self._commits.submit(PurgeCommand(number)):
            pass

    def _committed(self, tenants: Collection[str]) -> None:
        for tenant in tenants:
            self._marks[tenant] = next(self._next_mark)
        for listener in self._listeners:
            try:
                listener(tenants)
            except Exception:  # noqa: BLE001 - a listener may fail in any way, the commit stands
                _log.exception("a listener to commits failed")
