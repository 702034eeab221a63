"""Which postings of a part a reading looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.ranking import IDENTIFIER_FREQUENCY
from facetry.domain.search.slots import Alternative, Reach, Reading
from facetry.engines.columns.kernels.text_scoring import FIRST, LAST, LISTED, intersect
from facetry.engines.columns.segment import Ints, Longs, Segment
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.text.identifiers import Identified
from facetry.engines.columns.text.terms import continued, few_postings, postings_of
from facetry.engines.columns.text.weighing import Weighing

Floats = NDArray[np.float64]
_COLUMNS = 3


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
        alternatives = [one for slot in reading.slots for one in slot.alternatives]
        self.bounds = [0, *np.cumsum([len(slot.alternatives) for slot in reading.slots]).tolist()]
        self.qualities: Floats = np.array([one.quality for one in alternatives], np.float64)
        self.typos: Ints = np.array([one.typos for one in alternatives], np.int32)
        self.needles = [one.keys[0] for one in alternatives if one.reach is Reach.IDENTIFIER]
        words = (one.keys for one in alternatives if one.reach is Reach.KEYS)
        numbers: dict[str, int] = {}
        for key in chain(*words, (bonus.key for bonus in reading.bonuses)):
            numbers.setdefault(key, len(numbers))
        self._raw_keys = [encoded(key) for key in numbers]
        self._keys = Strings.of(self._raw_keys)
        self._bonuses = [numbers[bonus.key] for bonus in reading.bonuses]
        plain = [(i, one.keys) for i, one in enumerate(alternatives) if one.reach is Reach.KEYS and len(one.keys) == 1]
        self._plain = [i for i, _ in plain]
        self._plain_keys = [numbers[key] for _, (key,) in plain]
        self._several = [
            (i, [numbers[key] for key in one.keys])
            for i, one in enumerate(alternatives)
            if one.reach is Reach.KEYS and len(one.keys) > 1
        ]
        self._beginnings = [one.keys[0] for one in alternatives if one.reach is Reach.BEGINNING]
        self._others = [(i, one) for i, one in enumerate(alternatives) if one.reach is not Reach.KEYS]

    def may_be_in(self, segment: Segment, identified: Sequence[Identified]) -> bool:
        """Say whether a segment may have anything of the reading; a small one may not where this says that it may.

        Args:
            segment: Where.
            identified: What each of ``needles`` finds in it.
        """
        known = few_postings(segment)
        if known is None or any(len(found.groups) for found in identified):
            return True
        if not known.keys().isdisjoint(self._raw_keys):
            return True
        bounds = (continued(segment, key) for key in self._beginnings)
        return any(first < last for first, last in bounds)

    def in_part(self, segment: Segment, weighing: Weighing, identified: Sequence[Identified]) -> Lookup:
        """Return what the reading looks at in a segment.

        Args:
            segment: Where.
            weighing: What the fields weigh.
            identified: What each of ``needles`` finds in it.
        """
        bounds = postings_of(segment, self._keys)
        ranges = np.zeros((len(self.qualities), _COLUMNS), np.int64)
        ranges[self._plain, :LISTED] = bounds[self._plain_keys]
        listed = _Lists()
        for i, keys in self._several:
            listed.add(ranges[i], *_having_all(segment, bounds[keys], weighing, self._hidden))
        found = iter(identified)
        for i, alternative in self._others:
            _look_beyond_keys(segment, alternative, found, ranges[i], listed)
        return Lookup(ranges, bounds[self._bonuses], *listed.arrays(), self._hidden)


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """What a reading looks at in one segment, see ``kernels.text_scoring.add_slot``.

    Attributes:
        ranges: Of all alternatives.
        bonuses: (bonuses x 2) first and last + 1 posting of each bonus's key.
        hidden: A bit of counts; postings that have it are passed over.
    """

    ranges: Longs
    bonuses: Longs
    listed_groups: Ints
    listed_frequencies: Floats
    listed_in_name: Ints
    hidden: int


class _Lists:
    """Groups that postings alone do not tell, list after list."""

    def __init__(self) -> None:
        self._groups = [np.empty(0, np.int32)]
        self._frequencies = [np.empty(0, np.float64)]
        self._in_name = [np.empty(0, np.int32)]
        self._size = 0

    def add(self, entry: Longs, groups: Ints, frequencies: Floats, in_name: Ints) -> None:
        """Add a list and write where it is into an entry of the ranges."""
        self._groups.append(groups)
        self._frequencies.append(frequencies)
        self._in_name.append(in_name)
        entry[[FIRST, LAST, LISTED]] = self._size, self._size + len(groups), 1
        self._size += len(groups)

    def arrays(self) -> tuple[Ints, Floats, Ints]:
        return np.concatenate(self._groups), np.concatenate(self._frequencies), np.concatenate(self._in_name)


def _look_beyond_keys(
    segment: Segment, alternative: Alternative, found: Iterator[Identified], entry: Longs, listed: _Lists
) -> None:
    (key,) = alternative.keys
    if alternative.reach is Reach.BEGINNING:
        entry[:LISTED] = continued(segment, key)
    else:
        one = next(found)
        listed.add(entry, one.groups, IDENTIFIER_FREQUENCY * one.qualities, np.zeros(len(one.groups), np.int32))


def _having_all(segment: Segment, bounds: Longs, weighing: Weighing, hidden: int) -> tuple[Ints, Floats, Ints]:
    """Return the groups that have all of some keys, how often, and whether in the name."""
    sizes = bounds[:, 1] - bounds[:, 0]
    order = np.argsort(sizes, kind="stable")
    room = int(sizes[order[0]])
    groups, frequencies, in_name = np.empty(room, np.int32), np.empty(room, np.float64), np.empty(room, np.int32)
    size = intersect(
        segment.posting_groups,
        segment.posting_counts,
        bounds[order],
        segment.text_lengths,
        *weighing.arrays,
        hidden,
        groups,
        frequencies,
        in_name,
    )
    return groups[:size], frequencies[:size], in_name[:size]
