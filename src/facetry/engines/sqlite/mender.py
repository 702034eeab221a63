"""What looks after the derived things of a data directory, for the process that owns it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from facetry.domain.fault import Fault
from facetry.engines.sqlite.account_checking import account_faults, mend_accounts
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.checking import read
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.journal_checking import journal_faults, mend_journal
from facetry.engines.sqlite.mending import shared_findings, tenant_faults


class SqliteMending:
    """Check in a thread and on a connection of its own; mend through the store's one writer."""

    def __init__(self, directory: Path, store: SqliteCatalogStore) -> None:
        """Look after a store, and the accounts and journals beside it."""
        place = DataDirectory(directory)
        self._catalog, self._journal, self._accounts = place.catalog, place.journal, place.accounts
        self._store = store

    async def faults(self, tenant: str) -> Sequence[Fault]:
        """See ``Mending``."""
        return await asyncio.to_thread(read, self._catalog, lambda connection: tenant_faults(connection, tenant))

    async def mend(self, tenant: str) -> Sequence[Fault]:
        """See ``Mending``."""
        return await self._store.mend(tenant)

    async def shared_faults(self) -> Sequence[Fault]:
        """See ``Mending``."""
        return await asyncio.to_thread(self._shared_faults)

    async def mend_shared(self) -> Sequence[Fault]:
        """See ``Mending``."""
        await self._store.mend_shared()
        await asyncio.to_thread(mend_accounts, self._accounts)
        await asyncio.to_thread(mend_journal, self._journal)
        return await self.shared_faults()

    def _shared_faults(self) -> list[Fault]:
        of_catalog = [one.fault for one in read(self._catalog, shared_findings)]
        return [*of_catalog, *account_faults(self._accounts), *journal_faults(self._journal)]
