"""Reads of catalogs and tenants, each true to what was acknowledged before the last look."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from facetry.domain.product import Product
from facetry.domain.quotas import Usage
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.storable import is_unicode
from facetry.domain.tenant import Tenant
from facetry.engines.mongodb.collections import KEYS, PRODUCTS, RECORDS, TENANTS
from facetry.engines.mongodb.documents import decode_product, decode_record, decode_tenant, link_name, name_of
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.finding import MAX_INT, Found, Query, found_in
from facetry.engines.mongodb.marks import Marks
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.state import WITHOUT_RECORD, State, name_of_tenant, state_of
from facetry.engines.mongodb.transactions import Transactions

_LIVING = {"id": {"$gt": ""}}
"""Tenants that were not deleted, as their index has them."""


class Reads:
    """Finds in one database; errors of the driver come out as ``StoreError``."""

    def __init__(self, database: Database, transactions: Transactions, marks: Marks) -> None:
        """Read from a database."""
        self._database = database
        self._transactions = transactions
        self._marks = marks
        self._catalogs: dict[str, tuple[ObjectId, int]] = {}

    async def state(self, tenant: str) -> State | None:
        """Return the counters of a tenant as they are now, or None."""
        found = await self.find(Query(TENANTS, {"_id": name_of_tenant(tenant)}, WITHOUT_RECORD))
        state = state_of(found[0]) if found else None
        self._remember(tenant, state)
        return state

    async def of_catalog(
        self, tenant: str, collection: str, condition: Mapping[str, object], limit: int = 0, *, descends: bool = False
    ) -> Found:
        """Return documents of a tenant's catalog; with a limit the first ones by id, or the last ones descending."""
        query = Query(collection, condition, order="i" if limit else "", limit=limit, descends=descends)
        catalog, mark = self._catalogs.get(tenant, (None, -1))
        found = await self._in_catalog(catalog, query)
        if found or (catalog is not None and mark >= self._marks.known(tenant)):
            return found
        # Where there is nothing, the tenant may have been deleted and made anew.
        state = await self.state(tenant)
        if state is None or state.catalog == catalog:
            return found
        return await self._in_catalog(state.catalog, query)

    async def find(self, query: Query) -> Found:
        """Return documents of any collection."""
        with failures():
            async with self._transactions.reading() as session:
                return await found_in(session, self._database, query)

    def forget(self, tenant: str) -> None:
        """Look for a tenant's catalog anew."""
        self._catalogs.pop(tenant, None)

    async def _in_catalog(self, catalog: ObjectId | None, query: Query) -> Found:
        if catalog is None:
            return []
        return await self.find(query._replace(condition={"t": catalog, **query.condition}))

    def _remember(self, tenant: str, state: State | None) -> None:
        if state is None:
            self.forget(tenant)
        else:
            self._catalogs[tenant] = (state.catalog, state.mark)


class CatalogReads:
    """The part of a catalog store that reads one thing at a time; contracts as in ``ports.catalog_store``."""

    def __init__(self, reads: Reads) -> None:
        """Read through ``reads``."""
        self._reads = reads

    async def product(self, tenant: str, sku: str) -> Product | None:
        """Return the product with this SKU, or None."""
        return (await self.products(tenant, [sku])).get(sku)

    async def products(self, tenant: str, skus: Sequence[str]) -> dict[str, Product]:
        """Return those of these products that exist, by SKU."""
        fit = [sku for sku in skus if is_unicode(sku)]
        found = await self._products(tenant, {"s": {"$in": fit}}) if fit else ()
        return {product.sku: product for product in found}

    async def products_by_id(self, tenant: str, ids: Sequence[int]) -> dict[int, Product]:
        """Return those of these products that exist, by id."""
        fit = [number for number in ids if 0 < number <= MAX_INT]
        found = await self._products(tenant, {"i": {"$in": fit}}) if fit else ()
        return {product.product_id: product for product in found}

    async def products_after(
        self, tenant: str, product_id: int, limit: int, *, updated_from: float = 0.0, updated_to: float = math.inf
    ) -> Sequence[Product]:
        """Return up to ``limit`` products that follow, ascending by id."""
        if product_id > MAX_INT or limit <= 0:
            return []
        condition: dict[str, object] = {"i": {"$gt": max(0, product_id)}}
        if updated_from > 0 or updated_to < math.inf:
            condition["u"] = {"$gte": updated_from, "$lte": updated_to}
        return await self._products(tenant, condition, limit)

    async def records(self, tenant: str, kind: RecordKind, keys: Sequence[RecordKey]) -> Sequence[Record | None]:
        """Return the records with these keys, None for each that is not there."""
        names = [name_of(kind, key) for key in keys]
        fit = [name for name in names if is_unicode(name)]
        found = await self._reads.of_catalog(tenant, RECORDS, {"q": {"$in": fit}}) if fit else ()
        named = {name: one["d"] for one in found for name in one["q"]}
        return [decode_record(named[name]) if name in named else None for name in names]

    async def records_after(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records that follow, ascending by id."""
        if not is_unicode(link) or record_id > MAX_INT or limit <= 0:
            return []
        found = await self._reads.of_catalog(
            tenant, RECORDS, {**_which(kind, link), "i": {"$gt": max(0, record_id)}}, limit
        )
        return [decode_record(one["d"]) for one in found]

    async def records_before(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records that come before, descending by id."""
        if not is_unicode(link) or limit <= 0:
            return []
        behind = {"i": {"$lt": record_id}} if 0 < record_id <= MAX_INT else {}
        found = await self._reads.of_catalog(tenant, RECORDS, _which(kind, link) | behind, limit, descends=True)
        return [decode_record(one["d"]) for one in found]

    async def revision(self, tenant: str) -> int:
        """Return the tenant's revision."""
        state = await self._reads.state(tenant)
        return state.revision if state else 0

    async def revisions(self) -> dict[str, int]:
        """Return the revision of every tenant, by its id.

        Raises:
            StoreError: The driver failed.
        """
        found = await self._reads.find(Query(TENANTS, _LIVING, {"id": True, "revision": True}))
        return {one["id"]: one["revision"] for one in found}

    async def counts(self, tenant: str) -> tuple[int, int]:
        """Return the numbers of products and groups."""
        state = await self._reads.state(tenant)
        return (state.usage.products, state.groups) if state else (0, 0)

    async def usage(self, tenant: str) -> Usage:
        """Return what the tenant has."""
        state = await self._reads.state(tenant)
        return state.usage if state else Usage()

    async def tenant(self, tenant: str) -> Tenant | None:
        """Return the tenant's record, or None."""
        return await self._tenant(name_of_tenant(tenant))

    async def tenants(self) -> Sequence[Tenant]:
        """Return every tenant's record, ascending by id."""
        found = await self._reads.find(Query(TENANTS, _LIVING, {"record": True}, "id"))
        return _records(found)

    async def tenant_by_token_key(self, kid: str) -> Tenant | None:
        """Return the owner of a token key, or None."""
        return await self._owner(kid) if is_unicode(kid) else None

    async def tenant_by_key(self, digest: bytes) -> Tenant | None:
        """Return the owner of a key, or None."""
        return await self._owner(digest)

    async def _products(self, tenant: str, condition: Mapping[str, object], limit: int = 0) -> list[Product]:
        found = await self._reads.of_catalog(tenant, PRODUCTS, condition, limit)
        return [decode_product(one["d"]) for one in found]

    async def _owner(self, key: str | bytes) -> Tenant | None:
        found = await self._reads.find(Query(KEYS, {"_id": key}))
        return await self._tenant(found[0]["tenant"]) if found else None

    async def _tenant(self, name: str) -> Tenant | None:
        found = await self._reads.find(Query(TENANTS, {"_id": name}, {"record": True}))
        return next(iter(_records(found)), None)


def _which(kind: RecordKind, link: str) -> dict[str, object]:
    """Return the condition on records of a kind, and of a link where there is one."""
    return {"q": link_name(kind, link)} if link else {"k": kind.value}


def _records(documents: Iterable[Mapping[str, Any]]) -> list[Tenant]:
    return [decode_tenant(one["record"]) for one in documents if "record" in one]
