"""A tenant on its way into a database: stored under a catalog that no tenant has yet, and hidden until it is whole."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError

from facetry.domain.copying import REVISIONS_APART, CopiedGroup, CopiedProduct, CopiedThing, Counters
from facetry.domain.errors import StoreError, TenantExistsError
from facetry.domain.tenant import Tenant
from facetry.engines.mongodb.collections import GROUPS, PRODUCTS, PURGES, RECORDS, TENANTS
from facetry.engines.mongodb.documents import Kept, encode_product, product_links
from facetry.engines.mongodb.failures import DUPLICATE_KEY, failures
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.state import WITHOUT_RECORD, name_of_tenant, state_of
from facetry.engines.mongodb.tenancy import COMING_SECONDS, Tenancy
from facetry.engines.mongodb.unit import product_document, record_document

_Document = dict[str, Any]


class Coming:
    """One copy that is taken.

    Attributes:
        revision: The one that the tenant will have.
    """

    def __init__(self, database: Database, tenancy: Tenancy) -> None:
        """Store in a database; the tenant is made by ``tenancy``."""
        self.revision = 0
        self._database = database
        self._tenancy = tenancy
        self._catalog = ObjectId()
        self._place = {"_id": self._catalog, "until": {"$exists": True}}
        self._counted = {"products": 0, "bytes": 0, "groups": 0}
        self._linked: set[str] = set()

    async def begin(self, tenant: str, counters: Counters) -> None:
        """Mark all that will be stored as what is to be removed, unless it is finished.

        Raises:
            TenantExistsError: The id is taken.
            StoreError: The driver failed.
        """
        with failures():
            before = await self._database[TENANTS].find_one({"_id": name_of_tenant(tenant)}, WITHOUT_RECORD)
            if state_of(before) is not None:
                raise TenantExistsError(f"tenant {tenant} is there already")
            last = before["revision"] if before else 0
            self.revision = max(counters.revision, last) + REVISIONS_APART
            await self._database[PURGES].insert_one({"_id": self._catalog, "until": _until()})

    async def add(self, things: Sequence[CopiedThing]) -> None:
        """Store a portion.

        Raises:
            TenantExistsError: Two of the things are the same.
            StoreError: The driver failed.
        """
        products = [one for one in things if isinstance(one, CopiedProduct)]
        groups = [one for one in things if isinstance(one, CopiedGroup)]
        records = [one for one in things if not isinstance(one, CopiedProduct | CopiedGroup)]
        with failures():
            await self._database[PURGES].update_one(self._place, {"$set": {"until": _until()}})
            await self._insert(PRODUCTS, [self._product(one) for one in products])
            sizes = await self._sizes([one.group_id for one in groups])
            await self._insert(GROUPS, [self._group(one, sizes) for one in groups])
            await self._insert(RECORDS, [record_document(self._catalog, one) for one in records])

    async def finish(self, session: AsyncClientSession, tenant: Tenant, counters: Counters) -> int:
        """Make a tenant of what was stored, in a transaction, and return its mark; raises what the driver does.

        Raises:
            TenantExistsError: The id or a key is taken.
            StoreError: It took so long that what was stored is being removed.
        """
        counted = {
            **self._counted,
            "revision": self.revision,
            "log_cut": self.revision,
            "joined": counters.next_joined - 1,
            "last_ids": dict(counters.last_ids),
            "linked": sorted(self._linked),
        }
        mark = await self._tenancy.insert(session, tenant, self._catalog, counted)
        kept = await self._database[PURGES].delete_one(self._place, session=session)
        if not kept.deleted_count:
            raise StoreError("taking the tenant over took too long: try again")
        return mark

    async def abandon(self) -> None:
        """Remove what was stored; where that fails it is removed later."""
        with suppress(StoreError):
            await self._tenancy.purge(self._catalog)

    def _product(self, one: CopiedProduct) -> _Document:
        document = encode_product(one.product)
        self._counted["products"] += 1
        self._counted["bytes"] += len(document)
        self._linked.update(link[: link.index(":") + 1] for link in product_links(one.product))
        return product_document(self._catalog, Kept(one.product, document), one.updated)

    def _group(self, one: CopiedGroup, sizes: Mapping[str, int]) -> _Document:
        self._counted["groups"] += 1
        size = sizes.get(one.group_id, 0)
        return {"t": self._catalog, "g": one.group_id, "o": one.object_id, "r": self.revision, "n": size}

    async def _sizes(self, groups: Sequence[str]) -> dict[str, int]:
        """Return how many products groups have, all of which are stored by now."""
        if not groups:
            return {}
        counting: list[_Document] = [
            {"$match": {"t": self._catalog, "g": {"$in": [*groups]}}},
            {"$group": {"_id": "$g", "n": {"$sum": 1}}},
        ]
        found = await self._database[PRODUCTS].aggregate(counting)
        return {one["_id"]: one["n"] async for one in found}

    async def _insert(self, collection: str, documents: Sequence[_Document]) -> None:
        if not documents:
            return
        try:
            await self._database[collection].insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if _is_duplicate(error.details["writeErrors"]):
                raise TenantExistsError("the copy holds the same thing twice") from error
            raise


def _until() -> float:
    return time.time() + COMING_SECONDS


def _is_duplicate(failed: Iterable[Mapping[str, Any]]) -> bool:
    return any(one["code"] == DUPLICATE_KEY for one in failed)
