"""Hits that are product groups: each lies in one part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.counting import facet_field
from facetry.domain.search.fields import Level
from facetry.domain.search.query import CountLevel, Facet, SortAtRandom, SortByField, SortByRelevance, SortKey
from facetry.engines.columns.search.conditions import NOTHING, Conditions
from facetry.engines.columns.search.found import Found, Listed
from facetry.engines.columns.search.matches import PartMatches, of_lists
from facetry.engines.columns.search.pages import Run
from facetry.engines.columns.search.sorting import Sorting, random_keys, score_keys
from facetry.engines.columns.strings import encoded

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupHits:
    """The hits of a search over groups, a run a part."""

    parts: Sequence[tuple[Found, PartMatches]]
    conditions: Conditions
    sorting: Sorting
    keys: Sequence[SortKey]
    _counted: dict[tuple[str, bool, bool], list[Listed]] = field(default_factory=dict)

    def totals(self) -> tuple[int, int]:
        """Return how many hits and how many products there are."""
        listed = [found.products(NOTHING, by_group=True) for found, _ in self.parts]
        return sum(len(one.lists) for one in listed), sum(one.rows.size for one in listed)

    def counted(self, facet: Facet) -> list[Listed]:
        """Return what a facet counts."""
        left_out, by_group = self.conditions.left_out(facet), facet.level is CountLevel.GROUP
        of_stones = facet_field(facet).level is Level.STONE
        key = (left_out, by_group, of_stones)
        if key not in self._counted:
            self._counted[key] = [
                found.stones(left_out, by_group=by_group) if of_stones else found.products(left_out, by_group=by_group)
                for found, _ in self.parts
            ]
        return self._counted[key]

    def runs(self) -> list[Run]:
        """Return the hits with their keys."""
        return [self._run(found, matches) for found, matches in self.parts]

    def place(self, run: int, key: Sequence[str]) -> int:
        """Return the place behind a hit's key among those of a run."""
        return self.parts[run][0].candidates.segment.ids.after(encoded(key[0]))

    def _run(self, found: Found, matches: PartMatches) -> Run:
        listed = found.products(NOTHING, by_group=True)
        segment = found.candidates.segment
        ordinals = of_lists(found.candidates.groups, listed.lists).astype(np.int64)
        keys = [self._keys(key, found, matches, ordinals) for key in self.keys]
        return Run(keys, segment.ids, ordinals)

    def _keys(self, key: SortKey, found: Found, matches: PartMatches, ordinals: Longs) -> Longs:
        listed = found.products(NOTHING, by_group=True)
        match key:
            case SortByRelevance():
                return score_keys(of_lists(matches.scores, listed.lists))
            case SortAtRandom():
                return random_keys(key.seed, found.candidates.segment.group_hashes[ordinals])
            case SortByField():
                if key.field.level is Level.STONE:
                    listed = found.stones(NOTHING, by_group=True)
                return self.sorting.field_keys(key, listed)
