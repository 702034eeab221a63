"""Hits that are combinations of values: all matching products that have them, in whichever group and part they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
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
        self._codes, self._standing = _number_hits(parts, fields)

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
        places = np.array([self._places[unit] for unit in self._units.tolist()], np.int64)
        return [Run([self._key(key) for key in self._keys], Strings.of([]), places)]

    def place(self, run: int, key: Sequence[str]) -> int:
        """Return the place behind a hit's key."""
        assert run == 0  # noqa: S101 - there is one run only
        return bisect_right(self._names, tuple(key))

    def pieces(self, run: int, position: int, values: Sequence[Value]) -> Pieces:
        """Return what a hit is made of; see ``GroupHits.pieces``."""
        assert run == 0  # noqa: S101 - there is one run only
        unit = int(self._units[position])
        members = []
        for (found, standing), (_, matches) in zip(self._found(NOTHING), self._parts, strict=True):
            rows = found.candidates.products.ordinals(standing.positions[standing.units == unit].astype(np.int32))
            if len(rows):
                members.append(Members(found, matches, rows))
        score = float(self._scores[position])
        pairs = zip(self._keys, values, strict=True)
        whole = tuple(score if isinstance(key, SortByRelevance) else value for key, value in pairs)
        return Pieces(Position(whole, self._names[self._places[unit]]), score, members)

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
    def _texts(self) -> Mapping[int, Key]:
        dictionaries = self._sorting.dictionaries
        values = [dictionaries[field.name].values_by_code for field in self._fields]
        codes = self._codes[self._units].tolist()
        pairs = zip(self._units.tolist(), codes, strict=True)
        return {unit: tuple(of[code] for of, code in zip(values, own, strict=True)) for unit, own in pairs}

    @cached_property
    def _names(self) -> list[Key]:
        """The keys of the hits found, in their order."""
        return sorted(self._texts.values())

    @cached_property
    def _places(self) -> Mapping[int, int]:
        """The place of each hit found among the names."""
        places = {name: place for place, name in enumerate(self._names)}
        return {unit: places[name] for unit, name in self._texts.items()}

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
                seeds = (random_key(key.seed, self._texts[unit]) for unit in self._units.tolist())
                return np.fromiter(seeds, np.int64, len(self._units))
            case SortByField():
                return self._field_key(key)

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


def _number_hits(parts: Sequence[tuple[Found, PartMatches]], fields: Sequence[Field]) -> tuple[Ints, list[_Standing]]:
    """Give a number to each hit of all candidates.

    Returns:
        Of each hit the codes of its values, and in which hits the candidates of each part stand.
    """
    combined = [_combinations(found.candidates, fields) for found, _ in parts]
    codes = [np.empty((0, len(fields)), np.int32), *(own for _, own in combined)]
    distinct, numbers = np.unique(np.concatenate(codes), axis=0, return_inverse=True)
    bounds = np.cumsum([0, *(len(positions) for positions, _ in combined)])
    units = numbers.reshape(-1).astype(np.int32)
    standing = []
    for i, (positions, _) in enumerate(combined):
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
