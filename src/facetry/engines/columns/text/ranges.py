"""Which postings of a part a reading looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.ranking import IDENTIFIER_FREQUENCY
from facetry.domain.search.slots import Reach, Reading
from facetry.engines.columns.kernels.text_meeting import intersect
from facetry.engines.columns.segment import Ints, Segment
from facetry.engines.columns.strings import encoded
from facetry.engines.columns.text.identifiers import Identified
from facetry.engines.columns.text.key_postings import Bounds, key_postings
from facetry.engines.columns.text.weighing import Weighing

Floats = NDArray[np.float64]
_Entry = tuple[int, int, int]
_Listed = tuple[Ints, Floats, Ints]
_NOTHING: _Listed = (np.empty(0, np.int32), np.empty(0, np.float64), np.empty(0, np.int32))


class PreparedReading:
    """A reading, its lookups in the forms that all parts share.

    Attributes:
        reading: As it is.
        bounds: Where the alternatives of each slot begin among all (slots + 1).
        qualities: One an alternative.
        typos: One an alternative.
        needles: The texts that are looked for among identifiers.
    """

    def __init__(self, reading: Reading, hidden: int = 0) -> None:
        """Prepare a reading; postings that have the bit ``hidden`` in their counts are passed over."""
        self.reading = reading
        self._hidden = hidden
        self._alternatives = [one for slot in reading.slots for one in slot.alternatives]
        self.bounds = [0, *accumulate(len(slot.alternatives) for slot in reading.slots)]
        self.qualities: Floats = np.array([one.quality for one in self._alternatives], np.float64)
        self.typos: Ints = np.array([one.typos for one in self._alternatives], np.int32)
        self.needles = [one.keys[0] for one in self._alternatives if one.reach is Reach.IDENTIFIER]
        self._beginnings = [one.keys[0] for one in self._alternatives if one.reach is Reach.BEGINNING]
        words = (one.keys for one in self._alternatives if one.reach is Reach.KEYS)
        numbers: dict[str, int] = {}
        for key in chain(*words, (bonus.key for bonus in reading.bonuses)):
            numbers.setdefault(key, len(numbers))
        self._numbers = numbers
        self._keys = [*map(encoded, numbers)]

    @property
    def has_beginnings(self) -> bool:
        """Return whether any alternative stands for many words, whose postings are not ascending."""
        return bool(self._beginnings)

    def may_be_in(self, segment: Segment, identified: Sequence[Identified]) -> bool:
        """Say whether a segment may have anything of the reading; a small one may not where this says that it may.

        Args:
            segment: Where.
            identified: What each of ``needles`` finds in it.
        """
        known = key_postings(segment)
        if known.may_have(self._keys) or any(len(found.groups) for found in identified):
            return True
        bounds = map(known.continued, self._beginnings)
        return any(first < last for first, last in bounds)

    def in_part(self, segment: Segment, weighing: Weighing, identified: Sequence[Identified]) -> Lookup:
        """Return what the reading looks at in a segment.

        Args:
            segment: Where.
            weighing: What the fields weigh.
            identified: What each of ``needles`` finds in it.
        """
        known = key_postings(segment)
        bounds = dict(zip(self._numbers, known.of(self._keys), strict=True))
        listed = _Lists()
        entries: list[_Entry] = []
        found = iter(identified)
        for one in self._alternatives:
            if one.reach is Reach.BEGINNING:
                entries.append((*known.continued(one.keys[0]), 0))
            elif one.reach is Reach.IDENTIFIER:
                entries.append(listed.add(*_identified(next(found))))
            elif len(one.keys) == 1:
                entries.append((*bounds[one.keys[0]], 0))
            else:
                together = [bounds[key] for key in one.keys]
                entries.append(listed.add(*_having_all(segment, together, weighing, self._hidden)))
        bonuses = [bounds[bonus.key] for bonus in self.reading.bonuses]
        return Lookup(entries, bonuses, *listed.arrays(), self._hidden)


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """What a reading looks at in one segment, see ``kernels.text_scoring.add_slot``.

    Attributes:
        entries: Of all alternatives: first and last + 1 posting, or entry of the lists; 1 where it is of these.
        bonuses: First and last + 1 posting of each bonus's key.
        hidden: A bit of counts; postings that have it are passed over.
    """

    entries: Sequence[_Entry]
    bonuses: Sequence[Bounds]
    listed_groups: Ints
    listed_frequencies: Floats
    listed_in_name: Ints
    hidden: int


class _Lists:
    """Groups that postings alone do not tell, list after list."""

    def __init__(self) -> None:
        self._lists: list[_Listed] = []
        self._size = 0

    def add(self, groups: Ints, frequencies: Floats, in_name: Ints) -> _Entry:
        """Add a list and return where it is."""
        first = self._size
        self._size += len(groups)
        self._lists.append((groups, frequencies, in_name))
        return first, self._size, 1

    def arrays(self) -> _Listed:
        if not self._lists:
            return _NOTHING
        groups, frequencies, in_name = zip(*self._lists, strict=True)
        return np.concatenate(groups), np.concatenate(frequencies), np.concatenate(in_name)


def _identified(found: Identified) -> _Listed:
    return found.groups, IDENTIFIER_FREQUENCY * found.qualities, np.zeros(len(found.groups), np.int32)


def _having_all(segment: Segment, bounds: Sequence[Bounds], weighing: Weighing, hidden: int) -> _Listed:
    """Return the groups that have all of some keys, how often, and whether in the name."""
    shortest_first = sorted(bounds, key=lambda one: one[1] - one[0])
    room = shortest_first[0][1] - shortest_first[0][0]
    if not room:
        return _NOTHING
    groups, frequencies, in_name = np.empty(room, np.int32), np.empty(room, np.float64), np.empty(room, np.int32)
    size = intersect(
        segment.posting_groups,
        segment.posting_counts,
        np.array(shortest_first, np.int64),
        segment.text_lengths,
        *weighing.arrays,
        hidden,
        groups,
        frequencies,
        in_name,
    )
    return groups[:size], frequencies[:size], in_name[:size]
