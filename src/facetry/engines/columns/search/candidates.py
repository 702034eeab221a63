"""The products of one part that a search looks at: those of the groups that its text matches."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.collecting import members_of
from facetry.engines.columns.segment import Segment

Ints = NDArray[np.int32]
EVERY_ROW: Ints = np.empty(0, np.int32)
"""Stands for all rows of a table; see ``kernels.filtering``."""


@dataclass(slots=True, eq=False)
class Rows:
    """Rows of a table of a segment, in lists.

    Attributes:
        size: How many there are.
        picks: Their ordinals in the table, ascending; empty for all of them.
        starts: Where those of each list begin, and the end.
    """

    size: int
    picks: Ints
    starts: Ints

    @property
    def is_everything(self) -> bool:
        """Return whether these are all rows of the table."""
        return len(self.picks) == 0 and self.size > 0

    def ordinals(self, positions: Ints) -> Ints:
        """Return the ordinals in the table of rows by their positions among these."""
        return positions if self.is_everything else self.picks[positions]


@dataclass(slots=True, eq=False)
class Candidates:
    """Products of one segment by group, and their gemstones by product.

    Attributes:
        segment: Where they are.
        groups: Ordinals of the groups, ascending.
        products: Their products, in a list a group.
        has_stones: Whether any product of the segment has gemstones; without, each has the empty one.
    """

    segment: Segment
    groups: Ints
    products: Rows = field(init=False)
    has_stones: bool = field(init=False)
    _stones: Rows | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        segment = self.segment
        self.has_stones = len(segment.stone_starts) > 0
        if len(self.groups) == len(segment):
            self.products = Rows(segment.products.size, EVERY_ROW, segment.product_starts)
        else:
            starts, members = members_of(segment.product_starts, self.groups)
            self.products = Rows(len(members), members, starts)

    @property
    def stones(self) -> Rows:
        """Return the gemstones, in a list a product; rows of no table where the segment has none."""
        if self._stones is None:
            self._stones = self._all_stones()
        return self._stones

    def stone_starts_of_groups(self) -> Ints:
        """Return where the gemstones of each group begin."""
        return self.stones.starts[self.products.starts]

    def _all_stones(self) -> Rows:
        starts = self.segment.stone_starts
        if not self.has_stones:
            size = self.products.size
            return Rows(size, EVERY_ROW, np.arange(size + 1, dtype=np.int32))
        if self.products.is_everything:
            return Rows(self.segment.stones.size, EVERY_ROW, starts)
        own_starts, members = members_of(starts, self.products.picks)
        return Rows(len(members), members, own_starts)
