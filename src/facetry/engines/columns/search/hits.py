"""Hits with products of several groups and parts, read from the documents: a group each, and matching products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facetry.domain.product import Product
from facetry.domain.search.fields import BUILT_IN, Level
from facetry.domain.search.query import Position, SearchQuery, SortByField
from facetry.domain.search.result import SearchHit
from facetry.engines.columns.search.columns import number_column
from facetry.engines.columns.search.conditions import NOTHING
from facetry.engines.columns.search.fits import Fits
from facetry.engines.columns.search.found import Found, Listed
from facetry.engines.columns.search.matches import PartMatches
from facetry.engines.columns.search.sorting import Sorting, score_keys
from facetry.engines.columns.segment import MISSING, Segment

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_Order = tuple[int, int, int, bytes, int]
PRICE = BUILT_IN["price"]


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Matching products of a hit in one part: their ordinals in the segment, ascending."""

    found: Found
    matches: PartMatches
    rows: Ints

    @property
    def segment(self) -> Segment:
        """Return their segment."""
        return self.found.candidates.segment

    def groups(self) -> Longs:
        """Return the position of each product's group among the candidates."""
        candidates = self.found.candidates
        ordinals = np.searchsorted(self.segment.product_starts, self.rows, side="right") - 1
        return np.searchsorted(candidates.groups, ordinals)

    def listed(self) -> Listed:
        """Return the products, in a list each."""
        return self.found.each(self._positions())

    def listed_stones(self) -> Listed:
        """Return the gemstones by which the products match, in a list a product."""
        return self.found.stones_of(NOTHING, self._positions())

    def _positions(self) -> Ints:
        """Return the positions of the products among the candidates."""
        return self.found.candidates.products.positions(self.rows)


class Place(NamedTuple):
    """Where a hit's group stands."""

    segment: Segment
    ordinal: int


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """What a hit is made of: its key, its position, its score, and all its matching products by part."""

    position: Position
    score: float
    members: Sequence[Members]


@dataclass(frozen=True, slots=True)
class HitReader:
    """Reads the hits of one search.

    Attributes:
        fits: How well the words of the text fit the products of the page, by segment; a segment is left out where it
            does not matter.
    """

    query: SearchQuery
    sorting: Sorting
    fits: Mapping[Segment, Fits]

    def read(self, pieces: Pieces) -> tuple[SearchHit, Place]:
        """Return a hit, its group without products, and where its group stands."""
        place, words = _best_group(pieces.members)
        matched, cheapest = self._matched(pieces), self._cheapest(pieces)
        products = _read([*matched, cheapest] if cheapest else matched)
        hit = SearchHit(
            key=pieces.position.key,
            group=place.segment.documents.shell(place.ordinal),
            score=pieces.score,
            matched_words=words,
            matched=tuple(products[row] for row in matched),
            matched_count=sum(len(members.rows) for members in pieces.members),
            cheapest=products[cheapest] if cheapest else None,
            position=pieces.position,
        )
        return hit, place

    def _matched(self, pieces: Pieces) -> list[_Row]:
        """Return the first products: by the first key of the sort if that is a field, by fit, by group, as joined."""
        count, parts = self.query.matched_products, pieces.members
        leading = sorted((entry for members in parts for entry in self._leading(members, count)), key=_order)
        return [entry.row for entry in leading[:count]]

    @property
    def _first(self) -> SortByField | None:
        """The first key of the sort, where it is a field."""
        first = self.query.sort[0] if self.query.sort else None
        return first if isinstance(first, SortByField) else None

    def _leading(self, members: Members, count: int) -> Iterator[_Ordered]:
        """Yield the first products of one part with what they are ordered by, among those of other parts too."""
        segment, groups = members.segment, members.groups()
        scores = score_keys(members.matches.scores[groups])
        own = self._product_keys(members, self._first) if self._first else np.zeros(len(groups), np.int64)
        # Within a part the order of rows is that of group ids, then that in which they joined.
        fits = -self.fits[segment].of(members.rows) if segment in self.fits else np.zeros(len(groups), np.int64)
        for position in np.lexsort([scores, fits, own])[:count].tolist():
            name = segment.ids[int(members.found.candidates.groups[groups[position]])]
            row = int(members.rows[position])
            order = (int(own[position]), int(fits[position]), int(scores[position]), name, row)
            yield _Ordered(order, _Row(segment, row))

    def _product_keys(self, members: Members, key: SortByField) -> Longs:
        listed = members.listed_stones() if key.field.level is Level.STONE else members.listed()
        return self.sorting.field_keys(key, listed)

    def _cheapest(self, pieces: Pieces) -> _Row | None:
        """Return the product with the lowest price, then the one that joined first, then the first in order."""
        found = [cheapest for members in pieces.members if (cheapest := self._cheapest_of_part(members))]
        if not found:
            return None
        lowest = min(one[0] for one in found)
        level = [members for price, members in found if price == lowest]
        return min((entry for members in level for entry in self._leading(members, 1)), key=_order).row

    def _cheapest_of_part(self, members: Members) -> tuple[tuple[int, int], Members] | None:
        """Return lowest price and who joined first at it, and the products to which both apply."""
        prices = number_column(members.segment, PRICE, self.sorting.money)[members.rows]
        # As unsigned numbers missing ones are above all prices.
        lowest = int(prices[prices.view(np.uint64).argmin()])
        if lowest == MISSING:
            return None
        rows = members.rows[prices == lowest]
        joined = members.segment.products.numbers["joined"][rows]
        first = int(joined.min())
        return (lowest, first), replace(members, rows=rows[joined == first])


class _Row(NamedTuple):
    """A product: a row of a segment."""

    segment: Segment
    row: int


class _Ordered(NamedTuple):
    """A product, and what it is ordered by."""

    order: _Order
    row: _Row


def _read(rows: Iterable[_Row]) -> dict[_Row, Product]:
    """Return products, those of one group read together."""
    by_group: dict[Place, list[_Row]] = {}
    for row in dict.fromkeys(rows):
        by_group.setdefault(_place_of(row), []).append(row)
    found: dict[_Row, Product] = {}
    for place, own in by_group.items():
        start = int(place.segment.product_starts[place.ordinal])
        products = place.segment.documents.products(place.ordinal, [row.row - start for row in own])
        found.update(zip(own, products, strict=True))
    return found


def _place_of(row: _Row) -> Place:
    return Place(row.segment, int(np.searchsorted(row.segment.product_starts, row.row, side="right")) - 1)


def _order(entry: _Ordered) -> _Order:
    return entry.order


def _best_group(parts: Sequence[Members]) -> tuple[Place, int]:
    """Return the group with the best score, then the lowest id, and the most words that any has."""
    found = []
    words = 0
    for members in parts:
        groups = members.groups()
        best = int(groups[np.argmax(members.matches.scores[groups])])
        ordinal = int(members.found.candidates.groups[best])
        words = max(words, int(members.matches.matched_words[groups].max()))
        found.append((-float(members.matches.scores[best]), members.segment.ids[ordinal], members.segment, ordinal))
    _, _, segment, ordinal = min(found, key=lambda entry: entry[:2])
    return Place(segment, ordinal), words
