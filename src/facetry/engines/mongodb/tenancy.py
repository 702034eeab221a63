"""Changes of tenants: their documents and keys, and the removal of all that a deleted one had."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from facetry.domain.errors import TenantExistsError, TenantNotFoundError
from facetry.domain.tenant import Tenant
from facetry.engines.mongodb.collections import CATALOG_COLLECTIONS, CHANGES, KEYS, PURGES, TENANTS
from facetry.engines.mongodb.documents import encode_tenant
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.finding import MAX_INT
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.state import WITHOUT_RECORD, name_of_tenant, state_of
from facetry.engines.mongodb.transactions import Transactions

COMING_SECONDS = 600.0
"""A copy that was not added to for so long is taken for one that was broken off."""
LIVING = {"catalog": {"$exists": True}}
"""Tenants that were not deleted."""


class Tenancy:
    """Creates, replaces and deletes tenants; each change raises the mark, and returns it."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        """Work in a database."""
        self._database = database
        self._tenants = database[TENANTS]
        self._transactions = transactions

    async def create(self, tenant: Tenant) -> int:
        """Add a tenant without products.

        Raises:
            TenantExistsError: Its id or a key is taken.
        """
        return await self._transactions.at_once(lambda session: self.insert(session, tenant, ObjectId(), {}))

    async def insert(
        self, session: AsyncClientSession, tenant: Tenant, catalog: ObjectId, counters: Mapping[str, Any]
    ) -> int:
        """Add a tenant in a transaction.

        Args:
            session: Where the transaction is open.
            tenant: Its record.
            catalog: What its products and all else are or will be stored under.
            counters: What is another one than of an empty catalog, see ``state.counters_of``.

        Raises:
            TenantExistsError: Its id or a key is taken.
        """
        name = name_of_tenant(tenant.id)
        before = await self._tenants.find_one({"_id": name}, WITHOUT_RECORD, session=session)
        if state_of(before) is not None:
            raise TenantExistsError(f"tenant {tenant.id} is taken")
        document = tenant_document(tenant, catalog, before, counters)
        if before is None:
            await self._tenants.insert_one(document, session=session)
        else:
            await self._tenants.replace_one({"_id": name}, document, session=session)
        await self._own(session, tenant)
        return int(document["mark"])

    async def replace(self, tenant: Tenant) -> tuple[Tenant, int]:
        """Replace a record that is still the version that its writer read.

        Raises:
            TenantNotFoundError: There is no such tenant.
            TenantExistsError: A key is taken, or the record changed meanwhile.
        """
        new = msgspec.structs.replace(tenant, version=tenant.version + 1)

        async def work(session: AsyncClientSession) -> int:
            condition = {"_id": name_of_tenant(tenant.id), **LIVING, "version": tenant.version}
            update = {"$set": record_fields(new), "$inc": {"mark": 1}}
            after = await self._tenants.find_one_and_update(
                condition, update, WITHOUT_RECORD, return_document=ReturnDocument.AFTER, session=session
            )
            if after is None:
                await self._check_there(session, tenant.id)
                raise TenantExistsError(f"tenant {tenant.id} was changed meanwhile: read it again")
            await self._own(session, new)
            return int(after["mark"])

        return new, await self._transactions.at_once(work)

    async def delete(self, tenant: str) -> tuple[ObjectId, int]:
        """Remove a tenant's record and keys, which hides all it has; return the catalog that is to be purged.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """

        async def work(session: AsyncClientSession) -> tuple[ObjectId, int]:
            name = name_of_tenant(tenant)
            state = state_of(await self._tenants.find_one({"_id": name}, WITHOUT_RECORD, session=session))
            if state is None:
                raise TenantNotFoundError(tenant)
            left = {"revision": state.revision, "mark": state.mark + 1}
            await self._tenants.replace_one({"_id": name}, left, session=session)
            await self._database[KEYS].delete_many({"tenant": name}, session=session)
            await self._database[PURGES].insert_one({"_id": state.catalog}, session=session)
            return state.catalog, state.mark + 1

        return await self._transactions.at_once(work)

    async def purge(self, catalog: ObjectId) -> None:
        """Remove all that a deleted tenant had; harmless to repeat, and to do twice at once.

        Raises:
            StoreError: The driver failed.
        """
        with failures():
            for collection in CATALOG_COLLECTIONS:
                await self._database[collection].delete_many({"t": catalog})
            await self._database[PURGES].delete_one({"_id": catalog})

    async def finish_purges(self) -> None:
        """Remove what is left of deletions and copies that were broken off; raises as ``purge`` does."""
        with failures():
            left = await self._database[PURGES].find({"until": {"$not": {"$gt": time.time()}}}).to_list()
            for one in left:
                # A copy that goes on after all must not be finished once its documents begin to go.
                await self._database[PURGES].update_one({"_id": one["_id"]}, {"$unset": {"until": True}})
        for one in left:
            await self.purge(one["_id"])

    async def cut_log(self, tenant: str, below: int) -> None:
        """Forget rows of the change log up to a revision; a tenant that is not there has none.

        Raises:
            StoreError: The driver failed.
        """
        reached = {"$max": ["$log_cut", {"$min": [min(below, MAX_INT), "$revision"]}]}
        with failures():
            after = await self._tenants.find_one_and_update(
                {"_id": name_of_tenant(tenant), **LIVING},
                [{"$set": {"log_cut": reached}}],
                WITHOUT_RECORD,
                return_document=ReturnDocument.AFTER,
            )
            # Whoever reads the rows reads the document first, so none is missed that is not told to be forgotten.
            if (state := state_of(after)) is not None:
                await self._database[CHANGES].delete_many({"t": state.catalog, "r": {"$lte": state.log_cut}})

    async def _check_there(self, session: AsyncClientSession, tenant: str) -> None:
        condition = {"_id": name_of_tenant(tenant), **LIVING}
        if await self._tenants.find_one(condition, {"_id": True}, session=session) is None:
            raise TenantNotFoundError(tenant)

    async def _own(self, session: AsyncClientSession, tenant: Tenant) -> None:
        """Have a tenant own its keys and no others."""
        name, keys = name_of_tenant(tenant.id), self._database[KEYS]
        before = {one["_id"] async for one in keys.find({"tenant": name}, session=session)}
        wanted = {*tenant.owned_digests, *(key.kid for key in tenant.token_keys)}
        if gone := before - wanted:
            await keys.delete_many({"_id": {"$in": [*gone]}}, session=session)
        if new := wanted - before:
            try:
                await keys.insert_many([{"_id": key, "tenant": name} for key in new], session=session)
            except (BulkWriteError, DuplicateKeyError) as error:
                raise TenantExistsError(f"a key of tenant {tenant.id} is taken") from error


def tenant_document(
    tenant: Tenant, catalog: ObjectId, before: Mapping[str, Any] | None, counters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the document of a new tenant.

    Args:
        tenant: Its record.
        catalog: What its products and all else are stored under.
        before: What is left of a deleted one of the same id.
        counters: What is another one than of an empty catalog.
    """
    revision = before["revision"] + 1 if before else 0
    return {
        "_id": name_of_tenant(tenant.id),
        "id": tenant.id,
        "catalog": catalog,
        **record_fields(tenant),
        "revision": revision,
        "log_cut": revision,
        "joined": 0,
        "products": 0,
        "bytes": 0,
        "groups": 0,
        "last_ids": {},
        "linked": [],
        **counters,
        "mark": (before["mark"] if before else 0) + 1,
    }


def record_fields(tenant: Tenant) -> dict[str, Any]:
    """Return what the document of a tenant has of its record."""
    return {
        "version": tenant.version,
        "record": encode_tenant(tenant),
        "currency": tenant.settings.currency,
        "max_products": tenant.settings.quotas.products,
        "max_bytes": tenant.settings.quotas.bytes,
    }
