"""The hits of a page, read from the documents: a group each, and the matching products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facetry.domain.product import Product
from facetry.domain.search.fields import BUILT_IN, Level
from facetry.domain.search.query import Position, SearchQuery, SortByField
from facetry.domain.search.result import SearchHit
from facetry.engines.columns.search.conditions import NOTHING
from facetry.engines.columns.search.found import Found, Listed
from facetry.engines.columns.search.matches import PartMatches
from facetry.engines.columns.search.reading import numbers_of
from facetry.engines.columns.search.sorting import Sorting, score_keys
from facetry.engines.columns.segment import MISSING, Segment

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_PRICE = BUILT_IN["price"]


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
        products = self.found.candidates.products
        found = self.rows if products.is_everything else np.searchsorted(products.picks, self.rows)
        return found.astype(np.int32)


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
    """Reads the hits of one search."""

    query: SearchQuery
    sorting: Sorting

    def read(self, pieces: Pieces) -> tuple[SearchHit, Place]:
        """Return a hit, its group without products, and where its group stands."""
        place, words = _best_group(pieces.members)
        hit = SearchHit(
            key=pieces.position.key,
            group=place.segment.documents.shell(place.ordinal),
            score=pieces.score,
            matched_words=words,
            matched=tuple(self._matched(pieces.members)),
            matched_count=sum(len(members.rows) for members in pieces.members),
            cheapest=self._cheapest(pieces.members),
            position=pieces.position,
        )
        return hit, place

    def _matched(self, parts: Sequence[Members]) -> list[Product]:
        """Return the first products: by the first key of the sort if that is a field, then by group, then as joined."""
        count = self.query.matched_products
        if len(parts) == 1 and self._first is None and _is_one_group(parts[0]):
            return _read(parts[0].segment, parts[0].rows[:count].tolist())
        leading = sorted((entry for members in parts for entry in self._leading(members, count)), key=_order)
        return [_read(entry.segment, [entry.row])[0] for entry in leading[:count]]

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
        for position in np.lexsort([scores, own])[:count].tolist():
            name = segment.ids[int(members.found.candidates.groups[groups[position]])]
            row = int(members.rows[position])
            yield _Ordered((int(own[position]), int(scores[position]), name, row), segment, row)

    def _product_keys(self, members: Members, key: SortByField) -> Longs:
        listed = members.listed_stones() if key.field.level is Level.STONE else members.listed()
        return self.sorting.field_keys(key, listed)

    def _cheapest(self, parts: Sequence[Members]) -> Product | None:
        """Return the product with the lowest price, then the one that joined first, then the first in order."""
        found = [cheapest for members in parts if (cheapest := self._cheapest_of_part(members))]
        if not found:
            return None
        lowest = min(one[0] for one in found)
        level = [members for price, members in found if price == lowest]
        if len(level) == 1 and len(level[0].rows) == 1:
            return _read(level[0].segment, level[0].rows.tolist())[0]
        first = min((entry for members in level for entry in self._leading(members, 1)), key=_order)
        return _read(first.segment, [first.row])[0]

    def _cheapest_of_part(self, members: Members) -> tuple[tuple[int, int], Members] | None:
        """Return lowest price and who joined first at it, and the products to which both apply."""
        prices = numbers_of(members.listed(), _PRICE, self.sorting.money).numbers
        priced = prices != MISSING
        if not priced.any():
            return None
        lowest = int(prices[priced].min())
        rows = members.rows[priced & (prices == lowest)]
        joined = members.segment.products.numbers["joined"][rows]
        first = int(joined.min())
        return (lowest, first), replace(members, rows=rows[joined == first])


class _Ordered(NamedTuple):
    """A product by its row, and what it is ordered by."""

    order: tuple[int, int, bytes, int]
    segment: Segment
    row: int


def _order(entry: _Ordered) -> tuple[int, int, bytes, int]:
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


def _is_one_group(members: Members) -> bool:
    ends = np.searchsorted(members.segment.product_starts, members.rows[[0, -1]], side="right")
    return bool(ends[0] == ends[1])


def _read(segment: Segment, rows: Sequence[int]) -> list[Product]:
    """Return products of one group of a segment."""
    if not rows:
        return []
    group = int(np.searchsorted(segment.product_starts, rows[0], side="right")) - 1
    start = int(segment.product_starts[group])
    return segment.documents.products(group, [row - start for row in rows])
