"""Scoring the groups of a snapshot by a reading."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.ranking import (
    K1,
    MAX_TYPOS,
    WORD_TIER,
    all_in_name_bonus,
    bonus_score,
    idf,
    weighted_idf,
)
from facetry.domain.search.slots import Reading, Slot
from facetry.engines.columns.kernels.text_meeting import add_slot_of, keep_having, mark_having
from facetry.engines.columns.kernels.text_scoring import HAVING, SIZE, add_bonus, add_slot, close_slot, finish
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.segment import Ints, Longs
from facetry.engines.columns.snapshot import Part
from facetry.engines.columns.text.ranges import Lookup, PreparedReading
from facetry.engines.columns.text.scratch import TextScratch
from facetry.engines.columns.text.weighing import Weighing

Floats = NDArray[np.float64]
_COLUMNS = 3
"""Of ranges, see ``kernels.text_scoring``."""
_MOST_COUNTS = 4096
"""So many slots are known of a segment by how many groups have them."""
_SHARE = 4
"""Groups that have all words are looked for by themselves where the rarest is less than one in so many of all."""
_MANY = 16
"""Where more than one in so many groups is found, they are put in order by looking at all."""


@dataclass(frozen=True, slots=True, eq=False)
class PartScores:
    """Groups of one part that have any slot of a reading, or are asked for anyway; arrays of one length.

    Attributes:
        ordinals: The groups, ascending.
        scores: Their final scores.
        matched: How many required slots each has.
    """

    ordinals: Ints
    scores: Floats
    matched: Ints


NOTHING_FOUND = PartScores(np.empty(0, np.int32), np.empty(0, np.float64), np.empty(0, np.int32))


class PartScorer:
    """Scores the groups of one part."""

    def __init__(
        self, part: Part, lookup: Lookup, weighing: Weighing, scratch: TextScratch, deadline: Deadline
    ) -> None:
        """Score by what a reading looks at."""
        self._part = part
        self._lookup = lookup
        self._weighing = weighing
        self._scratch = scratch
        self._deadline = deadline
        self._touched = 0
        self._found = 0
        self._wanted: Ints = np.empty(0, np.int32)

    def add(self, prepared: PreparedReading, place: int) -> int:
        """Add up the frequencies of a slot and return how many groups have it."""
        chosen = slice(prepared.bounds[place], prepared.bounds[place + 1])
        entries = self._lookup.entries[chosen]
        if not any(first < last for first, last, _ in entries):
            self._touched = 0
            return 0
        ranges: Longs = np.array(entries, np.int64)
        progress: Longs = np.zeros(4, np.int64)
        while not self._add(ranges, prepared.qualities[chosen], prepared.typos[chosen], progress):
            self._deadline.check()
        self._touched = int(progress[SIZE])
        return int(progress[HAVING])

    @property
    def weighs_all(self) -> bool:
        """Return whether every field weighs something, so that a group has what any of its texts has."""
        return bool((self._weighing.arrays[1] > 0).all())

    def size(self, prepared: PreparedReading, place: int) -> int:
        """Return how much there is to look at for a slot."""
        chosen = slice(prepared.bounds[place], prepared.bounds[place + 1])
        return sum(last - first for first, last, _ in self._lookup.entries[chosen])

    def count(self, prepared: PreparedReading, place: int) -> int:
        """Return how many groups have a slot, where all fields weigh something."""
        entries = self._entries(prepared, place)
        segment = self._part.segment
        if self._part.has_dead or any(listed for *_, listed in entries):
            return self._having(entries)[0]
        known: dict[Hashable, int] = segment.cached("slot counts", dict)
        name = (entries, self._lookup.hidden)
        count = known.get(name)
        if count is None:
            if len(known) >= _MOST_COUNTS:
                known.clear()
            count = known[name] = self._having(entries)[0]
        return count

    def want(self, prepared: PreparedReading, ordinals: Sequence[int]) -> None:
        """Look from now on only at groups that have all required slots, and at some others."""
        slots = prepared.reading.slots
        required = [place for place, slot in enumerate(slots) if slot.is_required]
        first, *others = sorted(required, key=lambda place: self.size(prepared, place))
        wanted = self._having(self._entries(prepared, first))[1]
        lookup, segment = self._lookup, self._part.segment
        for place in others:
            self._deadline.check()
            ranges: Longs = np.array(self._entries(prepared, place), np.int64).reshape(-1, _COLUMNS)
            groups, counts = segment.posting_groups, segment.posting_counts
            listed = lookup.listed_groups, lookup.listed_frequencies
            wanted = wanted[: keep_having(groups, counts, *listed, ranges, lookup.hidden, wanted)]
        pinned: Ints = np.array(ordinals, np.int32)
        self._wanted = np.union1d(wanted, pinned) if len(pinned) else wanted

    def add_wanted(self, prepared: PreparedReading, place: int) -> None:
        """Add up the frequencies of a slot in the groups that are wanted."""
        chosen = slice(prepared.bounds[place], prepared.bounds[place + 1])
        segment, lookup, scratch = self._part.segment, self._lookup, self._scratch
        self._deadline.check()
        self._touched = add_slot_of(
            self._wanted,
            segment.posting_groups,
            segment.posting_counts,
            lookup.listed_groups,
            lookup.listed_frequencies,
            lookup.listed_in_name,
            np.array(lookup.entries[chosen], np.int64).reshape(-1, _COLUMNS),
            prepared.qualities[chosen],
            prepared.typos[chosen],
            segment.text_lengths,
            *self._weighing.arrays,
            scratch.frequency,
            scratch.signs,
            scratch.touched,
            lookup.hidden,
        )

    def close(self, slot_idf: float, *, is_required: bool) -> None:
        """Turn the frequencies of a slot into scores."""
        scratch = self._scratch
        for rows in self._deadline.slices(self._touched):
            self._found = close_slot(
                scratch.touched,
                rows.start,
                rows.stop,
                slot_idf,
                K1,
                is_required,
                scratch.frequency,
                scratch.signs,
                scratch.scores,
                scratch.matched,
                scratch.typos,
                scratch.in_name,
                scratch.seen,
                scratch.found,
                self._found,
            )

    def find(self, ordinals: Sequence[int]) -> None:
        """Find some groups too, whatever they have."""
        scratch = self._scratch
        for ordinal in ordinals:
            if not scratch.seen[ordinal]:
                scratch.seen[ordinal] = 1
                scratch.found[self._found] = ordinal
                self._found += 1

    def add_bonuses(self, reading: Reading, idfs: Sequence[float]) -> None:
        """Add the bonuses of a reading."""
        scratch = self._scratch
        for number, (bonus, (first, last)) in enumerate(zip(reading.bonuses, self._lookup.bonuses, strict=True), 1):
            if first < last:
                added = bonus_score(bonus.weight, [idfs[slot] for slot in bonus.slots])
                add_bonus(
                    self._part.segment.posting_groups,
                    self._part.segment.posting_counts,
                    first,
                    last,
                    self._lookup.hidden,
                    added,
                    number,
                    # The first bonus has none before it that could be missing.
                    bonus.needs_previous and number > 1,
                    scratch.seen,
                    scratch.runs,
                    scratch.scores,
                )

    def finish(self, slots: Sequence[Slot], idfs: Sequence[float], boosts: Floats) -> PartScores:
        """Return the final scores of all groups found."""
        scratch = self._scratch
        ordinals = self._in_order()
        scores, matched = np.empty(len(ordinals), np.float64), np.empty(len(ordinals), np.int32)
        required = sum(slot.is_required for slot in slots)
        for rows in self._deadline.slices(len(ordinals)):
            finish(
                ordinals,
                rows.start,
                rows.stop,
                required,
                all_in_name_bonus(idfs),
                boosts,
                MAX_TYPOS,
                WORD_TIER,
                scratch.scores,
                scratch.matched,
                scratch.typos,
                scratch.in_name,
                scratch.runs,
                scratch.seen,
                scores,
                matched,
            )
        return PartScores(ordinals, scores, matched)

    def _entries(self, prepared: PreparedReading, place: int) -> tuple[tuple[int, int, int], ...]:
        """Return what is looked at for a slot."""
        entries = self._lookup.entries[prepared.bounds[place] : prepared.bounds[place + 1]]
        return tuple(entry for entry in entries if entry[0] < entry[1])

    def _having(self, entries: Sequence[tuple[int, int, int]]) -> tuple[int, Ints]:
        """Return how many groups have a slot, and which."""
        segment, lookup, marks = self._part.segment, self._lookup, self._scratch.seen
        count = 0
        for entry in entries:
            self._deadline.check()
            count += mark_having(
                segment.posting_groups,
                segment.posting_counts,
                lookup.listed_groups,
                lookup.listed_frequencies,
                np.array([entry], np.int64),
                self._part.live,
                lookup.hidden,
                marks,
            )
        groups = np.flatnonzero(marks.view(np.bool_)).astype(np.int32)
        marks[:] = 0
        return count, groups

    def _add(self, ranges: Longs, qualities: Floats, typos: Ints, progress: Longs) -> bool:
        segment, lookup, scratch = self._part.segment, self._lookup, self._scratch
        return add_slot(
            segment.posting_groups,
            segment.posting_counts,
            lookup.listed_groups,
            lookup.listed_frequencies,
            lookup.listed_in_name,
            ranges,
            qualities,
            typos,
            self._part.live,
            segment.text_lengths,
            *self._weighing.arrays,
            progress,
            scratch.frequency,
            scratch.signs,
            scratch.touched,
            lookup.hidden,
            self._deadline.slice_rows,
        )

    def _in_order(self) -> Ints:
        if self._found * _MANY > len(self._scratch):
            # Bytes are looked through one by one, truths many at a time.
            return np.flatnonzero(self._scratch.seen.view(np.bool_)).astype(np.int32)
        return np.sort(self._scratch.found[: self._found])


def score(
    prepared: PreparedReading, scorers: Sequence[PartScorer], groups: int, pinned: Sequence[Mapping[int, int]]
) -> tuple[list[int], list[float]]:
    """Score all parts by a reading, short of its end.

    Args:
        prepared: The reading.
        scorers: One a part.
        groups: How many groups live in all of them.
        pinned: The groups of each part that are found whatever they have.

    Returns:
        How many groups have each slot, and its weighted idf.
    """
    frequencies: list[int] = []
    idfs: list[float] = []
    for place, slot in enumerate(prepared.reading.slots):
        frequencies.append(sum(scorer.add(prepared, place) for scorer in scorers))
        idfs.append(weighted_idf(slot.weight, idf(groups, frequencies[-1])))
        for scorer in scorers:
            scorer.close(idfs[-1], is_required=slot.is_required)
    for scorer, ordinals in zip(scorers, pinned, strict=True):
        scorer.find([*ordinals])
        scorer.add_bonuses(prepared.reading, idfs)
    return frequencies, idfs


def score_strictly(
    prepared: PreparedReading, scorers: Sequence[PartScorer], groups: int, pinned: Sequence[Mapping[int, int]]
) -> tuple[list[int], list[float]]:
    """Score only the groups that have all required slots, or are pinned; see ``score``."""
    slots = prepared.reading.slots
    frequencies = [sum(scorer.count(prepared, place) for scorer in scorers) for place in range(len(slots))]
    pairs = zip(slots, frequencies, strict=True)
    idfs = [weighted_idf(slot.weight, idf(groups, frequency)) for slot, frequency in pairs]
    for scorer, ordinals in zip(scorers, pinned, strict=True):
        scorer.want(prepared, [*ordinals])
        for place, slot in enumerate(slots):
            scorer.add_wanted(prepared, place)
            scorer.close(idfs[place], is_required=slot.is_required)
        scorer.find([*ordinals])
        scorer.add_bonuses(prepared.reading, idfs)
    return frequencies, idfs


def is_worth_it(prepared: PreparedReading, scorers: Sequence[PartScorer], least: int) -> bool:
    """Return whether ``score_strictly`` is possible and saves much.

    Args:
        prepared: The reading.
        scorers: One a part.
        least: So many postings are looked through at once anyway.
    """
    slots = prepared.reading.slots
    required = [place for place, slot in enumerate(slots) if slot.is_required]
    if prepared.has_beginnings or not required:
        return False
    sizes = [sum(scorer.size(prepared, place) for scorer in scorers) for place in range(len(slots))]
    if sum(sizes) < least or min(sizes[place] for place in required) * _SHARE > sum(sizes):
        return False
    return bool((prepared.qualities > 0).all()) and all(scorer.weighs_all for scorer in scorers)
