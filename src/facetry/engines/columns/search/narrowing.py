"""Narrowing a search to the few groups that its conditions on SKUs and group ids can be true of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.filters import Filter, Has
from facetry.engines.columns.search.columns import value_column
from facetry.engines.columns.search.conditions import REST, Conditions
from facetry.engines.columns.search.filters import NAMES, Wanted
from facetry.engines.columns.search.matches import TextMatches
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.snapshot import Part

Ints = NDArray[np.int32]
MOST_NAMES = 64
"""Each is looked for by itself, so beyond so many all conditions are evaluated at once for everything."""
_NOTHING: Ints = np.empty(0, np.int32)


def narrowed(parts: Sequence[Part], matches: TextMatches, conditions: Conditions, wanted: Wanted) -> TextMatches:
    """Return what a text matches in each part without the groups that have none of the SKUs or ids that are asked for.

    Only conditions count that no facet leaves out: what fails them is neither found nor counted.
    """
    rest = conditions.pieces.get(REST)
    named = [condition for condition in rest.products if _names_few(condition)] if rest else []
    for condition in named:
        assert isinstance(condition, Has)  # noqa: S101 - narrows the union for the type checker
        codes = wanted.codes(condition).tolist()
        having = [_with_codes(part.segment, condition, codes) for part in parts]
        matches = tuple(own.among(groups) for own, groups in zip(matches, having, strict=True))
    return matches


def _names_few(condition: Filter) -> bool:
    if not isinstance(condition, Has) or condition.field.name not in NAMES:
        return False
    return len(condition.texts) <= MOST_NAMES and not (condition.exists or condition.ranges)


def _with_codes(segment: Segment, condition: Has, codes: Sequence[int]) -> Ints:
    """Return the ordinals of the groups of which any product has one of some codes, ascending."""
    column = value_column(segment, condition.field)
    if column is None or not codes:
        return _NOTHING
    places = np.flatnonzero(reduce(or_, (column.codes == code for code in codes))).astype(np.int32)
    if not len(places):
        return _NOTHING
    rows = places if column.rows is None else column.rows[places]
    return np.unique(np.searchsorted(segment.product_starts, rows, side="right") - 1).astype(np.int32)
