"""Running a search over a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.field_query import NUMBER_FIELDS, VALUE_FIELDS, Facet, RangeFacet, ValueFacet
from facetry.domain.field_ranking import Statistics, analysed, matching_fields
from facetry.domain.field_result import FacetResult, FieldResult, Hit, RangeFacetResult, ValueFacetResult
from facetry.engines.columns.kernels.ordering import merge_runs, pick
from facetry.engines.columns.kernels.searching import (
    MATCHED,
    choose,
    count_ranges,
    count_values,
    score,
    sort_heap,
)
from facetry.engines.columns.plan import Lookup, PartRanges, Plan, Weights, weigh
from facetry.engines.columns.scratch import Scratch, ScratchPool
from facetry.engines.columns.segment import CURRENCY, NUMBERS, Ints, Longs, Segment
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.strings import Strings

_UNKNOWN = -2
"""Code of a currency that no group has."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search found: the page of hits as score, segment and ordinal, and everything that was counted."""

    total: int
    max_score: float | None
    page: list[tuple[float, Segment, int]]
    facets: dict[str, FacetResult]
    statistics: Statistics


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """The best groups of one segment, best first."""

    segment: Segment
    scores: NDArray[np.float64]
    ordinals: Ints


def find_groups(lookup: Lookup, pool: ScratchPool[Scratch], slice_work: int, is_stopped: Callable[[], bool]) -> Found:
    """Return what a search finds.

    Raises:
        CancelledError: ``is_stopped`` said so between two slices of work.
    """
    query = lookup.plan.query
    weights = weigh(lookup)
    counters = [_counter(facet, lookup.snapshot) for facet in query.facets]
    scratch = pool.lend(max((len(found.part.segment) for found in lookup.parts), default=0))
    keep = query.offset + query.limit
    total = 0
    runs: list[_Run] = []
    for found in lookup.parts:
        work = _Slices(slice_work, is_stopped)
        matched = _score(found, weights, lookup.plan, scratch, work)
        for counter in counters:
            for start, end in work.of(matched):
                counter.count(found.part.segment, scratch.matched, start, end)
        # One at least, because the best score is asked for even where no hit is.
        runs.append(_best(found.part.segment, scratch, matched, max(1, min(keep, matched)), work))
        total += matched
    pool.give_back(scratch)
    runs = [run for run in runs if len(run.scores)]
    return Found(
        total=total,
        max_score=max((float(run.scores[0]) for run in runs), default=None),
        page=_page(runs, query.offset, query.limit),
        facets={facet.name: counter.result() for facet, counter in zip(query.facets, counters, strict=True)},
        statistics=weights.statistics,
    )


def result_of(found: Found, plan: Plan, snapshot: Snapshot) -> FieldResult:
    """Return the result in the form of the port, with the groups of the page as the snapshot has them."""
    hits = [Hit(segment.group(ordinal), value) for value, segment, ordinal in found.page]
    if plan.query.explain:
        hits = [
            Hit(hit.group, hit.score, matching_fields(seen, plan.terms, plan.fields, found.statistics))
            for hit, seen in ((hit, analysed(hit.group, snapshot.language)) for hit in hits)
        ]
    return FieldResult(
        revision=snapshot.revision,
        total=found.total,
        max_score=found.max_score,
        hits=tuple(hits),
        facets=found.facets,
        terms=tuple(dict.fromkeys((*plan.terms.text, *plan.terms.keywords))),
    )


class _Slices:
    """Cut work into slices and ask between them whether it is still wanted."""

    def __init__(self, size: int, is_stopped: Callable[[], bool]) -> None:
        self.size = size
        self._is_stopped = is_stopped

    def of(self, count: int) -> list[tuple[int, int]]:
        """Return the bounds of the slices of ``count`` things."""
        self.check()
        return [(start, min(start + self.size, count)) for start in range(0, count, self.size)]

    def check(self) -> None:
        """Raise ``CancelledError`` where the work is not wanted any more."""
        if self._is_stopped():
            raise CancelledError


def _score(found: PartRanges, weights: Weights, plan: Plan, scratch: Scratch, work: _Slices) -> int:
    """Score the groups of one part into the scratch arrays and return how many matched."""
    segment = found.part.segment
    scratch.progress[:] = 0
    done = False
    while not done:
        work.check()
        done = score(
            segment.posting_groups,
            segment.posting_counts,
            segment.lengths,
            segment.numbers,
            found.part.live,
            found.ranges,
            weights.weights,
            plan.needs,
            weights.averages,
            scratch.progress,
            scratch.sums,
            scratch.steps,
            scratch.best,
            scratch.complete,
            scratch.touched,
            scratch.matched,
            work.size,
        )
    return int(scratch.progress[MATCHED])


def _best(segment: Segment, scratch: Scratch, matched: int, keep: int, work: _Slices) -> _Run:
    """Return the best groups of one segment, and clear the scratch arrays."""
    scores, ordinals, size = np.empty(keep, np.float64), np.empty(keep, np.int32), 0
    for start, end in work.of(matched):
        size = choose(scratch.matched, start, end, scratch.best, scratch.complete, scores, ordinals, size)
    sort_heap(scores, ordinals, size)
    return _Run(segment, scores[:size], ordinals[:size])


def _page(runs: list[_Run], offset: int, limit: int) -> list[tuple[float, Segment, int]]:
    """Return the page of the merged runs."""
    if len(runs) == 1:
        run = runs[0]
        pairs = zip(run.scores[offset:].tolist(), run.ordinals[offset:].tolist(), strict=True)
        return [(value, run.segment, ordinal) for value, ordinal in pairs][:limit]
    picked = [pick(r.segment.ids.blob, r.segment.ids.starts, r.ordinals.astype(np.int64)) for r in runs]
    ids = Strings.stacked([Strings(*strings) for strings in picked])
    bounds = np.cumsum([0, *(len(run.scores) for run in runs)])
    scores = np.concatenate([np.empty(0), *(run.scores for run in runs)])
    page = merge_runs(scores, ids.blob, ids.starts, bounds)[offset : offset + limit]
    owners = np.searchsorted(bounds, page, side="right") - 1
    return [
        (float(scores[position]), runs[owner].segment, int(runs[owner].ordinals[position - bounds[owner]]))
        for position, owner in zip(page.tolist(), owners.tolist(), strict=True)
    ]


class _ValueCounter:
    """Count groups per value of a column, over all parts of a search."""

    def __init__(self, facet: ValueFacet, snapshot: Snapshot) -> None:
        self._facet = facet
        self._dictionary = snapshot.dictionaries[facet.field]
        self._counts = np.zeros(len(self._dictionary.values_by_code), np.int64)
        self._stamps = np.zeros(len(self._counts), np.int64)
        self._stamp = 0

    def count(self, segment: Segment, matched: Ints, start: int, end: int) -> None:
        column = segment.products.columns.get(self._facet.field)
        if column is None:
            return
        size = segment.products.size
        codes = segment.cached(("dense", self._facet.field), lambda: column.dense(size))
        count_values(matched, start, end, segment.product_starts, codes, self._stamps, self._stamp, self._counts)
        self._stamp += end - start

    def result(self) -> FacetResult:
        return self._dictionary.leading(self._counts, self._facet.size)


class _RangeCounter:
    """Count groups per range of a price, over all parts of a search."""

    def __init__(self, facet: RangeFacet, snapshot: Snapshot) -> None:
        self._row = NUMBERS.index(facet.field)
        self._currency = snapshot.dictionaries[CURRENCY].get(facet.currency, _UNKNOWN)
        self._bounds: Longs = np.array(facet.bounds, np.int64)
        self._counts = np.zeros(len(facet.bounds), np.int64)

    def count(self, segment: Segment, matched: Ints, start: int, end: int) -> None:
        count_ranges(
            matched,
            start,
            end,
            segment.numbers[self._row],
            segment.currencies,
            self._currency,
            self._bounds,
            self._counts,
        )

    def result(self) -> FacetResult:
        return RangeFacetResult(tuple(self._counts.tolist()))


class _NoCounter:
    """Count a facet of a field that no product or group has."""

    def __init__(self, facet: Facet) -> None:
        self._facet = facet

    def count(self, segment: Segment, matched: Ints, start: int, end: int) -> None:
        """Count nothing."""

    def result(self) -> FacetResult:
        if isinstance(self._facet, ValueFacet):
            return ValueFacetResult((), 0)
        return RangeFacetResult((0,) * len(self._facet.bounds))


def _counter(facet: Facet, snapshot: Snapshot) -> _ValueCounter | _RangeCounter | _NoCounter:
    if isinstance(facet, ValueFacet):
        return _ValueCounter(facet, snapshot) if facet.field in VALUE_FIELDS else _NoCounter(facet)
    return _RangeCounter(facet, snapshot) if facet.field in NUMBER_FIELDS else _NoCounter(facet)
