"""Kernels that choose what stands first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel, short_kernel

Ints = NDArray[np.int32]
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


@short_kernel
def first_of_lists(first: Longs, second: Longs, starts: Ints, found: Ints) -> None:
    """Write down the first rows of each list, in order.

    Args:
        first: A key a row, the lowest comes first.
        second: Another one, which decides where the first is equal; then the row itself does.
        starts: List i has the rows ``starts[i]:starts[i + 1]``.
        found: (lists x how many) the rows; -1 behind the last one of a list with fewer.
    """
    most = found.shape[1]
    found[:] = -1
    for i in range(len(starts) - 1):
        size = 0
        for row in range(starts[i], starts[i + 1]):
            place = size
            while place > 0:
                other = found[i, place - 1]
                if first[other] < first[row] or (first[other] == first[row] and second[other] <= second[row]):
                    break
                place -= 1
            if place >= most:
                continue
            size = min(size + 1, most)
            for behind in range(size - 1, place, -1):
                found[i, behind] = found[i, behind - 1]
            found[i, place] = row
