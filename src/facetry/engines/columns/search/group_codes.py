"""The distinct codes of whole groups, which segments keep: most products share those of their group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.collecting import distinct_codes, members_of
from facetry.engines.columns.search.candidates import EVERY_ROW
from facetry.engines.columns.search.codes import Codes
from facetry.engines.columns.search.found import Listed

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_NOTHING: Ints = np.empty(0, np.int32)
_NO_LISTS: Ints = np.zeros(1, np.int32)


@dataclass(frozen=True, eq=False)
class GroupCodes:
    """The distinct codes of every group of a segment.

    Attributes:
        codes: Those of a group one behind the other.
        starts: Where those of each group begin, and the end.
        is_shared: Whether every product has all that its group has.
        is_single: Whether every group has one at most.
    """

    codes: Ints
    starts: Ints
    is_shared: bool
    is_single: bool

    @classmethod
    def of(cls, codes: Ints, starts: Ints, product_starts: Ints) -> GroupCodes:
        """Return the distinct ones of codes, those of group i from ``starts[i]`` on, -1 for none."""
        distinct, own_starts = np.empty(len(codes), np.int32), np.empty(len(starts), np.int32)
        stamps = np.zeros(int(codes.max(initial=0)) + 1, np.int32)
        count = distinct_codes(codes, starts, stamps, distinct, own_starts)
        sizes = np.diff(own_starts).astype(np.int64)
        shared = int((sizes * np.diff(product_starts)).sum())
        # A product has each of its values once, and none that its group has not.
        is_shared = shared == int(np.count_nonzero(codes >= 0))
        return cls(distinct[:count].copy(), own_starts, is_shared, is_single=bool((sizes <= 1).all()))

    @cached_property
    def counts(self) -> Longs:
        """How many groups have each code."""
        return np.bincount(self.codes[self.codes >= 0]).astype(np.int64)

    def listed(self, listed: Listed) -> Codes | None:
        """Return the codes of groups, None where they have none."""
        groups = _groups(listed)
        if len(groups) == len(listed.segment):
            return Codes(self.codes, EVERY_ROW, self.starts, None, self.is_single, is_distinct=True)
        codes = self._of(groups)
        return codes if len(codes.rows) else None

    def counted(self, listed: Listed) -> Codes | None:
        """Return the same to be counted: where most groups of the segment are listed, what the others have."""
        return self.left_out(listed) if 2 * len(_groups(listed)) > len(listed.segment) else self.listed(listed)

    def left_out(self, listed: Listed) -> Codes:
        """Return the codes of the groups of a segment that are not listed, and the counts of all."""
        others = listed.other_groups
        left_out = self._of(others) if len(others) else Codes(_NOTHING, EVERY_ROW, _NO_LISTS, is_distinct=True)
        return replace(left_out, all_counts=self.counts)

    def _of(self, groups: Ints) -> Codes:
        if self.is_single and len(self.codes) == len(self.starts) - 1:
            singly = np.arange(len(groups) + 1, dtype=np.int32)
            return Codes(self.codes, groups, singly, None, is_single=True, is_distinct=True)
        starts, rows = members_of(self.starts, groups)
        # Without any rows all codes would be meant.
        return Codes(self.codes if len(rows) else _NOTHING, rows, starts, None, self.is_single, is_distinct=True)


def is_most(listed: Listed) -> bool:
    """Return whether all products of most groups of a segment are listed."""
    return listed.is_whole and 2 * len(_groups(listed)) > len(listed.segment)


def _groups(listed: Listed) -> Ints:
    assert listed.groups is not None  # noqa: S101 - lists of other things have no codes of groups
    return listed.groups
