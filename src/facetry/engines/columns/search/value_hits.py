"""Hits that are combinations of values: all matching products that have them, in whichever group and part they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.counting import facet_field
from facetry.domain.search.fields import Field, Level
from facetry.domain.search.ordering import random_key
from facetry.domain.search.query import CountLevel, Facet, Position, SortAtRandom, SortByField, SortByRelevance, SortKey
from facetry.engines.columns.search.candidates import Candidates
from facetry.engines.columns.search.columns import value_column
from facetry.engines.columns.search.conditions import NOTHING, Conditions
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.found import Found, Listed
from facetry.engines.columns.search.hits import Members, Pieces
from facetry.engines.columns.search.matches import PartMatches
from facetry.engines.columns.search.pages import Run
from facetry.engines.columns.search.sorting import NO_VALUE, Sorting, Value, directed, score_keys
from facetry.engines.columns.segment import MISSING
from facetry.engines.columns.strings import Strings

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Key = tuple[str, ...]
_CODE_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """In which hits the candidates of one part stand, once for each.

    Attributes:
        positions: Of the product among the candidates, ascending.
        units: Number of the hit.
        turns: 0 for a product's first hit, 1 for its second, and so on.
    """

    positions: Longs
    units: Ints
    turns: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Listing:
    """In the order of their hits, the hits of products and the positions of these among the candidates."""

    units: Ints
    positions: Ints

    @classmethod
    def of(cls, standing: _Standing) -> _Listing:
        """Put what stands in hits in the order of hits, that of a hit in its own."""
        order = np.argsort(standing.units, kind="stable")
        return cls(standing.units[order], standing.positions[order].astype(np.int32))

    def of_hit(self, unit: int) -> Ints:
        """Return the positions of the products of a hit, ascending."""
        first, last = np.searchsorted(self.units, [unit, unit + 1]).tolist()
        return self.positions[first:last]


class ValueHits:
    """The hits of a search that groups by values, in one run."""

    def __init__(
        self,
        parts: Sequence[tuple[Found, PartMatches]],
        conditions: Conditions,
        sorting: Sorting,
        keys: Sequence[SortKey],
        fields: Sequence[Field],
    ) -> None:
        """Give a number to each hit that candidates stand in."""
        self._parts = parts
        self._conditions = conditions
        self._sorting = sorting
        self._keys = keys
        self._fields = fields
        self._codes, self._standing = _number_hits(parts, fields, sorting.deadline)

    def totals(self) -> tuple[int, int]:
        """Return how many hits and how many products there are."""
        products = sum(int(np.count_nonzero(standing.turns == 0)) for _, standing in self._found(NOTHING))
        return len(self._units), products

    def counted(self, facet: Facet) -> list[Listed]:
        """Return what a facet counts: rows in lists of the product, each turn of hits by itself."""
        by_hit, of_stones = facet.level is CountLevel.GROUP, facet_field(facet).level is Level.STONE
        left_out = self._conditions.left_out(facet)
        return [
            listed if by_hit else replace(listed, units=None)
            for found, standing in self._found(left_out)
            for turn, listed in enumerate(_by_turn(found, standing, left_out, of_stones=of_stones))
            if by_hit or not turn
        ]

    def runs(self) -> list[Run]:
        """Return the hits with their keys."""
        places: Longs = np.empty(len(self._units), np.int64)
        places[self._order] = np.arange(len(places))
        return [Run([self._key(key) for key in self._keys], Strings.of([]), places)]

    def place(self, run: int, key: Sequence[str]) -> int:
        """Return the place behind a hit's key."""
        assert run == 0  # noqa: S101 - there is one run only
        return bisect_right(self._order, tuple(key), key=self._name)

    def pieces(self, run: int, position: int, values: Sequence[Value]) -> Pieces:
        """Return what a hit is made of.

        Args:
            run: Which run.
            position: Which of its hits.
            values: Its values of the sort's keys; what stands for relevance is ignored.
        """
        assert run == 0  # noqa: S101 - there is one run only
        unit = int(self._units[position])
        members = []
        for listing, (found, matches) in zip(self._listings, self._parts, strict=True):
            positions = listing.of_hit(unit)
            if len(positions):
                members.append(Members(found, matches, found.candidates.products.ordinals(positions)))
        score = float(self._scores[position])
        pairs = zip(self._keys, values, strict=True)
        whole = tuple(score if isinstance(key, SortByRelevance) else value for key, value in pairs)
        return Pieces(Position(whole, self._name(position)), score, members)

    def _found(self, left_out: str) -> Iterator[tuple[Found, _Standing]]:
        """Yield each part with the hits in which the products found stand."""
        for (found, _), standing in zip(self._parts, self._standing, strict=True):
            kept = found.keeps_products(left_out)[standing.positions]
            yield found, _Standing(standing.positions[kept], standing.units[kept], standing.turns[kept])

    @cached_property
    def _units(self) -> Longs:
        """The numbers of the hits found, ascending."""
        return np.unique(np.concatenate([np.empty(0, np.int32), *(s.units for _, s in self._found(NOTHING))]))

    @cached_property
    def _listings(self) -> list[_Listing]:
        """The products of each hit found, part by part."""
        return [_Listing.of(standing) for _, standing in self._found(NOTHING)]

    @cached_property
    def _order(self) -> Longs:
        """The positions of the hits found in the order of their keys."""
        codes = self._codes[self._units]
        pairs = zip(self._values, codes.T, strict=True)
        ranks = [_text_ranks(values, own, self._sorting.deadline) for values, own in pairs]
        return np.lexsort(ranks[::-1])

    @cached_property
    def _values(self) -> list[Sequence[str]]:
        """The values of each field by their codes."""
        return [self._sorting.dictionaries[field.name].values_by_code for field in self._fields]

    def _name(self, position: int) -> Key:
        """Return the key of a hit found."""
        codes = self._codes[self._units[position]].tolist()
        return tuple(values[code] for values, code in zip(self._values, codes, strict=True))

    @cached_property
    def _scores(self) -> Floats:
        """The score of each hit found: that of its best group."""
        best = np.full(len(self._codes), -np.inf)
        for (found, standing), (_, matches) in zip(self._found(NOTHING), self._parts, strict=True):
            scores = np.repeat(matches.scores, np.diff(found.candidates.products.starts))
            np.maximum.at(best, standing.units, scores[standing.positions])
        return best[self._units]

    def _key(self, key: SortKey) -> Longs:
        match key:
            case SortByRelevance():
                return score_keys(self._scores)
            case SortAtRandom():
                return self._random_key(key.seed)
            case SortByField():
                return self._field_key(key)

    def _random_key(self, seed: int) -> Longs:
        keys = np.empty(len(self._units), np.int64)
        for some in self._sorting.deadline.slices(len(keys)):
            keys[some] = [random_key(seed, self._name(position)) for position in range(some.start, some.stop)]
        return keys

    def _field_key(self, key: SortByField) -> Longs:
        best = np.full(len(self._codes), MISSING if key.descending else NO_VALUE)
        better = np.maximum if key.descending else np.minimum
        of_stones = key.field.level is Level.STONE
        for found, standing in self._found(NOTHING):
            for listed in _by_turn(found, standing, NOTHING, of_stones=of_stones):
                read = self._sorting.field_numbers(key.field, listed)
                units = np.repeat(_given(listed.units), np.diff(read.starts))
                has_value = read.numbers != MISSING
                better.at(best, units[has_value], read.numbers[has_value])
        found_keys = best[self._units]
        return directed(np.where(found_keys == NO_VALUE, MISSING, found_keys), descending=key.descending)


def _given(units: Ints | None) -> Ints:
    assert units is not None  # noqa: S101 - lists of hits have units
    return units


def _by_turn(found: Found, standing: _Standing, left_out: str, *, of_stones: bool) -> Iterator[Listed]:
    """Yield lists of one product each, or of its gemstones found, with the hits in which they stand: one a turn."""
    for turn in range(int(standing.turns.max()) + 1 if len(standing.turns) else 0):
        own = standing.turns == turn
        positions = standing.positions[own].astype(np.int32)
        lists = found.stones_of(left_out, positions) if of_stones else found.each(positions)
        yield replace(lists, units=standing.units[own])


def _text_ranks(values: Sequence[str], codes: Ints, deadline: Deadline) -> Longs:
    """Return numbers in the order of the texts that codes stand for."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    deadline.check()
    texts = [values[code] for code in distinct.tolist()]
    ranks = np.empty(len(texts), np.int64)
    ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    deadline.check()
    ordered: Longs = ranks[inverse]
    return ordered


def _number_hits(
    parts: Sequence[tuple[Found, PartMatches]], fields: Sequence[Field], deadline: Deadline
) -> tuple[Ints, list[_Standing]]:
    """Give a number to each hit of all candidates.

    Returns:
        Of each hit the codes of its values, and in which hits the candidates of each part stand.
    """
    combined = [_combinations(found.candidates, fields) for found, _ in parts]
    codes = [np.empty((0, len(fields)), np.int32), *(own for _, own in combined)]
    everything = np.concatenate(codes)
    numbers = np.zeros(len(everything), np.int64)
    for column in everything.T:
        deadline.check()
        # Field by field, because sorting numbers is much quicker than sorting rows.
        numbers = np.unique((numbers << _CODE_BITS) | column, return_inverse=True)[1]
    distinct = everything[np.unique(numbers, return_index=True)[1]]
    bounds = np.cumsum([0, *(len(positions) for positions, _ in combined)])
    units = numbers.astype(np.int32)
    standing = []
    for i, (positions, _) in enumerate(combined):
        deadline.check()
        firsts = np.searchsorted(positions, positions, side="left")
        turns = (np.arange(len(positions)) - firsts).astype(np.int32)
        standing.append(_Standing(positions, units[bounds[i] : bounds[i + 1]], turns))
    return distinct, standing


def _combinations(candidates: Candidates, fields: Sequence[Field]) -> tuple[Longs, Ints]:
    """Return the position of each candidate with each combination of its values, ascending, and their codes."""
    positions = np.arange(candidates.products.size)
    codes = np.empty((len(positions), 0), np.int32)
    for field in fields:
        owners, values = _values(candidates, field)
        firsts = np.searchsorted(owners, positions, side="left")
        counts = np.searchsorted(owners, positions, side="right") - firsts
        starts = np.cumsum(counts) - counts
        picks = np.repeat(firsts - starts, counts) + np.arange(int(counts.sum()))
        positions = np.repeat(positions, counts)
        codes = np.column_stack([np.repeat(codes, counts, axis=0), values[picks]])
    return positions, codes


def _values(candidates: Candidates, field: Field) -> tuple[Longs, Ints]:
    """Return the positions of candidates that have values in a field, ascending, and the codes of these."""
    column = value_column(candidates.segment, field)
    if column is None:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    rows, codes = column.pairs()
    products = candidates.products
    if products.is_everything:
        return rows.astype(np.int64), codes
    positions = np.minimum(np.searchsorted(products.picks, rows), max(products.size - 1, 0))
    kept = products.picks[positions] == rows
    return positions[kept], codes[kept]
