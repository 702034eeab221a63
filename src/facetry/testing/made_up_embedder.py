"""An embedder without any weights: what a word means is made up from its letters."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence
from functools import lru_cache

LARGEST = 2**15 - 1


class MadeUpEmbedder:
    """Gives every word a vector of its own, always the same; some are as long as can be, some are zeros."""

    def __init__(self, dimensions: int = 8) -> None:
        """Take the length of the vectors."""
        self.dimensions = dimensions

    def vectors(self, words: Sequence[str]) -> array[int]:
        """See ``domain.search.text.semantics.Embedder``."""
        found = array("h")
        for word in words:
            found.extend(_vector(word, self.dimensions))
        return found


@lru_cache(maxsize=1 << 12)
def _vector(word: str, dimensions: int) -> tuple[int, ...]:
    draw = random.Random(word)  # noqa: S311 - nothing here is secret
    width = draw.choice((0, 1, 100, LARGEST, LARGEST))
    return tuple(draw.randint(-width, width) for _ in range(dimensions))
