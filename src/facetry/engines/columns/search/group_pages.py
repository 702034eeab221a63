"""The hits of a page that are product groups: what they are made of is looked up for all hits of a part at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from facetry.domain.product import Product
from facetry.domain.search.fields import Level
from facetry.domain.search.query import Position, SearchQuery, SortByField, SortByRelevance, SortKey
from facetry.domain.search.result import SearchHit
from facetry.domain.search.values import HIGHEST
from facetry.engines.columns.kernels.choosing import first_of_lists
from facetry.engines.columns.kernels.collecting import members_of
from facetry.engines.columns.search.columns import number_column
from facetry.engines.columns.search.conditions import NOTHING
from facetry.engines.columns.search.fits import FittingTables, product_fits
from facetry.engines.columns.search.found import Found
from facetry.engines.columns.search.hits import PRICE, Place
from facetry.engines.columns.search.matches import PartMatches
from facetry.engines.columns.search.pages import Run
from facetry.engines.columns.search.sorting import Sorting, Value
from facetry.engines.columns.segment import MISSING, Segment

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_NO_PRICE = HIGHEST


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What the hits of a page in one part are made of, one behind the other.

    Attributes:
        groups: The ordinals of their groups, ascending.
        products: The ordinals of their matching products, ascending.
        starts: Where the products of each hit begin, and the end.
    """

    found: Found
    segment: Segment
    groups: Ints
    products: Ints
    starts: Ints

    def candidates(self) -> Ints:
        """Return the positions of the products among the candidates."""
        return self.found.candidates.products.positions(self.products)


@dataclass(frozen=True, slots=True)
class GroupReader:
    """Reads the hits of one search that are groups.

    Attributes:
        keys: Those of the order.
        fitting: Says which products the words of the text fit; None where they do not matter.
    """

    query: SearchQuery
    keys: Sequence[SortKey]
    sorting: Sorting
    fitting: FittingTables | None

    def read(self, found: Found, matches: PartMatches, run: Run, places: Longs) -> list[tuple[SearchHit, Place]]:
        """Return hits of a part, their groups without products, and where the groups stand.

        Args:
            found: What the part has.
            matches: What the text matches in it.
            run: All hits of the part.
            places: The positions in it of those that are read, ascending.
        """
        listed = found.products(NOTHING, by_group=True)
        own = listed.lists[places]
        starts, rows = members_of(listed.rows.starts, places.astype(np.int32))
        segment = found.candidates.segment
        shown = _Shown(found, segment, found.candidates.groups[own], listed.rows.ordinals(rows), starts)
        matched, cheapest = self._matched(shown), self._cheapest(shown)
        scores, words = matches.scores[own].tolist(), matches.matched_words[own].tolist()
        keys = [run_keys[places].tolist() for run_keys in run.keys]
        counts = np.diff(starts).tolist()
        ordinals = shown.groups.tolist()
        groups, products = segment.documents.shells(ordinals), _products(shown, matched, cheapest)
        hits = []
        for i, ordinal in enumerate(ordinals):
            key = (segment.ids[ordinal].decode("utf-8", "surrogatepass"),)
            hit = SearchHit(
                key=key,
                group=groups[i],
                score=scores[i],
                matched_words=words[i],
                matched=products[i][0],
                matched_count=counts[i],
                cheapest=products[i][1],
                position=Position(self._values(scores[i], [column[i] for column in keys]), key),
            )
            hits.append((hit, Place(segment, ordinal)))
        return hits

    def _values(self, score: float, numbers: Sequence[int]) -> tuple[Value, ...]:
        """Return the values of a hit's keys."""
        value_of = self.sorting.value_of
        return tuple(
            score if isinstance(key, SortByRelevance) else value_of(key, number)
            for key, number in zip(self.keys, numbers, strict=True)
        )

    def _matched(self, shown: _Shown) -> list[list[int]]:
        """Return the first products of each hit: by the first key of the sort if it is a field, by fit, as joined."""
        most = self.query.matched_products
        first, fits = self._product_keys(shown), self._fits(shown)
        if first is None and fits is None:
            pairs = zip(shown.starts[:-1].tolist(), shown.starts[1:].tolist(), strict=True)
            return [shown.products[start : min(end, start + most)].tolist() for start, end in pairs]
        level = np.zeros(len(shown.products), np.int64)
        leading = _leading(level if first is None else first, level if fits is None else -fits, shown.starts, most)
        rows = [[row for row in own if row >= 0] for own in leading.tolist()]
        return [shown.products[own].tolist() for own in rows]

    def _product_keys(self, shown: _Shown) -> Longs | None:
        """Return the first key of the sort for each product, None where it is no field."""
        first = self.keys[0]
        if not isinstance(first, SortByField):
            return None
        found, positions = shown.found, shown.candidates()
        is_of_stones = first.field.level is Level.STONE
        return self.sorting.field_keys(
            first, found.stones_of(NOTHING, positions) if is_of_stones else found.each(positions)
        )

    def _fits(self, shown: _Shown) -> Longs | None:
        """Return how many words of the text fit each product, None where that changes nothing."""
        fitting = self.fitting
        if fitting is None or not self.query.matched_products or len(shown.products) == len(shown.groups):
            return None
        return product_fits(fitting, shown.segment, shown.products, self.sorting.dictionaries).slots

    def _cheapest(self, shown: _Shown) -> list[int]:
        """Return the product of each hit with the lowest price, the first of several; -1 where none has a price."""
        prices = number_column(shown.segment, PRICE, self.sorting.money)[shown.products]
        keys = np.where(prices == MISSING, _NO_PRICE, prices)
        first = _leading(keys, keys, shown.starts, 1)[:, 0]
        found: list[int] = np.where(prices[first] == MISSING, -1, shown.products[first]).tolist()
        return found


def _leading(first: Longs, second: Longs, starts: Ints, most: int) -> Ints:
    # Whoever asks for all products asks for more than there are.
    longest = int(np.diff(starts).max(initial=1))
    found = np.empty((len(starts) - 1, min(most, longest)), np.int32)
    first_of_lists(first, second, starts, found)
    return found


def _products(
    shown: _Shown, matched: Sequence[Sequence[int]], cheapest: Sequence[int]
) -> list[tuple[tuple[Product, ...], Product | None]]:
    """Return the first products of each hit, and its cheapest, where there is one."""
    firsts = shown.segment.product_starts[shown.groups].tolist()
    rows = [own if best < 0 else [*own, best] for own, best in zip(matched, cheapest, strict=True)]
    positions = [[row - first for row in own] for first, own in zip(firsts, rows, strict=True)]
    read = shown.segment.documents.products_of(shown.groups.tolist(), positions)
    ends = [*accumulate(map(len, rows), initial=0)]
    return [
        (tuple(read[start : start + len(own)]), read[start + len(own)] if best >= 0 else None)
        for start, own, best in zip(ends, matched, cheapest, strict=False)
    ]
