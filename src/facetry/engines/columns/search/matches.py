"""What the text of a search matches, part by part of a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.snapshot import Part

Flags = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Values = TypeVar("Values", Flags, Floats, Ints)


@dataclass(frozen=True, slots=True, eq=False)
class PartMatches:
    """The groups of one part that a reading of the text matches; all arrays are of one length.

    Attributes:
        ordinals: The groups, all of them live, ascending.
        scores: Their scores, see ``domain.search.ranking``.
        matched_words: How many words of the reading each has.
        pinned: 1 for one that a rule puts first.
    """

    ordinals: Ints
    scores: Floats
    matched_words: Ints
    pinned: Flags

    @classmethod
    def everything(cls, part: Part) -> PartMatches:
        """Return all live groups of a part, none better than another."""
        size = part.count
        whole = part.segment.cached("ordinals", lambda: np.arange(len(part.segment), dtype=np.int32))
        ordinals = np.flatnonzero(part.live).astype(np.int32) if part.has_dead else whole
        return cls(ordinals, np.zeros(size), np.zeros(size, np.int32), np.zeros(size, np.uint8))

    def having(self, words: int) -> PartMatches:
        """Return those that are pinned or have so many words."""
        kept = (self.matched_words >= words) | (self.pinned != 0)
        if kept.all():
            return self
        return self._at(np.flatnonzero(kept))

    def among(self, groups: Ints) -> PartMatches:
        """Return those that are among some groups, ascending."""
        if not len(groups):
            return NOTHING_MATCHED
        places = np.searchsorted(self.ordinals, groups)
        inside = places < len(self.ordinals)
        places, groups = places[inside], groups[inside]
        return self._at(places[self.ordinals[places] == groups])

    def _at(self, places: NDArray[np.int64]) -> PartMatches:
        return PartMatches(self.ordinals[places], self.scores[places], self.matched_words[places], self.pinned[places])


NOTHING_MATCHED = PartMatches(np.empty(0, np.int32), np.empty(0), np.empty(0, np.int32), np.empty(0, np.uint8))


def of_lists(values: Values, lists: Ints) -> Values:
    """Return the values, one a group that is matched, of those whose positions (ascending) are given."""
    return values if len(lists) == len(values) else values[lists]


TextMatches = tuple[PartMatches, ...]
"""One a part of the snapshot, in its order."""
