"""Running a search over a snapshot, given what its text matches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from facetry.domain.search.filters import EVERYTHING, Filter
from facetry.domain.search.ordering import sort_keys
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import FacetResult, SearchHit
from facetry.engines.columns.search.candidates import Candidates
from facetry.engines.columns.search.columns import Money
from facetry.engines.columns.search.conditions import NOTHING, Conditions
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.facets import Facets
from facetry.engines.columns.search.filters import PartFilter, Wanted
from facetry.engines.columns.search.fits import FittingTables
from facetry.engines.columns.search.found import Found
from facetry.engines.columns.search.group_hits import GroupHits
from facetry.engines.columns.search.hits import Place
from facetry.engines.columns.search.matches import PartMatches, TextMatches, of_lists
from facetry.engines.columns.search.narrowing import narrowed
from facetry.engines.columns.search.page_reader import PageReader
from facetry.engines.columns.search.sorting import Sorting
from facetry.engines.columns.search.value_hits import ValueHits
from facetry.engines.columns.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    Attributes:
        total: Number of hits.
        total_products: Number of matching products in them.
        hits: Those of the page; their groups have no products.
        places: Where the group of each stands, to read it whole.
        facets: By name.
    """

    total: int
    total_products: int
    hits: tuple[SearchHit, ...]
    places: tuple[Place, ...]
    facets: dict[str, FacetResult]


class SearchRun:
    """One reading of a search over a snapshot: its conditions are evaluated once, when it is made.

    ``word_counts`` says how many of the groups that the text matches fulfil the conditions; ``answer`` then answers
    with those that have enough words.
    """

    def __init__(
        self,
        query: SearchQuery,
        snapshot: Snapshot,
        *,
        matches: TextMatches | None = None,
        understood: Filter = EVERYTHING,
        fitting: FittingTables | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        """Evaluate the conditions.

        Args:
            query: What is asked.
            snapshot: Of what.
            matches: What the text matches in each part; None for every live group.
            understood: What was understood of the text as a condition.
            fitting: Says which products the words of the text fit; None where they do not matter.
            deadline: How long to go on.

        Raises:
            SearchTimeoutError: The deadline passed; also from the methods.
        """
        self._query = query
        self._fitting = fitting
        self._deadline = deadline or Deadline()
        dictionaries = snapshot.dictionaries
        self._money = Money(query.currency, query.default_currency, dictionaries)
        self._dictionaries = dictionaries
        self._conditions = Conditions.of(query, understood)
        wanted = Wanted(dictionaries, self._deadline)
        found = matches or tuple(PartMatches.everything(part) for part in snapshot.parts)
        found = narrowed(snapshot.parts, found, self._conditions, wanted)
        self._parts: list[tuple[Found, PartMatches]] = []
        for part, own in zip(snapshot.parts, found, strict=True):
            if len(own.ordinals):
                candidates = Candidates(part.segment, own.ordinals)
                part_filter = PartFilter(candidates, wanted, self._money, self._deadline)
                self._parts.append((Found(candidates, self._conditions, part_filter), own))

    def word_counts(self) -> Counter[int]:
        """Return how many groups that are not pinned fulfil the conditions, by how many words they have."""
        counts: Counter[int] = Counter()
        for found, matches in self._parts:
            lists = found.products(NOTHING, by_group=True).lists
            words, pinned = of_lists(matches.matched_words, lists), of_lists(matches.pinned, lists)
            if pinned.any():
                words = words[pinned == 0]
            numbers = np.bincount(words).tolist()
            counts.update({word: number for word, number in enumerate(numbers) if number})
        return counts

    def answer(self, required: int = 0) -> Answer:
        """Return what is found among groups that are pinned or have so many words."""
        for found, matches in self._parts:
            found.keep_groups((matches.pinned != 0) | (matches.matched_words >= required))
        query = self._query
        sorting = Sorting(self._dictionaries, self._money, self._deadline)
        keys = sort_keys(query.sort)
        hits: GroupHits | ValueHits
        if query.group_by:
            hits = ValueHits(self._parts, self._conditions, sorting, keys, query.group_by)
        else:
            hits = GroupHits(self._parts, self._conditions, sorting, keys)
        facets = Facets(self._dictionaries, self._money, self._deadline)
        counted = facets.results(query.facets, hits.counted)
        page = self._page(hits, sorting)
        total, products = hits.totals()
        return Answer(total, products, tuple(hit for hit, _ in page), tuple(place for _, place in page), counted)

    def _page(self, hits: GroupHits | ValueHits, sorting: Sorting) -> list[tuple[SearchHit, Place]]:
        if not self._query.limit or not self._parts:
            return []
        return PageReader(self._query, sorting, self._fitting).read(hits)
