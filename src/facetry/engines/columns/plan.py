"""The plan of a search: what a query looks up, and what each range of postings weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.field_query import KEYWORD_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, FieldQuery
from facetry.domain.field_ranking import EXACT_WEIGHT, QueryTerms, Statistics, idf, known_fields, query_terms
from facetry.engines.columns.kernels.searching import (
    END,
    KEYWORDS,
    POSTINGS,
    START,
    count_live,
    look_up,
)
from facetry.engines.columns.segment import NUMBERS, Longs, term_key
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.strings import Strings, encoded

_COLUMNS_OF_RANGES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a query looks up in any segment.

    Attributes:
        fields: Names of the fields, in their fixed order.
        words: Field and term of each key, in the order of ``keys``.
        keys: What to find in vocabularies: the first ranges belong to them.
        ranges: (ranges x 6) as ``kernels.searching`` has them, without bounds; those of ``numbers`` last.
        needs: (fields x 2) likewise.
    """

    query: FieldQuery
    terms: QueryTerms
    fields: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    keys: Strings
    ranges: Longs
    needs: Longs


def make_plan(query: FieldQuery) -> Plan:
    """Return the plan of a query."""
    terms = query_terms(query)
    fields = known_fields(query.fields)
    words: list[tuple[str, str]] = []
    ranges: list[tuple[int, ...]] = []
    needs: list[tuple[int, int]] = []
    for number, field in enumerate(fields):
        if field in TEXT_FIELDS:
            needs.append((len(terms.text), TEXT_FIELDS.index(field)))
            words += [(field, term) for term in terms.text]
            ranges += [(number, 0, 0, 1, POSTINGS, 0) for _ in terms.text]
            continue
        needs.append((len(terms.words), KEYWORDS))
        if field in KEYWORD_FIELDS:
            words += [(field, keyword) for keyword in terms.keywords]
            ranges += [(number, 0, 0, step, POSTINGS, 0) for step in _steps(terms)]
        else:
            values = terms.prices if field in NUMBER_FIELDS else terms.flags
            row = NUMBERS.index(field)
            ranges += [(number, 0, 0, 1, row, int(value)) for value in values if value is not None]
    return Plan(
        query=query,
        terms=terms,
        fields=fields,
        words=tuple(words),
        keys=Strings.of([encoded(term_key(field, term)) for field, term in words]),
        ranges=np.array(ranges, np.int64).reshape(len(ranges), _COLUMNS_OF_RANGES),
        needs=np.array(needs, np.int64).reshape(len(needs), 2),
    )


def _steps(terms: QueryTerms) -> list[int]:
    """Return how far each keyword brings a field to completeness: the whole text brings it all the way."""
    return [1 if i < len(terms.words) else len(terms.words) for i in range(len(terms.keywords))]


@dataclass(frozen=True, slots=True, eq=False)
class PartRanges:
    """A part, and the plan's ranges with bounds in it."""

    part: Part
    ranges: Longs


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """Where a plan's words stand in a snapshot.

    Attributes:
        parts: The parts in which any word stands.
        postings: How many postings and numbers there are to look at.
    """

    plan: Plan
    snapshot: Snapshot
    parts: tuple[PartRanges, ...]
    postings: int


def find_words(plan: Plan, snapshot: Snapshot) -> Lookup:
    """Return where a plan's words stand in a snapshot; microseconds a part."""
    found: list[PartRanges] = []
    total = 0
    keyed = len(plan.words)
    for part in snapshot.parts:
        segment = part.segment
        bounds = np.empty((keyed, 2), np.int64)
        postings = look_up(
            segment.vocabulary.blob,
            segment.vocabulary.starts,
            segment.posting_starts,
            plan.keys.blob,
            plan.keys.starts,
            bounds,
        )
        postings += len(segment) * (len(plan.ranges) - keyed)
        if postings:
            ranges = plan.ranges.copy()
            ranges[:keyed, START : END + 1] = bounds
            ranges[keyed:, END] = len(segment)
            found.append(PartRanges(part, ranges))
            total += postings
    return Lookup(plan, snapshot, tuple(found), total)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What the ranges of a lookup weigh, see ``kernels.searching.score``, and the statistics that say so."""

    statistics: Statistics
    weights: NDArray[np.float64]
    averages: NDArray[np.float64]


def weigh(lookup: Lookup) -> Weights:
    """Return the weights of a lookup, counting live groups only."""
    plan, snapshot = lookup.plan, lookup.snapshot
    frequencies = np.zeros(len(plan.words), np.int64)
    for found in lookup.parts:
        _add_frequencies(found, frequencies)
    groups = snapshot.groups
    lengths = sum((part.lengths for part in snapshot.parts), np.zeros(len(TEXT_FIELDS), np.int64)).tolist()
    counts: list[int] = frequencies.tolist()
    statistics = Statistics(
        groups, dict(zip(TEXT_FIELDS, lengths, strict=True)), dict(zip(plan.words, counts, strict=True))
    )
    weights = np.full(len(plan.ranges), EXACT_WEIGHT)
    weights[: len(counts)] = [idf(groups, count) for count in counts]
    averages = [statistics.lengths[field] / groups if groups and field in TEXT_FIELDS else 1.0 for field in plan.fields]
    return Weights(statistics, weights, np.array(averages))


def _add_frequencies(found: PartRanges, frequencies: Longs) -> None:
    bounds = found.ranges[: len(frequencies), START : END + 1]
    if not found.part.has_dead:
        frequencies += bounds[:, 1] - bounds[:, 0]
        return
    for word, (start, end) in enumerate(bounds.tolist()):
        if end > start:
            frequencies[word] += count_live(found.part.segment.posting_groups, start, end, found.part.live)
