"""The definition of facet counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping

from facetry.domain.analysis import keyword, words
from facetry.domain.money import price_to_text
from facetry.domain.search.fields import BUILT_IN, Field, Kind
from facetry.domain.search.filters import NUMBER_FIELDS, Candidate, candidate_numbers, candidate_texts
from facetry.domain.search.histogram import buckets
from facetry.domain.search.query import (
    CountLevel,
    Facet,
    HistogramFacet,
    RangesFacet,
    TreeFacet,
    ValueOrder,
    ValuesFacet,
)
from facetry.domain.search.result import (
    FacetResult,
    RangeCount,
    RangesResult,
    TreeNode,
    TreeResult,
    ValueCount,
    ValuesResult,
)
from facetry.domain.search.values import PATH_SEPARATOR, number_of

CATEGORY = BUILT_IN["category"]
Counted = Iterable[tuple[Hashable, Candidate]]
"""Candidates that a facet counts, each with the hit that it stands in, once for each of its hits."""


def facet_field(facet: Facet) -> Field:
    """Return the field that a facet counts."""
    return CATEGORY if isinstance(facet, TreeFacet) else facet.field


def count_facet(facet: Facet, counted: Counted) -> FacetResult:
    """Return the counts of one facet."""
    match facet:
        case ValuesFacet():
            return values_result(facet, count_values(facet.field, counted, facet.level))
        case TreeFacet():
            return tree_result(facet, count_values(CATEGORY, counted, facet.level))
        case RangesFacet():
            return _count_ranges(facet.field, facet.ranges, [*counted], facet.level)
        case HistogramFacet():
            found = [*counted]
            numbers = [number for _, candidate in found for number in candidate_numbers(facet.field, candidate)]
            ranges = buckets(facet, min(numbers), max(numbers)) if numbers else ()
            return _count_ranges(facet.field, ranges, found, facet.level)


def count_values(field: Field, counted: Counted, level: CountLevel) -> Mapping[str, int]:
    """Return how many hits or products have each value."""
    pairs = {
        (_unit(hit, candidate, level), value) for hit, candidate in counted for value in shown_texts(field, candidate)
    }
    return Counter(value for _, value in pairs)


def shown_texts(field: Field, candidate: Candidate) -> Iterable[str]:
    """Return the values of a candidate as they are shown."""
    if field.name not in NUMBER_FIELDS:
        return candidate_texts(field, candidate)
    return [shown_number(field, number) for number in candidate_numbers(field, candidate)]


def shown_number(field: Field, number: int) -> str:
    """Return a number of a built-in field as it is shown."""
    if field.kind is Kind.PRICE:
        return price_to_text(number)
    return ("false", "true")[number] if field.kind is Kind.BOOLEAN else str(number)


def values_result(facet: ValuesFacet, counts: Mapping[str, int]) -> ValuesResult:
    """Return the leading values of a facet."""
    kept = {value: count for value, count in counts.items() if count and is_value_searched(value, facet.search)}
    by_value = sorted(kept, key=lambda value: value_order(facet.field, value))
    ordered = by_value if facet.order is ValueOrder.VALUE else sorted(by_value, key=lambda value: -kept[value])
    listed = tuple(ValueCount(value, kept[value]) for value in ordered[: facet.size])
    return ValuesResult(listed, sum(kept.values()) - sum(value.count for value in listed), len(kept))


def value_order(field: Field, value: str) -> tuple[bool, int, str, str]:
    """Return the key by which values are ordered: numbers first, then texts as keywords, then as they are."""
    number = number_of(field, value)
    return (number is None, number or 0, keyword(value), value)


def is_value_searched(value: str, search: str) -> bool:
    """Return whether the words of a value, from one of them on, begin with the words searched."""
    wanted = " ".join(words(search))
    return not wanted or f" {wanted}" in f" {' '.join(words(value))}"


def tree_result(facet: TreeFacet, counts: Mapping[str, int]) -> TreeResult:
    """Return the categories below a facet's root."""
    children: dict[str, list[str]] = {}
    for path, count in counts.items():
        if count:
            children.setdefault(path.rpartition(PATH_SEPARATOR)[0], []).append(path)
    nodes, other = _nodes(facet, facet.root, facet.depth, children, counts)
    return TreeResult(nodes, other)


def _nodes(
    facet: TreeFacet, parent: str, depth: int, children: Mapping[str, list[str]], counts: Mapping[str, int]
) -> tuple[tuple[TreeNode, ...], int]:
    if depth <= 0:
        return (), 0
    ordered = sorted(children.get(parent, ()), key=lambda path: (-counts[path], path))
    nodes = []
    for path in ordered[: facet.size]:
        below, other = _nodes(facet, path, depth - 1, children, counts)
        nodes.append(TreeNode(path, counts[path], below, other))
    return tuple(nodes), sum(counts[path] for path in ordered[facet.size :])


def _count_ranges(
    field: Field,
    ranges: tuple[tuple[int, int], ...],
    counted: list[tuple[Hashable, Candidate]],
    level: CountLevel,
) -> RangesResult:
    units: list[set[Hashable]] = [set() for _ in ranges]
    numbers: list[int] = []
    for hit, candidate in counted:
        found = candidate_numbers(field, candidate)
        numbers += found
        for (first, last), unit in zip(ranges, units, strict=True):
            if any(first <= number <= last for number in found):
                unit.add(_unit(hit, candidate, level))
    counts = tuple(RangeCount(first, last, len(unit)) for (first, last), unit in zip(ranges, units, strict=True))
    return RangesResult(counts, min(numbers, default=None), max(numbers, default=None))


def _unit(hit: Hashable, candidate: Candidate, level: CountLevel) -> Hashable:
    return hit if level is CountLevel.GROUP else candidate.product.sku
