"""What the reading of a query asks of the words that a tenant's groups have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol


class Vocabulary(Protocol):
    """The keys (see ``slots``) of a tenant's live groups; a key that only dead groups have is not there."""

    def has(self, key: str) -> bool:
        """Return whether any live group has a key."""

    def frequency(self, key: str) -> int:
        """Return how many live groups have a key."""

    def beginning(self, prefix: str) -> bool:
        """Return whether any live group has a word that begins with a folded text and is longer."""

    def similar(self, word: str, distance: int) -> Sequence[tuple[str, int]]:
        """Return the words (folded, without the ``WORD`` character) of live groups near a folded word.

        Near is an optimal string alignment distance (see ``spelling``) of at most ``distance`` code points. Each
        word comes with its distance, sorted by distance, then by word; the word itself is among them if it is live.
        """

    def identified(self, needle: str) -> bool:
        """Return whether any live group has an identifier that a normalised text matches, see ``identifiers``."""


class RememberedVocabulary:
    """Ask another vocabulary everything once: the readings of one query ask for the same words again and again."""

    def __init__(self, asked: Vocabulary) -> None:
        """Ask this one, while nothing in it changes."""
        self._has = cache(asked.has)
        self._frequency = cache(asked.frequency)
        self._beginning = cache(asked.beginning)
        self._similar = cache(asked.similar)
        self._identified = cache(asked.identified)

    def has(self, key: str) -> bool:
        """See ``Vocabulary``."""
        return self._has(key)

    def frequency(self, key: str) -> int:
        """See ``Vocabulary``."""
        return self._frequency(key)

    def beginning(self, prefix: str) -> bool:
        """See ``Vocabulary``."""
        return self._beginning(prefix)

    def similar(self, word: str, distance: int) -> Sequence[tuple[str, int]]:
        """See ``Vocabulary``."""
        return self._similar(word, distance)

    def identified(self, needle: str) -> bool:
        """See ``Vocabulary``."""
        return self._identified(needle)
