"""The definition of facet counts; every engine counts exactly this."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping

from facetry.domain.field_query import NUMBER_FIELDS, VALUE_FIELDS, Facet, RangeFacet, ValueFacet
from facetry.domain.field_result import FacetResult, RangeFacetResult, ValueCount, ValueFacetResult
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product


def product_values(product: Product, field: str) -> tuple[str, ...]:
    """Return the values that a product has in a field of ``VALUE_FIELDS``; none where the field is not given."""
    value: str | None = getattr(product, field)
    return () if value is None else (value,)


def count_facet(groups: Iterable[ProductGroup], facet: Facet) -> FacetResult:
    """Return the counts of one facet over groups; a facet of an unknown field counts nothing."""
    if isinstance(facet, ValueFacet):
        return leading_values(_count_values(groups, facet), facet.size)
    return RangeFacetResult(tuple(_count_ranges(groups, facet)))


def leading_values(counts: Mapping[str, int], size: int) -> ValueFacetResult:
    """Return the ``size`` values with the highest counts, by count, then by value, and the sum of the others."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    values = tuple(ValueCount(value, count) for value, count in ordered[:size])
    return ValueFacetResult(values, sum(count for _, count in ordered[size:]))


def _count_values(groups: Iterable[ProductGroup], facet: ValueFacet) -> Counter[str]:
    counts: Counter[str] = Counter()
    if facet.field in VALUE_FIELDS:
        for group in groups:
            counts.update({value for product in group.products for value in product_values(product, facet.field)})
    return counts


def _count_ranges(groups: Iterable[ProductGroup], facet: RangeFacet) -> list[int]:
    counts = [0] * len(facet.bounds)
    if facet.field not in NUMBER_FIELDS:
        return counts
    for group in groups:
        price: int | None = getattr(group, facet.field)
        if price is None or group.currency not in {None, facet.currency}:
            continue
        position = bisect_right(facet.bounds, price)
        if position:
            counts[position - 1] += 1
    return counts
