"""Products, records and tenants that conformance suites store, and what they expect of a call that fails."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from facetry.domain.catalog import IfExists, Outcome, PutProduct, Refused, Stored, Write
from facetry.domain.errors import FacetryError
from facetry.domain.gemstone import Gemstone
from facetry.domain.group import ProductGroup
from facetry.domain.keeping import Recorded
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product, ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.selling import SellProduct
from facetry.domain.tenant import Tenant, TokenKey
from facetry.ports.catalog_store import CatalogStore

TENANT = "acme"
OTHER = "zenith"


def tenant_record(name: str, **fields: Any) -> Tenant:  # noqa: ANN401 - any field of a tenant
    """Return a tenant whose keys are its own."""
    keys: dict[str, Any] = {
        "api_key_digest": f"api {name}".encode(),
        "api_key_sealed": b"sealed",
        "access_key_digest": f"access {name}".encode(),
        "access_key_sealed": b"sealed",
        "search_key_digest": f"search {name}".encode(),
        "search_key_sealed": b"sealed",
        "token_keys": (TokenKey(f"kid {name}", b"sealed"),),
    }
    return Tenant(id=name, name=f"The {name} company", label="label", **(keys | fields))


def content(sku: str, group_id: str = "", **fields: Any) -> ProductContent:  # noqa: ANN401 - any field of a product
    """Return a small product."""
    common: dict[str, Any] = {"name": f"Ring {sku}", "regular_price": 50_000}
    return ProductContent(sku=sku, group_id=group_id, **(common | fields))


def put(sku: str, group_id: str = "", **fields: Any) -> PutProduct:  # noqa: ANN401 - any field of a product
    """Return the write that stores a small product, whether there is one or not."""
    return PutProduct(content(sku, group_id, **fields))


def insert(sku: str, group_id: str = "", **fields: Any) -> PutProduct:  # noqa: ANN401 - any field of a product
    """Return the write that stores a small product where its SKU is free."""
    return PutProduct(content(sku, group_id, **fields), IfExists.REFUSE)


async def done(store: CatalogStore, *writes: Write, tenant: str = TENANT) -> tuple[Outcome, ...]:
    """Do writes, of which none may be refused, and return their outcomes."""
    receipt = await store.write(tenant, writes)
    assert not [outcome for outcome in receipt.outcomes if isinstance(outcome, Refused)]
    return receipt.outcomes


async def refusals(store: CatalogStore, *writes: Write) -> list[tuple[str, str]]:
    """Do writes, all of which must be refused and change nothing; return code and subject of each refusal."""
    before, records = await snapshot(store), await all_records(store)
    receipt = await store.write(TENANT, writes)
    assert await snapshot(store) == before
    assert await all_records(store) == records
    assert receipt.revision == before[0]
    return [(outcome.code, outcome.subject) for outcome in receipt.outcomes if isinstance(outcome, Refused)]


async def snapshot(store: CatalogStore, tenant: str = TENANT) -> tuple[int, tuple[int, int], list[ProductGroup]]:
    """Return all that a tenant has: revision, counts and groups."""
    return await store.revision(tenant), await store.counts(tenant), await all_groups(store, tenant)


async def all_records(store: CatalogStore, tenant: str = TENANT, page: int = 100) -> list[Record]:
    """Return every record, kind by kind, read page by page."""
    records: list[Record] = []
    for kind in RecordKind:
        last = 0
        while found := await store.records_after(tenant, kind, last, page):
            assert len(found) <= page
            records.extend(found)
            last = found[-1].id
    return records


async def all_groups(store: CatalogStore, tenant: str = TENANT, page: int = 100) -> list[ProductGroup]:
    """Return every group, read page by page."""
    groups: list[ProductGroup] = []
    while found := await store.groups_after(tenant, groups[-1].group_id if groups else "", page):
        assert len(found) <= page
        groups.extend(found)
    return groups


async def the_product(store: CatalogStore, sku: str) -> Product:
    """Return a product that must be there."""
    product = await store.product(TENANT, sku)
    assert product is not None
    return product


async def the_group(store: CatalogStore, group_id: str) -> ProductGroup:
    """Return a group that must be there."""
    group = await store.group(TENANT, group_id)
    assert group is not None
    return group


def stored_product(outcome: Outcome) -> Product:
    """Return the product of an outcome that must be ``Stored``."""
    assert isinstance(outcome, Stored)
    return outcome.product


async def the_record(store: CatalogStore, kind: RecordKind, key: int | str, tenant: str = TENANT) -> Record | None:
    """Return the record with this id or code, if there is one."""
    (record,) = await store.records(tenant, kind, [record_key(key)])
    return record


def record_key(key: int | str) -> RecordKey:
    """Return the key of a record by id or code."""
    return RecordKey(key) if isinstance(key, int) else RecordKey(code=key)


def sale(sku: str, quantity: int = 1, **fields: Any) -> SellProduct:  # noqa: ANN401 - any field of a sale
    """Return the write that sells pieces of a product."""
    return SellProduct(ProductKey(sku=sku), quantity, **fields)


def gemstone(code: str, **fields: Any) -> Gemstone:  # noqa: ANN401 - any field of a gemstone
    """Return a small gemstone."""
    return Gemstone(code=code, **({"name": f"Stone {code}", "type": "diamond"} | fields))


def recorded(outcome: Outcome) -> Record:
    """Return the record of an outcome that must be ``Recorded``."""
    assert isinstance(outcome, Recorded)
    return outcome.record


def flags(group: ProductGroup) -> dict[str, bool]:
    """Return the own flag of each product of a group."""
    return {product.sku: product.is_main for product in group.products}


async def error_of(call: Awaitable[object]) -> FacetryError:
    """Return the error that a call must raise."""
    try:
        await call
    except FacetryError as error:
        return error
    raise AssertionError("the call should have failed")


def names(values: Sequence[ProductGroup]) -> list[str]:
    """Return the ids of groups."""
    return [group.group_id for group in values]
