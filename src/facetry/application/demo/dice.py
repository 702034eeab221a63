"""Chance that falls alike on every machine and in every version of Python."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = 2**64 - 1


class Dice:
    """A linear congruential generator (Knuth's MMIX constants) that a text seeds."""

    def __init__(self, seed: str) -> None:
        self._state = 0xCBF29CE484222325
        for byte in seed.encode():
            self._state = (self._state ^ byte) * 0x100000001B3 & _MASK
        self.below(2)

    def below(self, bound: int) -> int:
        """Return a number from 0 to bound - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & _MASK
        return (self._state >> 33) % bound

    def between(self, low: int, high: int) -> int:
        """Return a number from low to high, both included."""
        return low + self.below(high - low + 1)

    def happens(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def run(self, items: Sequence[T], count: int) -> Sequence[T]:
        """Return so many neighbors."""
        start = self.below(len(items) - count + 1)
        return items[start : start + count]


class Deck:
    """A pile of cards that is dealt to the last one before it is shuffled again."""

    def __init__(self, dice: Dice, cards: Sequence[str]) -> None:
        self._dice = dice
        self._cards = cards
        self._pile: list[str] = []

    def deal(self) -> str:
        """Return the next card."""
        if not self._pile:
            self._pile = self._dice.shuffled(self._cards)
        return self._pile.pop()
