"""The definition of relevance: every engine that promises exact order computes this, in this order of operations.

A slot's frequency in a group is added up over its alternatives in their order, and over ``TEXT_FIELDS`` in theirs:
quality times weight of the field times count, divided by the field's length norm. Its score saturates as in BM25F
(Robertson, Zaragoza and Taylor, 2004) and is weighted by the idf of Lucene 8. Words that stand together add a bonus.
A group has a slot whose frequency in it is above 0, and takes the typos of the first alternative that adds to it. Added
up are the scores of the slots in their order, then the bonuses in theirs, then what it gains if all is in its name. The
sum is raised by the tenant's boosts and squashed below 1; whole numbers above it are tiers: first how many required
words of the query a group has, then how few typos these take. The constants were found on two judged sets of queries,
see ``bench/relevance``; the measure hardly moves with any of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from facetry.domain.search.rules import TEXT_FIELDS

K1 = 1.0
WEIGHTS: Mapping[str, float] = {
    "name": 3.0,
    "brand": 2.0,
    "category": 3.0,
    "keywords": 1.0,
    "variants": 0.5,
    "description": 1.0,
}
LENGTH_NORMS: Mapping[str, float] = {
    "name": 0.5,
    "brand": 0.0,
    "category": 0.5,
    "keywords": 0.0,
    "variants": 0.5,
    "description": 0.75,
}
"""How much the length of a field lowers what a word in it counts, 0 to 1."""
EXACT_QUALITY, STEM_QUALITY = 0.2, 0.8
"""A word found as typed has both, one that only shares the stem the second."""
PREFIX_QUALITY = 0.1
JOINED_QUALITY = 0.3
"""Two words typed apart that are one word here."""
TYPO_QUALITIES = (1.0, 0.5, 0.25)
"""By number of typos."""
BEGIN_WEIGHT = 0.4
"""Times the idf of each word of the run of the query's first words that the name begins with."""
ALL_IN_NAME_WEIGHT = 0.4
"""Times the sum of the idfs, where the name has every required word."""
PAIR_WEIGHT = 0.1
"""Times the lower idf of two words that stand side by side in the name as in the query."""
DENIED_WEIGHT, BEHIND_DENIED_WEIGHT = 0.0, 0.3
"""Times the score of the word behind a "without", which is not wanted, and of those that follow it."""
SYNONYM_QUALITY = 0.8
CONCEPT_QUALITY, CONCEPT_WORDS_QUALITY = 1.0, 0.5
"""A term of the trade, and a text that only has all of its words."""
SPLIT_QUALITY = 0.8
"""A word that nobody has, found as two words."""
IDENTIFIER_FREQUENCY = 8.0
"""How often a group has an identifier that a slot finds as a whole."""
IDENTIFIER_QUALITIES = (1.0, 0.8, 0.6)
"""An identifier found whole, by its beginning, by an inner part."""
MAX_TYPOS = 31
WORD_TIER = 32.0
"""One more word is worth more than any number of typos."""
PIN_TIER = float(2**20)
"""One place higher among the pinned groups."""


class FieldWeights(msgspec.Struct, frozen=True):
    """Weight, length norm and average length of each of ``TEXT_FIELDS`` for one tenant at one revision."""

    weights: tuple[float, ...]
    norms: tuple[float, ...]
    averages: tuple[float, ...]


def field_weights(weights: Mapping[str, float], lengths: Sequence[int], groups: int) -> FieldWeights:
    """Return the weights of a tenant's fields.

    Args:
        weights: The tenant's own by field.
        lengths: The sum of the lengths of each field over all groups.
        groups: How many there are.
    """
    averages = (length / groups if groups and length else 1.0 for length in lengths)
    return FieldWeights(
        tuple(weights.get(field, WEIGHTS[field]) for field in TEXT_FIELDS),
        tuple(LENGTH_NORMS[field] for field in TEXT_FIELDS),
        tuple(averages),
    )


def field_factor(weights: FieldWeights, field: int, length: int) -> float:
    """Return what one occurrence of a word counts in a field of this length."""
    norm = weights.norms[field]
    return weights.weights[field] / (1.0 - norm + norm * (length / weights.averages[field]))


def key_frequency(weights: FieldWeights, counts: Sequence[int], lengths: Sequence[int]) -> float:
    """Return how often a group has a key, weighted: counts and lengths by field."""
    total = 0.0
    for field, count in enumerate(counts):
        if count:
            total += count * field_factor(weights, field, lengths[field])
    return total


def idf(groups: int, document_frequency: int) -> float:
    """Return the weight of a slot that ``document_frequency`` of ``groups`` live groups have."""
    return math.log(1.0 + (groups - document_frequency + 0.5) / (document_frequency + 0.5))


def all_in_name_bonus(idfs: Sequence[float]) -> float:
    """Return what a group gains whose name has every required slot, from the idfs of all slots in their order."""
    total = 0.0
    for one in idfs:
        total += one
    return ALL_IN_NAME_WEIGHT * total


def slot_score(slot_idf: float, frequency: float) -> float:
    """Return what a slot adds to a group's score."""
    return slot_idf * (frequency * (K1 + 1.0) / (frequency + K1))


def weighted_idf(weight: float, slot_idf: float) -> float:
    """Return the idf of a slot with its own weight, with which scores and bonuses are computed."""
    return weight * slot_idf


def bonus_score(weight: float, idfs: Sequence[float]) -> float:
    """Return what a bonus adds to the score of a group that has its key, from the idfs of its slots."""
    return weight * min(idfs)


def boost_share(weight: float, pivot: float, number: float) -> float:
    """Return what a boost adds for the highest number of a group's products; a negative one counts as 0."""
    number = max(number, 0.0)
    return weight * (number / (number + pivot))


def boosted(score: float, boost: float, *, has_words: bool) -> float:
    """Return a score raised by boosts; without words the boosts are all there is."""
    return score * (1.0 + boost) if has_words else boost


def final_score(score: float, matched_words: int, typos: int) -> float:
    """Return the score of a group that is not pinned; ``score`` is boosted."""
    tier = matched_words * WORD_TIER - min(typos, MAX_TYPOS)
    return tier + score / (1.0 + score)


def pinned_score(score: float, place: int) -> float:
    """Return the score of a pinned group from its own score and its place, counted from the last one up."""
    return (place + 1) * PIN_TIER + score
