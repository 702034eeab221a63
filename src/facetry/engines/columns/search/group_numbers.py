"""The numbers of whole groups of a segment, and in which ranges they lie: kept, since shops ask for the same ranges."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import Field
from facetry.domain.search.values import HIGHEST
from facetry.engines.columns.kernels.collecting import bin_numbers
from facetry.engines.columns.search.codes import Codes
from facetry.engines.columns.search.columns import Money, number_column
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.found import Listed
from facetry.engines.columns.search.group_codes import GroupCodes
from facetry.engines.columns.segment import MISSING, Segment

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Span = tuple[int, int]
_MOST_BINNED = 4


@dataclass(frozen=True, slots=True, eq=False)
class GroupNumbers:
    """The numbers of a segment's products in one field, by group.

    Attributes:
        numbers: One a product, MISSING for none.
        lowest: The lowest number of each group, HIGHEST for none.
        highest: The highest, MISSING for none.
        first: Which group has the lowest of all.
        last: Which has the highest.
    """

    segment: Segment
    numbers: Longs
    lowest: Longs
    highest: Longs
    first: int
    last: int
    _binned: dict[tuple[bytes, bytes], GroupCodes] = field(default_factory=dict)

    @classmethod
    def of(cls, segment: Segment, column: Field, money: Money) -> GroupNumbers:
        """Return those of a field, which a segment keeps."""
        return segment.cached(("group numbers", column.name, money.codes), lambda: _made(segment, column, money))

    def extremes(self, listed: Listed) -> Span | None:
        """Return the lowest and the highest number of groups; None where they have none."""
        groups = listed.groups
        assert groups is not None  # noqa: S101 - these are lists of groups
        # Where the group with the lowest of all numbers is listed, no other need be looked at.
        lowest = self.lowest[self.first if _has(groups, self.first) else groups].min()
        highest = self.highest[self.last if _has(groups, self.last) else groups].max()
        return None if highest == MISSING else (int(lowest), int(highest))

    def counted(self, listed: Listed, firsts: Longs, lasts: Longs, deadline: Deadline) -> Codes:
        """Return in which of some ranges, ascending and apart, the numbers of most groups lie, to be counted."""
        name = firsts.tobytes(), lasts.tobytes()
        known = self._binned.get(name)
        if known is None:
            known = self._bins(firsts, lasts, deadline)
            while len(self._binned) >= _MOST_BINNED:
                self._binned.pop(next(iter(self._binned)), None)
            self._binned[name] = known
        return known.left_out(listed)

    def _bins(self, firsts: Longs, lasts: Longs, deadline: Deadline) -> GroupCodes:
        binned = np.empty(len(self.numbers), np.int32)
        for some in deadline.slices(len(binned)):
            bin_numbers(self.numbers[some], MISSING, firsts, lasts, binned[some])
        return GroupCodes.of(binned, self.segment.product_starts, self.segment.product_starts)


def _made(segment: Segment, column: Field, money: Money) -> GroupNumbers:
    numbers = number_column(segment, column, money)
    first = segment.product_starts[:-1]
    lowest = np.minimum.reduceat(np.where(numbers == MISSING, HIGHEST, numbers), first)
    highest = np.maximum.reduceat(numbers, first)
    return GroupNumbers(segment, numbers, lowest, highest, int(lowest.argmin()), int(highest.argmax()))


def _has(groups: Ints, group: int) -> bool:
    """Return whether a group is among some, which are ascending."""
    at = int(np.searchsorted(groups, group))
    return at < len(groups) and bool(groups[at] == group)
