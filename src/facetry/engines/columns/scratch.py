"""Scratch arrays of searches, lent and given back, so that no search pays for making them."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Generic, TypeVar

import numpy as np

_Room = TypeVar("_Room", bound=Sized)
_KEPT = 4
"""So many unused scratch arrays are kept: more searches seldom run at once."""


class Scratch:
    """Room for the scores of one segment; see ``kernels.searching``."""

    __slots__ = ("best", "complete", "matched", "progress", "steps", "sums", "touched")

    def __init__(self, groups: int) -> None:
        self.sums = np.zeros(groups, np.float64)
        self.steps = np.zeros(groups, np.int32)
        self.best = np.zeros(groups, np.float64)
        self.complete = np.zeros(groups, np.uint8)
        self.touched = np.empty(groups, np.int32)
        self.matched = np.empty(groups, np.int32)
        self.progress = np.zeros(4, np.int64)

    def __len__(self) -> int:
        return len(self.sums)


class ScratchPool(Generic[_Room]):
    """Scratch arrays that no search uses at the moment; safe to use from several threads."""

    def __init__(self, make: Callable[[int], _Room]) -> None:
        """Lend what ``make`` returns for a number of groups."""
        self._make = make
        self._free: list[_Room] = []

    def lend(self, groups: int) -> _Room:
        """Return cleared arrays for at least so many groups."""
        try:
            scratch = self._free.pop()
        except IndexError:
            return self._make(groups)
        return scratch if len(scratch) >= groups else self._make(groups)

    def give_back(self, scratch: _Room) -> None:
        """Take arrays back; only cleared ones, so those of a search that was stopped are not given back."""
        if len(self._free) < _KEPT:
            self._free.append(scratch)
