"""Looking after what is derived in a database: of one tenant, or of what all tenants share."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.domain.fault import Fault
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.checking import Checked, Finding, checked, log_findings, tenant_findings
from facetry.engines.mongodb.checking_documents import (
    Counted,
    count_findings,
    group_findings,
    product_findings,
    record_findings,
)
from facetry.engines.mongodb.checking_shared import mend_shared, shared_faults
from facetry.engines.mongodb.collections import CHANGES, GROUPS, TENANTS
from facetry.engines.mongodb.copy_reading import one_moment
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.state import name_of_tenant

_ROUNDS = 3
"""So often is looked again for what a repair has brought to light."""


class MongoMending:
    """A ``Mending`` over a database; any process looks and mends."""

    def __init__(self, database: Database, store: MongoCatalogStore) -> None:
        """Look after a database, and tell the processes of a store of what was mended."""
        self._database = database
        self._store = store

    async def faults(self, tenant: str) -> Sequence[Fault]:
        """See ``Mending``."""
        async with one_moment(self._database) as session:
            return [one.fault for one in await self._findings(session, name_of_tenant(tenant))]

    async def mend(self, tenant: str) -> Sequence[Fault]:
        """See ``Mending``: in one transaction, for which the tenant's writes wait.

        Raises:
            StoreError: The driver failed, or it took longer than the server lets a transaction last.
        """
        before = await self.faults(tenant)
        if not any(fault.mendable for fault in before):
            return before
        name = name_of_tenant(tenant)
        mark, left = await self._store.transactions.at_once(lambda session: self._mend(session, name))
        await self._store.changed(tenant, mark)
        return left

    async def shared_faults(self) -> Sequence[Fault]:
        """See ``Mending``."""
        return await shared_faults(self._database)

    async def mend_shared(self) -> Sequence[Fault]:
        """See ``Mending``; writes need not wait."""
        await mend_shared(self._database, self._store.tenancy)
        return await self.shared_faults()

    async def _mend(self, session: AsyncClientSession, name: str) -> tuple[int, list[Fault]]:
        """Mend a tenant, and return its mark and what is wrong still."""
        # From here on the tenant's writes wait.
        await self._database[TENANTS].update_one({"_id": name}, {"$inc": {"mark": 1}}, session=session)
        mended: list[Finding] = []
        for _ in range(_ROUNDS):
            present = await self._findings(session, name)
            news = [one for one in present if one.repairs and await self._is_mended(session, one)]
            if not news:
                break
            mended += news
        one = await checked(self._database, session, name)
        if one is None:
            return 0, []
        if mended:
            await self._log_touched(one, mended)
        return one.state.mark, [finding.fault for finding in await self._findings(session, name)]

    async def _findings(self, session: AsyncClientSession, name: str) -> list[Finding]:
        one = await checked(self._database, session, name)
        if one is None:
            return []
        counted = Counted()
        found = [finding async for finding in tenant_findings(one)]
        found += [finding async for finding in product_findings(one, counted)]
        for findings in (group_findings(one, counted), record_findings(one), count_findings(one, counted)):
            found += [finding async for finding in findings]
        return found + [finding async for finding in log_findings(one)]

    async def _is_mended(self, session: AsyncClientSession, one: Finding) -> bool:
        """Do the repairs of a finding; where another document is in the way nothing is done."""
        for repair in one.repairs:
            in_the_way = repair.free
            if in_the_way and await self._database[repair.collection].find_one(in_the_way, session=session):
                return False
        for repair in one.repairs:
            await self._database[repair.collection].bulk_write([repair.model], session=session)
        return True

    async def _log_touched(self, one: Checked, mended: Sequence[Finding]) -> None:
        """Raise the revision, so that index, caches and copies look again at what was touched."""
        catalog, revision, session = one.state.catalog, one.state.revision + 1, one.session
        groups = [*dict.fromkeys(group for finding in mended for group in finding.groups)]
        row = {
            "t": catalog,
            "r": revision,
            "s": [*dict.fromkeys(sku for finding in mended for sku in finding.skus)],
            "g": groups,
            "k": [[*record] for record in dict.fromkeys(record for finding in mended for record in finding.records)],
        }
        await self._database[CHANGES].insert_one(row, session=session)
        this = {"_id": one.state.tenant}
        await self._database[TENANTS].update_one(this, {"$set": {"revision": revision}}, session=session)
        touched = {"t": catalog, "g": {"$in": groups}}
        await self._database[GROUPS].update_many(touched, {"$set": {"r": revision}}, session=session)
