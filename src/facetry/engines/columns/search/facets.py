"""The facets of a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.counting import (
    CATEGORY,
    is_value_searched,
    shown_number,
    tree_result,
    value_order,
    values_result,
)
from facetry.domain.search.fields import Field
from facetry.domain.search.histogram import buckets
from facetry.domain.search.query import Facet, HistogramFacet, RangesFacet, TreeFacet, ValueOrder, ValuesFacet
from facetry.domain.search.result import FacetResult, RangeCount, RangesResult, ValueCount, ValuesResult
from facetry.engines.columns.dictionary import Dictionaries, ValueDictionary
from facetry.engines.columns.kernels.collecting import bin_numbers
from facetry.engines.columns.search.candidates import EVERY_ROW
from facetry.engines.columns.search.columns import Money
from facetry.engines.columns.search.counting import count_codes
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.found import Listed
from facetry.engines.columns.search.reading import Codes, Numbers, codes_of, is_number_field, numbers_of, translated
from facetry.engines.columns.segment import MISSING

Longs = NDArray[np.int64]
Span = tuple[int, int]
_FEW = 1000
"""So many values are ordered by looking at each, where the order of the whole dictionary would be one of many more."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts the facets of one search over all parts."""

    dictionaries: Dictionaries
    money: Money
    deadline: Deadline

    def result(self, facet: Facet, parts: Sequence[Listed]) -> FacetResult:
        """Return the counts of a facet of what its own conditions left."""
        match facet:
            case ValuesFacet():
                return self._values(facet, parts)
            case TreeFacet():
                dictionary = self.dictionaries[CATEGORY.name]
                counts = self._counts(CATEGORY, dictionary, parts)
                values = dictionary.values_by_code
                return tree_result(facet, {values[code]: int(counts[code]) for code in np.flatnonzero(counts).tolist()})
            case RangesFacet():
                return self._ranges(facet.field, lambda _: facet.ranges, parts)
            case HistogramFacet():
                return self._ranges(facet.field, lambda span: buckets(facet, *span) if span else (), parts)

    def _values(self, facet: ValuesFacet, parts: Sequence[Listed]) -> ValuesResult:
        if is_number_field(facet.field):
            return values_result(facet, self._number_counts(facet.field, parts))
        if facet.field.name not in self.dictionaries:
            return ValuesResult((), 0, 0)
        dictionary = self.dictionaries[facet.field.name]
        counts = self._counts(facet.field, dictionary, parts)
        return self._leading(facet, dictionary, counts)

    def _counts(self, field: Field, dictionary: ValueDictionary, parts: Sequence[Listed]) -> Longs:
        found = (codes_of(listed, field) for listed in parts)
        size = len(dictionary.values_by_code)
        return count_codes((codes for codes in found if codes), size, self.deadline)

    def _leading(self, facet: ValuesFacet, dictionary: ValueDictionary, counts: Longs) -> ValuesResult:
        values = dictionary.values_by_code
        codes = np.flatnonzero(counts)
        if facet.search:
            codes = codes[self._searched(facet.search, [values[code] for code in codes.tolist()])]
        total, distinct = int(counts[codes].sum()), len(codes)
        if facet.order is ValueOrder.COUNT and facet.size < distinct:
            # Only values that are not below the lowest count listed can be listed.
            found = counts[codes]
            codes = codes[found >= -np.partition(-found, facet.size - 1)[facet.size - 1]] if facet.size else codes[:0]
        codes = self._in_order(facet.field, dictionary, codes)
        if facet.order is ValueOrder.COUNT:
            codes = codes[np.argsort(-counts[codes], kind="stable")]
        listed = tuple(ValueCount(values[code], int(counts[code])) for code in codes[: facet.size].tolist())
        return ValuesResult(listed, total - sum(value.count for value in listed), distinct)

    def _searched(self, search: str, values: Sequence[str]) -> NDArray[np.bool_]:
        found = np.zeros(len(values), np.bool_)
        for part in self.deadline.slices(len(values)):
            found[part] = [is_value_searched(value, search) for value in values[part]]
        return found

    def _in_order(self, field: Field, dictionary: ValueDictionary, codes: Longs) -> Longs:
        if len(codes) > _FEW or len(dictionary.values_by_code) <= _FEW:
            return codes[np.argsort(dictionary.meanings.order(field, self.deadline.check).places[codes])]
        values = dictionary.values_by_code
        return np.array(sorted(codes.tolist(), key=lambda code: value_order(field, values[code])), np.int64)

    def _number_counts(self, field: Field, parts: Sequence[Listed]) -> Mapping[str, int]:
        found = self._numbers(field, parts)
        known = np.unique(np.concatenate([_NOTHING, *(part.numbers for part in found)]))
        known = known[known != MISSING]
        counts = self._binned(found, known, known)
        pairs = zip(known.tolist(), counts.tolist(), strict=True)
        return {shown_number(field, number): count for number, count in pairs}

    def _ranges(
        self, field: Field, spans_of: Callable[[Span | None], Sequence[Span]], parts: Sequence[Listed]
    ) -> RangesResult:
        found = self._numbers(field, parts)
        given = [part.numbers[part.numbers != MISSING] for part in found]
        lowest = min((int(numbers.min()) for numbers in given if len(numbers)), default=None)
        highest = max((int(numbers.max()) for numbers in given if len(numbers)), default=None)
        spans = spans_of(None if lowest is None or highest is None else (lowest, highest))
        counts = [0] * len(spans)
        for layer in _layers(spans):
            firsts, lasts = (np.array([spans[i][end] for i in layer], np.int64) for end in (0, 1))
            for i, count in zip(layer, self._binned(found, firsts, lasts).tolist(), strict=True):
                counts[i] = count
        pairs = zip(spans, counts, strict=True)
        return RangesResult(tuple(RangeCount(first, last, count) for (first, last), count in pairs), lowest, highest)

    def _numbers(self, field: Field, parts: Sequence[Listed]) -> list[Numbers]:
        if is_number_field(field):
            return [numbers_of(listed, field, self.money) for listed in parts]
        dictionary = self.dictionaries.get(field.name)
        if dictionary is None:
            return []
        table = np.concatenate([[MISSING], dictionary.meanings.numbers(field, self.deadline.check)])
        return [translated(codes, table) for listed in parts if (codes := codes_of(listed, field))]

    def _binned(self, found: Sequence[Numbers], firsts: Longs, lasts: Longs) -> Longs:
        """Return how many lists have a number in each of some ranges that are ascending and apart."""

        def bins(part: Numbers) -> Codes:
            binned = np.empty(len(part.numbers), np.int32)
            for some in self.deadline.slices(len(binned)):
                bin_numbers(part.numbers[some], MISSING, firsts, lasts, binned[some])
            return Codes(binned, EVERY_ROW, part.starts, part.units)

        return count_codes(map(bins, found), len(firsts), self.deadline)


_NOTHING: Longs = np.empty(0, np.int64)


def _layers(spans: Sequence[Span]) -> list[list[int]]:
    """Return the positions of ranges in as few lists as need be, in each of which they are ascending and apart."""
    layers: list[list[int]] = []
    for position in sorted(range(len(spans)), key=lambda i: spans[i]):
        first, last = spans[position]
        if first > last:
            continue
        fitting = (layer for layer in layers if spans[layer[-1]][1] < first)
        layer = next(fitting, None)
        if layer is None:
            layers.append([position])
        else:
            layer.append(position)
    return layers
