"""Groups that the suite of the search index stores, and short ways to store and find them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from facetry.domain.change import Delta
from facetry.domain.field_query import DEFAULT_FIELDS, FieldQuery, RangeFacet, ValueFacet
from facetry.domain.field_result import FieldResult, RangeFacetResult, ValueFacetResult
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.money import SCALE
from facetry.domain.product import Product
from facetry.ports.search_index import SearchIndex

TENANT = "acme"
OTHER = "zenith"
BOUNDS = tuple(bound * SCALE for bound in (0, 50, 100))
FACETS = (
    ValueFacet("brands", "brand"),
    ValueFacet("colors", "color"),
    ValueFacet("sizes", "size"),
    RangeFacet("prices", "regular_price_min", BOUNDS, "USD"),
)


def product(sku: str, **fields: Any) -> Product:  # noqa: ANN401 - any field of a product
    """Return a product named "item" where the fields do not say otherwise."""
    common: dict[str, Any] = {"name": "item", "object_id": "0" * 24, "joined": 1}
    return Product(sku=sku, **(common | fields))


def group(group_id: str, *products: Product, revision: int = 1) -> ProductGroup:
    """Return the group of these products, joined in this order."""
    members = [_joined(member, position) for position, member in enumerate(products)]
    return derive_group(GroupIdentity(group_id, "1" * 24, revision), members)


def single(group_id: str, **fields: Any) -> ProductGroup:  # noqa: ANN401 - any field of a product
    """Return a group of one product, whose SKU is the group's id in front of ``-1``."""
    return group(group_id, product(f"{group_id}-1", **fields))


async def hold(
    index: SearchIndex, *groups: ProductGroup, gone: Sequence[str] = (), tenant: str = TENANT, language: str = "en"
) -> int:
    """Apply one delta after what the index holds and return its revision."""
    revision = (await index.revision(tenant) or 0) + 1
    await index.apply(tenant, Delta(revision=revision, groups=groups, gone=tuple(gone)), language)
    return revision


async def find(index: SearchIndex, text: str, *fields: str, tenant: str = TENANT, **options: Any) -> FieldResult:  # noqa: ANN401 - any option of a query
    """Return what a query finds, in the default fields where none are given."""
    return await index.match(tenant, FieldQuery(text=text, fields=fields or DEFAULT_FIELDS, **options))


async def found(index: SearchIndex, text: str, *fields: str, tenant: str = TENANT, **options: Any) -> list[str]:  # noqa: ANN401 - any option of a query
    """Return the ids of the groups found, in order, after checking that the total is as it says."""
    result = await find(index, text, *fields, tenant=tenant, **options)
    ids = [hit.group.group_id for hit in result.hits]
    assert result.total == len(ids) or len(ids) == options.get("limit", 10) or options.get("offset", 0)
    return ids


async def pages(*groups: ProductGroup, size: int = 2) -> AsyncIterator[Sequence[ProductGroup]]:
    """Yield the groups in pages."""
    for start in range(0, len(groups), size):
        yield groups[start : start + size]


def values(result: FieldResult, name: str) -> tuple[dict[str, int], int]:
    """Return the counts of a value facet, in order, and the sum of the others."""
    facet = result.facets[name]
    assert isinstance(facet, ValueFacetResult)
    return {counted.value: counted.count for counted in facet.values}, facet.other


def ranges(result: FieldResult, name: str) -> tuple[int, ...]:
    """Return the counts of a range facet."""
    facet = result.facets[name]
    assert isinstance(facet, RangeFacetResult)
    return facet.counts


def _joined(member: Product, position: int) -> Product:
    fields = {name: getattr(member, name) for name in member.__struct_fields__}
    return Product(**(fields | {"joined": position}))
