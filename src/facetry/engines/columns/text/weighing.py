"""What fields weigh in a snapshot, as kernels take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.ranking import FieldWeights, field_weights
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.engines.columns.snapshot import Snapshot

Floats = NDArray[np.float64]
_LENGTHS = 512
"""Of so many lengths the factors are computed beforehand."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """Weights of fields in the forms of the domain and of ``kernels.text_scoring``.

    Attributes:
        groups: How many groups live.
        fields: The weights.
        arrays: Factors, weights, norms and averages, in the order in which kernels take them.
    """

    groups: int
    fields: FieldWeights
    arrays: tuple[Floats, Floats, Floats, Floats]

    @classmethod
    def of(cls, snapshot: Snapshot, weights: Mapping[str, float]) -> Weighing:
        """Return what fields weigh, with the weights of a tenant's own rules."""
        sums = sum((part.text_lengths for part in snapshot.parts), np.zeros(len(TEXT_FIELDS), np.int64))
        return _weighing(tuple(weights.items()), tuple(sums.tolist()), snapshot.groups)


# All searches between two writes ask for the same; a tenant has few sets of weights.
@lru_cache(maxsize=64)
def _weighing(weights: tuple[tuple[str, float], ...], sums: tuple[int, ...], groups: int) -> Weighing:
    fields = field_weights(dict(weights), sums, groups)
    own, norms, averages = np.array(fields.weights), np.array(fields.norms), np.array(fields.averages)
    # The same operations in the same order as ``ranking.field_factor``, for every length at once.
    relative = np.arange(_LENGTHS, dtype=np.float64) / averages[:, None]
    factors = own[:, None] / (1.0 - norms[:, None] + norms[:, None] * relative)
    return Weighing(groups, fields, (factors, own, norms, averages))
