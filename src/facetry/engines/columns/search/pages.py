"""Choosing a page of hits by the keys of their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.choosing import cutoff
from facetry.engines.columns.kernels.ordering import merge_runs, pick
from facetry.engines.columns.strings import Strings

Longs = NDArray[np.int64]
_FEW = 2000
"""So many are kept in a heap; more are partitioned."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Hits of one part, or of all.

    Attributes:
        keys: One array a key of the sort.
        names: The hits' own keys in ascending order; only where there are several runs.
        places: Of each hit the position of its own key among those of the run, which breaks the last ties.
    """

    keys: Sequence[Longs]
    names: Strings
    places: Longs

    def at(self, positions: Longs) -> Run:
        """Return some of the hits."""
        return Run([key[positions] for key in self.keys], self.names, self.places[positions])


def behind(run: Run, position: Sequence[int], place: int) -> Longs:
    """Return the positions of hits that come after a position in the order: at this place among the names or behind."""
    is_behind = np.zeros(len(run.places), np.bool_)
    is_level = np.ones(len(run.places), np.bool_)
    for keys, at in zip(run.keys, position, strict=True):
        is_behind |= is_level & (keys > at)
        is_level &= keys == at
    is_behind |= is_level & (run.places >= place)
    return np.flatnonzero(is_behind)


def first_of(run: Run, count: int) -> Longs:
    """Return the positions of the first ``count`` hits of a run, in order."""
    positions = np.arange(len(run.places))
    if count < len(positions):
        positions = _among_first([*run.keys, run.places], count)
    order = np.lexsort([run.places[positions], *(key[positions] for key in reversed(run.keys))])
    return positions[order]


def merged(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """Return run and position of all hits of ordered runs, in order."""
    if len(runs) == 1:
        return [(0, position) for position in range(len(runs[0].places))]
    bounds = np.cumsum([0, *(len(run.places) for run in runs)])
    keys = [np.concatenate(columns) for columns in zip(*(run.keys for run in runs), strict=True)]
    order = np.lexsort(keys[::-1])
    is_new = np.zeros(len(order), np.bool_)
    for key in keys:
        is_new[1:] |= np.diff(key[order]) != 0
    scores = np.empty(len(order), np.float64)
    scores[order] = np.negative(np.cumsum(is_new))
    names = Strings.stacked([Strings(*pick(run.names.blob, run.names.starts, run.places)) for run in runs])
    places = merge_runs(scores, names.blob, names.starts, bounds)
    owners = np.searchsorted(bounds, places, side="right") - 1
    return list(zip(owners.tolist(), (places - bounds[owners]).tolist(), strict=True))


def _among_first(keys: Sequence[Longs], count: int) -> Longs:
    """Return the positions of the first ``count`` hits, in no order."""
    left = np.arange(len(keys[0]))
    chosen: list[Longs] = []
    for key in keys:
        if not 0 < count < len(left):
            break
        own = key if len(left) == len(key) else key[left]
        limit = cutoff(own, count) if count < _FEW else np.partition(own, count - 1)[count - 1]
        below = own < limit
        chosen.append(left[below])
        count -= len(chosen[-1])
        left = left[own == limit]
    return np.concatenate([*chosen, left[:count]])
