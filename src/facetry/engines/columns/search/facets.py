"""The facets of a search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.counting import (
    facet_field,
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
from facetry.engines.columns.kernels.counting import count_numbers, lowest_and_highest
from facetry.engines.columns.search.candidates import EVERY_ROW
from facetry.engines.columns.search.choosing import FEW, choose
from facetry.engines.columns.search.codes import Codes
from facetry.engines.columns.search.columns import Money
from facetry.engines.columns.search.counting import count_codes
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.found import Listed
from facetry.engines.columns.search.group_codes import is_most
from facetry.engines.columns.search.group_numbers import GroupNumbers
from facetry.engines.columns.search.reading import Numbers, codes_of, is_number_field, numbers_of
from facetry.engines.columns.segment import MISSING

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Span = tuple[int, int]
SpansOf = Callable[[Span | None], Sequence[Span]]
"""Gives the ranges to count from lowest and highest number; None without any."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts the facets of one search over all parts."""

    dictionaries: Dictionaries
    money: Money
    deadline: Deadline

    def results(self, facets: Sequence[Facet], counted: Callable[[Facet], Sequence[Listed]]) -> dict[str, FacetResult]:
        """Return the counts of facets by name; ``counted`` gives what a facet's own conditions left."""
        listed = [*map(counted, facets)]
        of_values = [i for i, facet in enumerate(facets) if self._has_values(facet)]
        results = dict(
            zip(of_values, self._of_values([facets[i] for i in of_values], [listed[i] for i in of_values]), strict=True)
        )
        return {
            facet.name: results[i] if i in results else self._of_numbers(facet, listed[i])
            for i, facet in enumerate(facets)
        }

    def _has_values(self, facet: Facet) -> bool:
        """Return whether a facet counts the values of a dictionary."""
        field = facet_field(facet)
        return isinstance(facet, _OF_VALUES) and not is_number_field(field) and field.name in self.dictionaries

    def _of_values(self, facets: Sequence[Facet], listed: Sequence[Sequence[Listed]]) -> list[FacetResult]:
        """Return the counts of facets that count values of dictionaries, all of them at once."""
        dictionaries = [self.dictionaries[facet_field(facet).name] for facet in facets]
        found = [_counted(parts, facet_field(facet)) for facet, parts in zip(facets, listed, strict=True)]
        counts = count_codes(found, [len(one.values_by_code) for one in dictionaries], self.deadline)
        chosen = choose(facets, dictionaries, counts, self.deadline)
        return [
            chosen[i] if i in chosen else self._result(facet, dictionary, counts.of(i))
            for i, (facet, dictionary) in enumerate(zip(facets, dictionaries, strict=True))
        ]

    def _result(self, facet: Facet, dictionary: ValueDictionary, counts: Longs) -> FacetResult:
        if isinstance(facet, ValuesFacet):
            return self._leading(facet, dictionary, counts)
        assert isinstance(facet, TreeFacet)  # noqa: S101 - other facets do not count values
        values = dictionary.values_by_code
        return tree_result(facet, {values[code]: int(counts[code]) for code in np.flatnonzero(counts).tolist()})

    def _of_numbers(self, facet: Facet, parts: Sequence[Listed]) -> FacetResult:
        """Return the counts of a facet that looks at numbers, or at values that there are none of."""
        match facet:
            case ValuesFacet() if is_number_field(facet.field):
                return values_result(facet, self._number_counts(facet.field, parts))
            case ValuesFacet():
                return ValuesResult((), 0, 0)
            case TreeFacet():
                return tree_result(facet, {})
            case RangesFacet():
                return self._ranges(facet.field, lambda _: facet.ranges, parts)
            case HistogramFacet():
                return self._ranges(facet.field, lambda span: buckets(facet, *span) if span else (), parts)

    def _leading(self, facet: ValuesFacet, dictionary: ValueDictionary, counts: Longs) -> ValuesResult:
        values = dictionary.values_by_code
        codes = counts.nonzero()[0]
        if facet.search:
            codes = codes[self._searched(facet.search, [values[code] for code in codes.tolist()])]
        found = counts[codes]
        total, distinct = int(found.sum()), len(codes)
        if facet.order is ValueOrder.COUNT and facet.size < distinct:
            # Only values that are not below the lowest count listed can be listed.
            codes = codes[found >= np.partition(found, -facet.size)[-facet.size]] if facet.size else codes[:0]
        if len(codes) > 1:
            codes = self._in_order(facet, dictionary, codes, counts)
        codes = codes[: facet.size]
        found = counts[codes]
        listed = tuple(ValueCount(values[code], n) for code, n in zip(codes.tolist(), found.tolist(), strict=True))
        return ValuesResult(listed, total - int(found.sum()), distinct)

    def _searched(self, search: str, values: Sequence[str]) -> NDArray[np.bool_]:
        found = np.zeros(len(values), np.bool_)
        for part in self.deadline.slices(len(values)):
            found[part] = [is_value_searched(value, search) for value in values[part]]
        return found

    def _in_order(self, facet: ValuesFacet, dictionary: ValueDictionary, codes: Longs, counts: Longs) -> Longs:
        size = len(dictionary.values_by_code)
        if len(codes) > FEW or size <= FEW:
            places = dictionary.meanings.order(facet.field, self.deadline.check).places[codes].astype(np.int64)
        else:
            values = dictionary.values_by_code
            ordered = sorted(codes.tolist(), key=lambda code: value_order(facet.field, values[code]))
            codes = np.array(ordered, np.int64)
            places = np.arange(len(codes))
        if facet.order is ValueOrder.COUNT:
            # Both in one number: no place reaches the number of places.
            places -= counts[codes] * (len(dictionary.values_by_code) + 1)
        return codes[places.argsort()]

    def _number_counts(self, field: Field, parts: Sequence[Listed]) -> Mapping[str, int]:
        found = [numbers_of(listed, field, self.money) for listed in parts]
        known = np.unique(np.concatenate([_NOTHING, *(part.numbers for part in found)]))
        known = known[known != MISSING]
        counts = self._binned(found, known, known)
        pairs = zip(known.tolist(), counts.tolist(), strict=True)
        return {shown_number(field, number): count for number, count in pairs}

    def _ranges(self, field: Field, spans_of: SpansOf, parts: Sequence[Listed]) -> RangesResult:
        if is_number_field(field):
            return self._ranges_of_numbers(field, spans_of, parts)
        dictionary = self.dictionaries.get(field.name, ValueDictionary())
        numbers = dictionary.meanings.numbers(field, self.deadline.check)
        return self._ranges_of_codes(_codes(parts, field), numbers, spans_of)

    def _ranges_of_numbers(self, field: Field, spans_of: SpansOf, parts: Sequence[Listed]) -> RangesResult:
        most = [(GroupNumbers.of(listed.segment, field, self.money), listed) for listed in parts if is_most(listed)]
        others = [numbers_of(listed, field, self.money) for listed in parts if not is_most(listed)]

        def counted(firsts: Longs, lasts: Longs) -> Longs:
            counts = self._binned(others, firsts, lasts)
            codes = [numbers.counted(listed, firsts, lasts, self.deadline) for numbers, listed in most]
            return counts + count_codes([codes], [len(firsts)], self.deadline).of(0) if codes else counts

        spans = [*self._extremes(others), *(span for numbers, listed in most if (span := numbers.extremes(listed)))]
        return _ranges_result(_widest(spans), spans_of, counted)

    def _ranges_of_codes(self, found: Sequence[Codes], numbers: Longs, spans_of: SpansOf) -> RangesResult:
        """Count ranges by looking at each value once, not at each row that has it."""
        counts = count_codes([found], [len(numbers)], self.deadline).of(0)
        present = numbers[(counts > 0) & (numbers != MISSING)]

        def counted(firsts: Longs, lasts: Longs) -> Longs:
            bins = np.empty(len(numbers) + 1, np.int32)
            bin_numbers(np.concatenate([[MISSING], numbers]), MISSING, firsts, lasts, bins)
            if all(codes.is_single and codes.units is None for codes in found):
                inside = bins[1:] >= 0
                return np.bincount(bins[1:][inside], counts[inside], len(firsts)).astype(np.int64)
            return count_codes([[_translated(codes, bins) for codes in found]], [len(firsts)], self.deadline).of(0)

        return _ranges_result((int(present.min()), int(present.max())) if len(present) else None, spans_of, counted)

    def _extremes(self, found: Sequence[Numbers]) -> Iterator[Span]:
        """Yield the lowest and the highest number of each part that has any."""
        for part in found:
            self.deadline.check()
            span = np.empty(2, np.int64)
            if lowest_and_highest(part.numbers, MISSING, span):
                lowest, highest = span.tolist()
                yield lowest, highest

    def _binned(self, found: Sequence[Numbers], firsts: Longs, lasts: Longs) -> Longs:
        """Return how many lists have a number in each of some ranges that are ascending and apart."""
        if any(part.units is not None for part in found):
            return count_codes([[self._bins(part, firsts, lasts) for part in found]], [len(firsts)], self.deadline).of(
                0
            )
        counts = np.zeros(len(firsts) + 1, np.int64)
        for part in found:
            for span in self.deadline.lists(part.starts):
                count_numbers(part.numbers, part.starts, span, MISSING, firsts, lasts, counts)
        return counts[1:]

    def _bins(self, part: Numbers, firsts: Longs, lasts: Longs) -> Codes:
        binned = np.empty(len(part.numbers), np.int32)
        for some in self.deadline.slices(len(binned)):
            bin_numbers(part.numbers[some], MISSING, firsts, lasts, binned[some])
        return Codes(binned, EVERY_ROW, part.starts, part.units)


_NOTHING: Longs = np.empty(0, np.int64)
_OF_VALUES = (ValuesFacet, TreeFacet)


def _codes(parts: Sequence[Listed], field: Field) -> list[Codes]:
    return [codes for listed in parts if (codes := codes_of(listed, field))]


def _widest(spans: Sequence[Span]) -> Span | None:
    return (min(lowest for lowest, _ in spans), max(highest for _, highest in spans)) if spans else None


def _counted(parts: Sequence[Listed], field: Field) -> list[Codes]:
    return [codes for listed in parts if (codes := codes_of(listed, field, is_counted=True))]


def _translated(codes: Codes, table: Ints) -> Codes:
    """Return what a table with one entry a code, after a first one for none, has for the codes."""
    # Different codes of a list may become the same.
    found = table[codes.together() + 1]
    return replace(codes, codes=found, rows=EVERY_ROW, is_distinct=codes.is_single, small=None)


def _ranges_result(extremes: Span | None, spans_of: SpansOf, counted: Callable[[Longs, Longs], Longs]) -> RangesResult:
    """Return counts of ranges; ``counted`` counts ranges that are ascending and apart."""
    spans = spans_of(extremes)
    lowest, highest = extremes or (None, None)
    counts = [0] * len(spans)
    for layer in _layers(spans):
        firsts, lasts = (np.array([spans[i][end] for i in layer], np.int64) for end in (0, 1))
        for i, count in zip(layer, counted(firsts, lasts).tolist(), strict=True):
            counts[i] = count
    pairs = zip(spans, counts, strict=True)
    return RangesResult(tuple(RangeCount(first, last, count) for (first, last), count in pairs), lowest, highest)


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
