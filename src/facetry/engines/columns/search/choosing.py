"""The values that facets show, chosen for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.query import Facet, ValueOrder, ValuesFacet
from facetry.domain.search.result import ValueCount, ValuesResult
from facetry.engines.columns.dictionary import ValueDictionary
from facetry.engines.columns.kernels.addresses import address_of
from facetry.engines.columns.kernels.counting import choose_values
from facetry.engines.columns.search.counting import Counts
from facetry.engines.columns.search.deadline import Deadline

Longs = NDArray[np.int64]
FEW = 1000
"""So many values are ordered by looking at each, where the order of the whole dictionary would be one of many more."""
_FEW_SHOWN = 100
"""So many values are put in order one by one."""


def choose(
    facets: Sequence[Facet], dictionaries: Sequence[ValueDictionary], counts: Counts, deadline: Deadline
) -> Mapping[int, ValuesResult]:
    """Return what facets show that show few of few values, by their numbers; the others are not there."""
    choices: list[tuple[int, ...]] = []
    chosen: list[tuple[int, int]] = []
    orders = []
    shown = 0
    for number, (facet, dictionary) in enumerate(zip(facets, dictionaries, strict=True)):
        size = len(counts.of(number))
        if not isinstance(facet, ValuesFacet) or facet.search or facet.size > _FEW_SHOWN or size > FEW:
            continue
        # The array of places has to stay until it is used: a write meanwhile may make a new one.
        orders.append(dictionary.meanings.order(facet.field, deadline.check))
        places, by_count = address_of(orders[-1].places), facet.order is ValueOrder.COUNT
        choices.append((counts.starts[number], size, facet.size, by_count, places, shown))
        chosen.append((number, shown))
        shown += facet.size
    if not choices:
        return {}
    codes, found, told = np.empty(shown, np.int32), np.empty(shown, np.int64), np.empty((len(choices), 3), np.int64)
    choose_values(np.array(choices, np.int64), counts.together, codes, found, told)
    shown_codes, shown_counts = codes.tolist(), found.tolist()
    results = {}
    for (number, start), (count, other, distinct) in zip(chosen, told.tolist(), strict=True):
        values, end = dictionaries[number].values_by_code, start + count
        listed = map(ValueCount, map(values.__getitem__, shown_codes[start:end]), shown_counts[start:end])
        results[number] = ValuesResult(tuple(listed), other, distinct)
    return results
