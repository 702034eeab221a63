"""The products of one part that a search looks at: those of the groups that its text matches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.collecting import members_of, ranges_of
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.segment import Segment

Ints = NDArray[np.int32]
EVERY_ROW: Ints = np.empty(0, np.int32)
"""Stands for all rows of a table; see ``kernels.filtering``."""
Span = tuple[Ints, Ints]
"""Ranges of rows: where each begins in the table, and where their rows begin among those asked for, and end."""


class Rows:
    """Rows of a table of a segment, in lists.

    Attributes:
        size: How many there are.
        starts: Where those of each list begin, and the end.
    """

    __slots__ = ("_origin", "_picks", "_ranges", "size", "starts")

    def __init__(self, size: int, picks: Ints | None, starts: Ints, origin: tuple[Ints, Ints] | None = None) -> None:
        """Take rows by their ordinals in the table; without, those of ``origin``, see ``of_lists``."""
        self.size = size
        self.starts = starts
        self._picks = picks
        self._origin = origin
        self._ranges: Span | None = None

    @classmethod
    def of_lists(cls, table_starts: Ints, lists: Ints) -> Rows:
        """Return all rows of some lists of a table, in which list i has ``table_starts[i]:table_starts[i + 1]``."""
        starts, *ranges = ranges_of(table_starts, lists)
        rows = cls(int(starts[-1]), None, starts, (table_starts, lists))
        rows._ranges = ranges[0], ranges[1]
        return rows

    @property
    def picks(self) -> Ints:
        """Return the ordinals in the table, ascending; empty for all of it."""
        if self._picks is None:
            assert self._origin is not None  # noqa: S101 - rows without ordinals are those of lists
            self._picks = members_of(*self._origin)[1]
        return self._picks

    @property
    def is_everything(self) -> bool:
        """Return whether these are all rows of the table."""
        return self._origin is None and len(self.picks) == 0 and self.size > 0

    def ordinals(self, positions: Ints) -> Ints:
        """Return the ordinals in the table of rows by their positions among these."""
        if self._picks is not None or self._origin is None:
            return positions if self.is_everything else self.picks[positions]
        # Few are asked for mostly, and those of all lists together may be very many.
        table_starts, lists = self._origin
        owners = np.searchsorted(self.starts, positions, side="right") - 1
        found: Ints = table_starts[lists[owners]] + (positions - self.starts[owners])
        return found

    def positions(self, ordinals: Ints) -> Ints:
        """Return the positions among these, all of a table or of lists, of some by their ordinals in the table."""
        if self._origin is None:
            return ordinals
        table_starts, lists = self._origin
        owners = np.searchsorted(table_starts, ordinals, side="right") - 1
        found: Ints = self.starts[np.searchsorted(lists, owners)] + (ordinals - table_starts[owners])
        return found

    def spans(self, deadline: Deadline) -> Iterator[Span]:
        """Yield slices of these rows, which are all of a table or of lists, as kernels read them."""
        if self._ranges is None:
            bounds = [*range(0, self.size, deadline.slice_rows), self.size]
            self._ranges = np.array(bounds[:-1], np.int32), np.array(bounds, np.int32)
        firsts, starts = self._ranges
        for first, last in deadline.lists(starts):
            yield firsts[first:last], starts[first : last + 1]


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
            self.products = Rows.of_lists(segment.product_starts, self.groups)

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
        return Rows.of_lists(starts, self.products.picks)
