"""Kernels over identifiers in their normalised form: only letters and digits, in lower case.

A list of n normalised texts is a blob (uint8) in which a zero byte stands before each of them and behind the last,
and starts (int64, n + 1): text i is ``blob[starts[i]:starts[i + 1] - 1]``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

INNER, BEGINNING, WHOLE = 1, 2, 3
"""How a text fits an identifier; 0 for not at all."""
COMPARED = 4
"""So many bytes at the beginning of a needle are looked for in one step."""
_BLOCK = 64


@kernel
def normalise(blob: Bytes, starts: Longs, normal: Bytes, normal_starts: Longs) -> int:
    """Normalise texts of ASCII.

    Args:
        blob: The texts, with ``starts``: text i is ``blob[starts[i]:starts[i + 1]]``.
        normal: Room for the result, as many bytes as the texts and one more for each, and one; with
            ``normal_starts``.

    Returns:
        How many bytes of ``normal`` are used.
    """
    end = 1
    normal[0] = 0
    for i in range(len(starts) - 1):
        normal_starts[i] = end
        for j in range(starts[i], starts[i + 1]):
            byte = blob[j]
            if 65 <= byte <= 90:
                byte = np.uint8(byte + 32)
            if 97 <= byte <= 122 or 48 <= byte <= 57 or byte >= 128:
                normal[end] = byte
                end += 1
        normal[end] = 0
        end += 1
    normal_starts[len(starts) - 1] = end
    return end


@kernel
def may_begin(blob: Bytes, start: int, needle: Bytes) -> bool:
    """Return whether the first bytes of a needle stand anywhere in the block from ``start``."""
    zero, one, two, three = needle[0], needle[1], needle[2], needle[3]
    # Over views of known length the compiler compares many bytes in one instruction.
    first = blob[start : start + _BLOCK]
    second = blob[start + 1 : start + 1 + _BLOCK]
    third = blob[start + 2 : start + 2 + _BLOCK]
    fourth = blob[start + 3 : start + 3 + _BLOCK]
    found = np.uint8(0)
    for i in range(_BLOCK):
        found |= np.uint8((first[i] == zero) & (second[i] == one) & (third[i] == two) & (fourth[i] == three))
    return bool(found != 0)


@kernel
def fit_at(blob: Bytes, place: int, needle: Bytes, size: int) -> int:
    """Return how a needle of ``size`` bytes fits the identifier around a place, where it may begin."""
    if place + size >= len(blob):
        return 0
    for k in range(size):
        if blob[place + k] != needle[k]:
            return 0
    if blob[place - 1] != 0:
        return INNER
    return WHOLE if blob[place + size] == 0 else BEGINNING


@kernel
def find_part(
    blob: Bytes,
    starts: Longs,
    needle: Bytes,
    size: int,
    whole_only: bool,
    progress: Longs,
    found: Ints,
    fits: Bytes,
    budget: int,
) -> bool:
    """Write which identifiers have a needle in them, ascending, and how it fits best.

    Args:
        blob: Normalised texts, with ``starts``.
        needle: At least ``COMPARED`` bytes, of which ``size`` count; a shorter one is followed by zeros.
        whole_only: Whether it must be the whole identifier.
        progress: (int64, 2) next place and how many are found; from 1 and 0 to begin with.
        found: Positions of identifiers, with ``fits``.
        budget: How many bytes to look at in this call.

    Returns:
        Whether all is done; else the budget is spent or ``found`` is full.
    """
    place = progress[0]
    count = progress[1]
    last = len(blob) - size
    end = min(last, place + budget)
    while place < end:
        stop = min(place + _BLOCK, end)
        if place + _BLOCK + COMPARED <= len(blob) and not may_begin(blob, place, needle):
            place = stop
            continue
        while place < stop:
            fit = fit_at(blob, place, needle, size) if blob[place] == needle[0] else 0
            if fit == WHOLE or (fit != 0 and not whole_only):
                owner = np.int32(np.searchsorted(starts, place, side="right") - 1)
                if count > 0 and found[count - 1] == owner:
                    fits[count - 1] = max(fits[count - 1], np.uint8(fit))
                elif count == len(found):
                    progress[0] = place
                    progress[1] = count
                    return False
                else:
                    found[count] = owner
                    fits[count] = fit
                    count += 1
            place += 1
    progress[0] = place
    progress[1] = count
    return bool(place >= last)
