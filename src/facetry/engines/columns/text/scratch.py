"""Scratch arrays of text searches, lent and given back, so that no search pays for making them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.segment import Flags, Ints


class TextScratch:
    """Room for the scores of all groups of a snapshot, or of one part; see ``kernels.text_scoring``."""

    __slots__ = (
        "found",
        "frequency",
        "in_name",
        "matched",
        "runs",
        "scores",
        "seen",
        "signs",
        "touched",
        "typos",
    )

    def __init__(self, groups: int) -> None:
        self.frequency: NDArray[np.float64] = np.zeros(groups, np.float64)
        self.scores: NDArray[np.float64] = np.zeros(groups, np.float64)
        self.signs: Flags = np.zeros(groups, np.uint8)
        self.matched: Flags = np.zeros(groups, np.uint8)
        self.typos: Flags = np.zeros(groups, np.uint8)
        self.in_name: Flags = np.zeros(groups, np.uint8)
        self.runs: Flags = np.zeros(groups, np.uint8)
        self.seen: Flags = np.zeros(groups, np.uint8)
        self.touched: Ints = np.empty(groups, np.int32)
        self.found: Ints = np.empty(groups, np.int32)

    def __len__(self) -> int:
        return len(self.seen)

    def shared(self, sizes: Sequence[int]) -> list[TextScratch]:
        """Return the room of each part by the number of its groups, one behind the other."""
        if len(sizes) == 1 and sizes[0] == len(self):
            return [self]
        rooms: list[TextScratch] = []
        first = 0
        for size in sizes:
            room = object.__new__(TextScratch)
            for name in TextScratch.__slots__:
                setattr(room, name, getattr(self, name)[first : first + size])
            rooms.append(room)
            first += size
        return rooms
