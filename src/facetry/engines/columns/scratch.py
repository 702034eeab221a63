"""Scratch arrays of searches, lent and given back, so that no search pays for making them."""

from __future__ import annotations

import numpy as np


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


class ScratchPool:
    """Scratch arrays that no search uses at the moment; safe to use from several threads."""

    def __init__(self) -> None:
        self._free: list[Scratch] = []

    def lend(self, groups: int) -> Scratch:
        """Return cleared arrays for at least so many groups."""
        try:
            scratch = self._free.pop()
        except IndexError:
            return Scratch(groups)
        return scratch if len(scratch.sums) >= groups else Scratch(groups)

    def give_back(self, scratch: Scratch) -> None:
        """Take arrays back; only cleared ones, so those of a search that was stopped are not given back."""
        self._free.append(scratch)
