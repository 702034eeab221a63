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
ROWS = 1 << 14
"""Runs of ``COMPARED`` bytes are told apart by a hash of so many values."""
BLOCK = 1 << 12
"""A blob is cut into blocks of so many bytes, of which is known which runs begin in it."""
REACH = 48
"""Of a needle that begins in a block, all runs within so many bytes count as of this block."""
_STEP = 64


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
def row_of(blob: Bytes, place: int) -> int:
    """Return the hash of the run of ``COMPARED`` bytes at a place."""
    run = np.int64(blob[place]) | (np.int64(blob[place + 1]) << 8)
    run |= (np.int64(blob[place + 2]) << 16) | (np.int64(blob[place + 3]) << 24)
    # The product stays below 2 ** 63.
    return int(((run * 0x45D9F3B) >> 20) & (ROWS - 1))


@kernel
def mark_blocks(blob: Bytes, marks: NDArray[np.uint8]) -> None:
    """Set the bit of a block (from the lowest, eight a byte) in the row of each run that begins in it or just behind.

    Args:
        blob: Normalised texts.
        marks: (``ROWS`` x blocks / 8) zeros.
    """
    for place in range(len(blob) - COMPARED + 1):
        row = row_of(blob, place)
        block = place // BLOCK
        marks[row, block >> 3] |= np.uint8(1 << (block & 7))
        if block > 0 and place - block * BLOCK < REACH:
            marks[row, (block - 1) >> 3] |= np.uint8(1 << ((block - 1) & 7))


@kernel
def blocks_with(marks: NDArray[np.uint8], needle: Bytes, size: int, blocks: Longs) -> int:
    """Write down the blocks in which a needle may begin, ascending, and return how many there are.

    Args:
        marks: As ``mark_blocks`` left them.
        needle: Its first ``size`` bytes count, ``COMPARED`` at least.
        blocks: Room for all blocks.
    """
    last = min(size - COMPARED, REACH - 1)
    count = 0
    for group in range(marks.shape[1]):
        bits = np.uint8(255)
        for place in range(last + 1):
            bits &= marks[row_of(needle, place), group]
            if bits == 0:
                break
        for bit in range(8):
            if bits & np.uint8(1 << bit):
                blocks[count] = group * 8 + bit
                count += 1
    return count


@kernel
def may_begin(blob: Bytes, start: int, needle: Bytes) -> bool:
    """Return whether the first bytes of a needle stand anywhere in the block from ``start``."""
    zero, one, two, three = needle[0], needle[1], needle[2], needle[3]
    # Over views of known length the compiler compares many bytes in one instruction.
    first = blob[start : start + _STEP]
    second = blob[start + 1 : start + 1 + _STEP]
    third = blob[start + 2 : start + 2 + _STEP]
    fourth = blob[start + 3 : start + 3 + _STEP]
    found = np.uint8(0)
    for i in range(_STEP):
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
    blocks: Longs,
    progress: Longs,
    found: Ints,
    fits: Bytes,
) -> bool:
    """Write which identifiers have a needle in them, ascending, and how it fits best.

    Args:
        blob: Normalised texts, with ``starts``.
        needle: At least ``COMPARED`` bytes, of which ``size`` count; a shorter one is followed by zeros.
        whole_only: Whether it must be the whole identifier.
        blocks: The blocks to look at, ascending.
        progress: (int64, 3) which of the blocks comes next, next place, and how many are found; from 0, 1 and 0.
        found: Positions of identifiers, with ``fits``.

    Returns:
        Whether all is done; else ``found`` is full.
    """
    place = progress[1]
    count = progress[2]
    for i in range(progress[0], len(blocks)):
        place = max(place, blocks[i] * BLOCK)
        end = min((blocks[i] + 1) * BLOCK, len(blob) - size)
        while place < end:
            stop = min(place + _STEP, end)
            if place + _STEP + COMPARED <= len(blob) and not may_begin(blob, place, needle):
                place = stop
                continue
            while place < stop:
                fit = fit_at(blob, place, needle, size) if blob[place] == needle[0] else 0
                if fit == WHOLE or (fit != 0 and not whole_only):
                    owner = np.int32(np.searchsorted(starts, place, side="right") - 1)
                    if count > 0 and found[count - 1] == owner:
                        fits[count - 1] = max(fits[count - 1], np.uint8(fit))
                    elif count == len(found):
                        progress[0] = i
                        progress[1] = place
                        progress[2] = count
                        return False
                    else:
                        found[count] = owner
                        fits[count] = fit
                        count += 1
                place += 1
    progress[0] = 0
    progress[1] = place
    progress[2] = count
    return True
