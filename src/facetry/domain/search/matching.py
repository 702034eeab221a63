"""What evaluation needs to know of a query's text: one way after another to read it, each with what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from facetry.domain.product import Product
from facetry.domain.search.filters import EVERYTHING, Filter
from facetry.domain.search.result import Read, WordScore


class TextMatch(msgspec.Struct, frozen=True):
    """How well the text of one group answers a reading.

    Attributes:
        score: See ``ranking``.
        matched_words: How many words of the reading it has.
        is_pinned: Whether a rule puts it first; it is then found whatever it has.
    """

    score: float
    matched_words: int
    is_pinned: bool = False


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read a text.

    Attributes:
        words: How many words are looked up; a group that has them all is a full match.
        condition: What was understood as a condition on products.
        reads: What was understood, for the caller.
        typos: Whether words are taken as misspelt.
        matches: The groups that have any of the words, or are pinned; without words all groups. None is hidden.
    """

    words: int
    matches: Mapping[str, TextMatch]
    condition: Filter = EVERYTHING
    reads: tuple[Read, ...] = ()
    typos: bool = False


class Explaining(Protocol):
    """Says more about a hit than its score."""

    def fit(self, attempt: Attempt, product: Product) -> int:
        """Return how many words of a reading fit a product itself, see ``text.fitting``."""

    def explanation(self, attempt: Attempt, group_id: str) -> tuple[WordScore, ...]:
        """Return what each word of a reading added to a group's score."""

    def highlights(self, attempt: Attempt, group_id: str) -> dict[str, str]:
        """Return the texts of a group in which words of a reading stand, marked, by field."""


STRICT_WORDS = 3
"""Queries of so many words are relaxed only where nothing has them all; longer ones seldom name a thing exactly."""


def enough_groups(words: int, relax_below: int) -> int:
    """Return how many groups must have all of so many words, or fewer words are asked for."""
    return max(1, relax_below if words > STRICT_WORDS else 1)


def relaxed_to(counts: Mapping[int, int], words: int, enough: int) -> int:
    """Return how many words a hit must have: the most that ``enough`` groups have, at least one.

    Args:
        counts: How many passing groups have exactly so many words.
        words: How many words there are.
        enough: How many groups are enough; at least one.
    """
    found = 0
    for required in range(words, 0, -1):
        found += counts.get(required, 0)
        if found >= enough:
            return required
    return min((matched for matched, count in counts.items() if count and matched), default=words)
