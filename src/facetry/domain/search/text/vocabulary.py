"""What the reading of a query asks of the words that a tenant's groups have."""

from __future__ import annotations

from collections.abc import Sequence
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
