"""The definition of closeness in meaning: how it is computed from vectors of words, and what it adds to a score.

A group means the sum of the vectors of the words in its name, brands and category; a query that of the words it
requires. All vectors are of small integers, so that every engine gets the same closeness and the same order, whatever
it adds up first. Closeness raises a score as a boost does; tiers stay, so that what is found and how many words and
typos it has comes first as ever, and totals do not change.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from facetry.domain.analysis import MAX_TERM_LENGTH, words
from facetry.domain.errors import InvalidValueError
from facetry.domain.search.slots import WORD, Reading
from facetry.domain.search.text.documents import GroupText, unpacked

SEMANTIC_FIELDS = 3
"""So many of the first of ``TEXT_FIELDS`` say what a group means."""
FULL_SCALE = 127
"""The largest number of a meaning, either sign."""
MAX_DIMENSIONS = 1024
"""With more, a product of two meanings could be rounded."""


class Embedder(Protocol):
    """Knows vectors of words."""

    @property
    def dimensions(self) -> int:
        """Return how many numbers a vector has, at most ``MAX_DIMENSIONS``."""

    def vectors(self, words: Sequence[str]) -> array[int]:
        """Return the vectors of folded words, one behind the other, as signed 16-bit integers (type code ``h``).

        The same word always has the same vector; one without any meaning has zeros.

        Raises:
            InvalidValueError: What it needs cannot be loaded.
        """


class Meaning(msgspec.Struct, frozen=True):
    """What a text means.

    Attributes:
        numbers: Of -``FULL_SCALE`` to ``FULL_SCALE``; all are zero where nothing is known.
        square: The sum of their squares.
    """

    numbers: tuple[int, ...]
    square: int


class Semantics(msgspec.Struct, frozen=True):
    """How closeness counts in a search.

    Attributes:
        weight: See ``SearchRules.semantic``.
        query: What the query means.
        embedder: Knows the words of the groups.
    """

    weight: float
    query: Meaning
    embedder: Embedder

    def raised(self, score: float, text: GroupText) -> float:
        """Return the final score of a group that is not pinned, raised by how close its text is."""
        return blended(score, self.weight, closeness(self.query, group_meaning(text, self.embedder)))


def semantics_of(weight: float, reading: Reading, embedder: Embedder | None) -> Semantics | None:
    """Return how closeness counts for a reading; None where it adds nothing to any score.

    Raises:
        InvalidValueError: It should count, and the embedder is missing.
    """
    if weight == 0.0 or not reading.slots:
        return None
    if embedder is None:
        raise missing_extra()
    query = query_meaning(reading, embedder)
    return Semantics(weight, query, embedder) if query.square else None


def missing_extra() -> InvalidValueError:
    """Return what is wrong with a rule that needs an embedder where there is none."""
    return InvalidValueError("semantic", "needs the extra facetry[semantic]")


def meaning(counts: Mapping[str, int], embedder: Embedder) -> Meaning:
    """Return what a text means from how often it has each folded word."""
    sums = [0] * embedder.dimensions
    vectors = embedder.vectors(list(counts))
    for place, count in enumerate(counts.values()):
        start = place * embedder.dimensions
        for i in range(embedder.dimensions):
            sums[i] += count * vectors[start + i]
    largest = max(map(abs, sums))
    if largest == 0:
        return Meaning(tuple(sums), 0)
    # Rounded to the nearest, halves up, in integers: floating point would round differently here and there.
    numbers = tuple((2 * FULL_SCALE * one + largest) // (2 * largest) for one in sums)
    return Meaning(numbers, sum(one * one for one in numbers))


def query_meaning(reading: Reading, embedder: Embedder) -> Meaning:
    """Return what the words mean that a reading requires; each counts once."""
    typed = (word for slot in reading.slots if slot.is_required for word in words(slot.word))
    return meaning({word[:MAX_TERM_LENGTH]: 1 for word in typed}, embedder)


def group_meaning(text: GroupText, embedder: Embedder) -> Meaning:
    """Return what a group means."""
    counts = {
        key[len(WORD) :]: sum(unpacked(packed)[:SEMANTIC_FIELDS])
        for key, packed in text.counts.items()
        if key.startswith(WORD)
    }
    return meaning({word: count for word, count in counts.items() if count}, embedder)


def closeness(first: Meaning, second: Meaning) -> float:
    """Return the cosine of two meanings, 0 to 1: 0 also where it is negative or nothing is known."""
    product = sum(a * b for a, b in zip(first.numbers, second.numbers, strict=True))
    return product / math.sqrt(first.square * second.square) if product > 0 else 0.0


def blended(score: float, weight: float, close: float) -> float:
    """Return a final score (see ``ranking``) raised by closeness within its tier.

    As if the sum of the words' scores had been multiplied by ``1 + weight * close`` before it was squashed.
    """
    tier = math.floor(score)
    squashed = score - tier
    gain = weight * close
    return tier + squashed * (1.0 + gain) / (1.0 + squashed * gain)
