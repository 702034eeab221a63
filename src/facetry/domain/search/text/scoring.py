"""How well one group answers a reading, straight from the definitions of ``ranking``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from facetry.domain.search.ranking import (
    IDENTIFIER_FREQUENCY,
    FieldWeights,
    all_in_name_bonus,
    bonus_score,
    idf,
    key_frequency,
    slot_score,
    weighted_idf,
)
from facetry.domain.search.result import WordScore
from facetry.domain.search.slots import Alternative, Reach, Reading, Slot
from facetry.domain.search.text.documents import NAME, GroupText, unpacked
from facetry.domain.search.text.identifiers import quality


class TextView(msgspec.Struct, frozen=True):
    """A group as a reading sees it: what its texts have, and its normalised identifiers."""

    text: GroupText
    identifiers: tuple[str, ...]


class SlotMatch(msgspec.Struct, frozen=True):
    """What a group has of a slot.

    Attributes:
        frequency: How often, weighted; 0 where it has nothing of it.
        typos: Of the first alternative that it has.
        in_name: Whether its name has any alternative: all keys of it.
    """

    frequency: float
    typos: int
    in_name: bool


NO_MATCH = SlotMatch(0.0, 0, in_name=False)


class Statistics(msgspec.Struct, frozen=True):
    """What scores depend on beside the group: weights of fields, live groups, and how many have each slot."""

    weights: FieldWeights
    groups: int
    frequencies: tuple[int, ...]

    def idfs(self, slots: Sequence[Slot]) -> list[float]:
        """Return the weighted idf of each slot."""
        pairs = zip(slots, self.frequencies, strict=True)
        return [weighted_idf(slot.weight, idf(self.groups, frequency)) for slot, frequency in pairs]


def slot_match(slot: Slot, view: TextView, weights: FieldWeights) -> SlotMatch:
    """Return what a group has of a slot."""
    frequency, typos, in_name = 0.0, 0, False
    for alternative in slot.alternatives:
        for found, is_in_name in _found(alternative, view, weights):
            if found:
                typos = typos if frequency else alternative.typos
                frequency += alternative.quality * found
            in_name = in_name or is_in_name
    return SlotMatch(frequency, typos, in_name) if frequency else NO_MATCH


def reading_score(reading: Reading, matches: Sequence[SlotMatch], idfs: Sequence[float], text: GroupText) -> float:
    """Return a group's score before boosts."""
    score = 0.0
    for match, slot_idf in zip(matches, idfs, strict=True):
        if match.frequency:
            score += slot_score(slot_idf, match.frequency)
    applied = True
    for bonus in reading.bonuses:
        applied = bonus.key in text.counts and (applied or not bonus.needs_previous)
        if applied:
            score += bonus_score(bonus.weight, [idfs[slot] for slot in bonus.slots])
    required = [match for slot, match in zip(reading.slots, matches, strict=True) if slot.is_required]
    if required and all(match.in_name for match in required):
        score += all_in_name_bonus(idfs)
    return score


def explanation(reading: Reading, matches: Sequence[SlotMatch], statistics: Statistics) -> tuple[WordScore, ...]:
    """Return what each slot of a reading added to a group's score, in their order; 0 where it has nothing of it."""
    entries = zip(reading.slots, matches, statistics.frequencies, statistics.idfs(reading.slots), strict=True)
    return tuple(
        WordScore(slot.word, common, match.frequency, slot_score(slot_idf, match.frequency), match.typos)
        for slot, match, common, slot_idf in entries
    )


def _found(alternative: Alternative, view: TextView, weights: FieldWeights) -> Iterator[tuple[float, bool]]:
    """Yield how often a group has each thing that an alternative stands for, and whether its name has it."""
    counts = view.text.counts
    match alternative.reach:
        case Reach.KEYS:
            if all(key in counts for key in alternative.keys):
                found = [_key(key, view.text, weights) for key in alternative.keys]
                yield min(frequency for frequency, _ in found), all(in_name for _, in_name in found)
        case Reach.BEGINNING:
            (beginning,) = alternative.keys
            longer = sorted(key for key in counts if key.startswith(beginning) and key != beginning)
            yield from (_key(key, view.text, weights) for key in longer)
        case Reach.IDENTIFIER:
            yield IDENTIFIER_FREQUENCY * quality(view.identifiers, alternative.keys[0]), False


def _key(key: str, text: GroupText, weights: FieldWeights) -> tuple[float, bool]:
    counts = unpacked(text.counts[key])
    return key_frequency(weights, counts, text.lengths), counts[NAME] > 0
