"""The hits of a page, read from the documents: a group each, and the matching products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
        first = self.query.sort[0] if self.query.sort else None
        leading: list[tuple[tuple[int, int, bytes, int], Segment, int]] = []
        for members in parts:
            keys = self._product_keys(members, first) if isinstance(first, SortByField) else None
            if keys is None and len(parts) == 1 and _is_one_group(members):
                return _read(members.segment, members.rows[:count].tolist())
            leading += self._leading(members, keys, count)
        leading.sort(key=lambda entry: entry[0])
        return [_read(segment, [row])[0] for _, segment, row in leading[:count]]

    def _leading(
        self, members: Members, keys: Longs | None, count: int
    ) -> Iterable[tuple[tuple[int, int, bytes, int], Segment, int]]:
        """Return the first products of one part with what they are ordered by, in any part."""
        segment, groups = members.segment, members.groups()
        scores = score_keys(members.matches.scores[groups])
        own = np.zeros(len(groups), np.int64) if keys is None else keys
        # Within a part the order of rows is that of group ids, then that in which they joined.
        for position in np.lexsort([scores, own])[:count].tolist():
            name = segment.ids[int(members.found.candidates.groups[groups[position]])]
            row = int(members.rows[position])
            yield (int(own[position]), int(scores[position]), name, row), segment, row

    def _product_keys(self, members: Members, key: SortByField) -> Longs:
        listed = members.listed_stones() if key.field.level is Level.STONE else members.listed()
        return self.sorting.field_keys(key, listed)

    def _cheapest(self, parts: Sequence[Members]) -> Product | None:
        lowest: list[tuple[int, int, Segment, int]] = []
        for members in parts:
            prices = numbers_of(members.listed(), _PRICE, self.sorting.money).numbers
            priced = np.flatnonzero(prices != MISSING)
            if len(priced):
                joined = members.segment.products.numbers["joined"][members.rows[priced]]
                best = priced[np.lexsort([joined, prices[priced]])[0]]
                row = int(members.rows[best])
                lowest.append((int(prices[best]), int(joined.min()), members.segment, row))
        if not lowest:
            return None
        _, _, segment, row = min(lowest, key=lambda entry: entry[:2])
        return _read(segment, [row])[0]


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
