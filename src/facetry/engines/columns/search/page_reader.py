"""The page of hits that a search answers: which ones these are, and what each is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.ordering import sort_keys
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchHit
from facetry.engines.columns.search.fits import Fits, FittingTables, product_fits, rows_of
from facetry.engines.columns.search.group_hits import GroupHits
from facetry.engines.columns.search.group_pages import GroupReader
from facetry.engines.columns.search.hits import HitReader, Pieces, Place
from facetry.engines.columns.search.pages import Run, behind, first_of, merged
from facetry.engines.columns.search.sorting import Sorting
from facetry.engines.columns.search.value_hits import ValueHits
from facetry.engines.columns.segment import Segment

Longs = NDArray[np.int64]
_Chosen = Sequence[tuple[int, int]]
"""The run of each hit of a page, and its position there."""


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads the page of one search.

    Attributes:
        fitting: Says which products the words of the text fit; None where they do not matter.
    """

    query: SearchQuery
    sorting: Sorting
    fitting: FittingTables | None

    def read(self, hits: GroupHits | ValueHits) -> list[tuple[SearchHit, Place]]:
        """Return the hits of the page, their groups without products, and where these groups stand."""
        query = self.query
        runs = hits.runs()
        first = [self._first(run, i, hits) for i, run in enumerate(runs)]
        ordered = merged([run.at(positions) for run, positions in zip(runs, first, strict=True)])
        page = [(i, int(first[i][at])) for i, at in ordered[query.offset : query.offset + query.limit]]
        if isinstance(hits, GroupHits):
            return self._of_groups(hits, runs, page)
        return self._of_values(hits, runs, page)

    def _first(self, run: Run, number: int, hits: GroupHits | ValueHits) -> Longs:
        """Return the positions of the first hits of a run, in order."""
        query = self.query
        count = query.offset + query.limit
        if query.after is None:
            return first_of(run, count)
        pairs = zip(sort_keys(query.sort), query.after.values, strict=True)
        place = hits.place(number, query.after.key)
        left = behind(run, [self.sorting.key_of(key, value) for key, value in pairs], place)
        return left[first_of(run.at(left), count)]

    def _of_groups(self, hits: GroupHits, runs: Sequence[Run], page: _Chosen) -> list[tuple[SearchHit, Place]]:
        reader = GroupReader(self.query, hits.keys, self.sorting, self.fitting)
        read: dict[tuple[int, int], tuple[SearchHit, Place]] = {}
        for i, (found, matches) in enumerate(hits.parts):
            places = sorted(position for run, position in page if run == i)
            if places:
                self.sorting.deadline.check()
                own = reader.read(found, matches, runs[i], np.array(places, np.int64))
                read.update(zip([(i, place) for place in places], own, strict=True))
        return [read[one] for one in page]

    def _of_values(self, hits: ValueHits, runs: Sequence[Run], page: _Chosen) -> list[tuple[SearchHit, Place]]:
        keys = sort_keys(self.query.sort)
        shown: list[Pieces] = []
        for i, position in page:
            self.sorting.deadline.check()
            numbers = [int(column[position]) for column in runs[i].keys]
            values = [self.sorting.value_of(key, number) for key, number in zip(keys, numbers, strict=True)]
            shown.append(hits.pieces(i, position, values))
        reader = HitReader(self.query, self.sorting, self._fits(shown))
        return [reader.read(pieces) for pieces in shown]

    def _fits(self, shown: Sequence[Pieces]) -> dict[Segment, Fits]:
        """Return how well the text fits the products of hits, by segment; nothing where no hit has several."""
        fitting = self.fitting
        if fitting is None or all(sum(len(members.rows) for members in pieces.members) == 1 for pieces in shown):
            return {}
        rows = rows_of((members.segment, members.rows) for pieces in shown for members in pieces.members)
        dictionaries = self.sorting.dictionaries
        return {segment: product_fits(fitting, segment, own, dictionaries) for segment, own in rows.items()}
