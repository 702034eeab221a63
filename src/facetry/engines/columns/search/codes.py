"""Values of rows found, as codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.collecting import gather_codes

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Values of rows found, in the lists of what is counted together; see ``kernels.collecting``.

    Attributes:
        codes: Codes, or bins; -1 for no value.
        rows: Which of them; empty for all.
        starts: Where those of each list begin.
        units: See ``Listed``.
        is_single: Whether every list is one row at most.
        is_distinct: Whether no code stands twice in a list.
        all_counts: Where this is given, the rows are those that do not count, and this how many lists have each code
            with them.
        small: See ``small_codes``; None where the codes are not given so.
    """

    codes: Ints
    rows: Ints
    starts: Ints
    units: Ints | None = None
    is_single: bool = False
    is_distinct: bool = False
    all_counts: Longs | None = None
    small: Flags | None = None

    def together(self) -> Ints:
        """Return one after another what ``starts`` speaks of."""
        if not len(self.rows):
            return self.codes
        gathered = np.empty(len(self.rows), np.int32)
        gather_codes(self.codes, self.rows, gathered)
        return gathered
