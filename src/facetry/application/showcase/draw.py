"""Chance that is the same on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MULTIPLIER = 6364136223846793005
_INCREMENT = 1442695040888963407
_MASK = (1 << 64) - 1


class Draw:
    """A linear congruential generator (Knuth's MMIX constants); the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        """Begin at a seed."""
        self._state = seed

    def below(self, limit: int) -> int:
        """Return a number from 0 up to, but not including, a limit."""
        self._state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return (self._state >> 33) % limit

    def between(self, least: int, most: int) -> int:
        """Return a number from ``least`` to ``most``."""
        return least + self.below(most - least + 1)

    def one(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]
