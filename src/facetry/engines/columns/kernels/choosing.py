"""Kernels that choose what stands first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Longs = NDArray[np.int64]


@kernel
def cutoff(keys: Longs, count: int) -> int:
    """Return the ``count``-th lowest of the keys, of which there are at least as many; quick for few."""
    heap = keys[:count].copy()
    for root in range(count // 2 - 1, -1, -1):
        sink(heap, root)
    for i in range(count, len(keys)):
        if keys[i] < heap[0]:
            heap[0] = keys[i]
            sink(heap, 0)
    return int(heap[0])


@kernel
def sink(heap: Longs, position: int) -> None:
    """Restore the order of a heap whose root is the highest."""
    while True:
        highest = position
        for child in (2 * position + 1, 2 * position + 2):
            if child < len(heap) and heap[child] > heap[highest]:
                highest = child
        if highest == position:
            return
        heap[position], heap[highest] = heap[highest], heap[position]
        position = highest
