"""Kernels over the words of a vocabulary: which are like a word that was typed.

The distance is that of optimal string alignment: letters put in, left out, exchanged, or two neighbours swapped. A
word's signature says which letters it has once and which twice or more: each change of a letter turns two bits of it
at most, so that few words have to be compared letter by letter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

LETTERS = 31
"""Letters are told apart by their code points modulo this."""


@kernel
def decode(blob: Bytes, start: int, end: int, letters: Ints) -> int:
    """Write the code points of UTF-8 into ``letters``, as many as fit, and return how many there are."""
    count = 0
    i = start
    while i < end:
        lead = np.int32(blob[i])
        size = 1
        code = lead
        if lead >= 0xC0:
            size = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
            code = lead & np.int32(0x7F >> size)
            for k in range(1, size):
                code = (code << np.int32(6)) | np.int32(blob[i + k] & 0x3F)
        if count < len(letters):
            letters[count] = code
        count += 1
        i += size
    return count


@kernel
def signature(letters: Ints, size: int) -> int:
    """Return the signature of the first ``size`` letters: bits for those there at all, bits for those there twice."""
    once = np.int64(0)
    twice = np.int64(0)
    for i in range(size):
        bit = np.int64(1) << np.int64(letters[i] % LETTERS)
        twice |= once & bit
        once |= bit
    return int(once | (twice << np.int64(LETTERS)))


@kernel
def sign(blob: Bytes, starts: Longs, first: int, last: int, skipped: int, longest: int) -> tuple[Longs, Longs, Ints]:
    """Return what finds similar words among ``first:last`` of a list.

    Args:
        skipped: So many bytes at the beginning of every string are left out.
        longest: Words of more letters come as if they had one more than this.

    Returns:
        Where the words of each length begin (``longest`` + 3), and the signatures and positions of all words, by
        length.
    """
    count = last - first
    letters = np.empty(longest + 1, np.int32)
    own = np.empty(count, np.int64)
    lengths = np.empty(count, np.int32)
    bounds = np.zeros(longest + 3, np.int64)
    for i in range(count):
        size = min(decode(blob, starts[first + i] + skipped, starts[first + i + 1], letters), longest + 1)
        own[i] = signature(letters, size)
        lengths[i] = size
        bounds[size + 1] += 1
    for size in range(longest + 2):
        bounds[size + 1] += bounds[size]
    ends = bounds.copy()
    signatures = np.empty(count, np.int64)
    positions = np.empty(count, np.int32)
    for i in range(count):
        place = ends[lengths[i]]
        ends[lengths[i]] += 1
        signatures[place] = own[i]
        positions[place] = first + i
    return bounds, signatures, positions


@kernel
def bits_of(bits: int) -> int:
    """Return how many bits of a number that is not negative are set."""
    bits = bits - ((bits >> 1) & 0x5555555555555555)
    bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F
    bits = bits + (bits >> 8)
    bits = bits + (bits >> 16)
    return (bits + (bits >> 32)) & 0x7F


@kernel
def distance(left: Ints, left_size: int, right: Ints, right_size: int, most: int, rows: Longs) -> int:
    """Return the distance of two words, or more than ``most`` where it is larger than that.

    Args:
        left: Letters, the first ``left_size`` count; likewise ``right``; the lengths differ by ``most`` at most.
        rows: Scratch, three rows of one more than the longest right word.
    """
    over = most + 1
    for j in range(right_size + 1):
        rows[0, j] = over
        rows[1, j] = j
        rows[2, j] = over
    for i in range(1, left_size + 1):
        this, last, second = (i + 1) % 3, i % 3, (i - 1) % 3
        low, high = max(i - most, 0), min(i + most, right_size)
        best = over
        if low > 0:
            rows[this, low - 1] = over
        for j in range(low, high + 1):
            result = i
            if j > 0:
                differs = 0 if left[i - 1] == right[j - 1] else 1
                result = rows[last, j - 1] + differs
                # Outside of the band around the diagonal nothing is known, and nothing can be near.
                if j < i + most:
                    result = min(result, rows[last, j] + 1)
                result = min(result, rows[this, j - 1] + 1)
                if differs and i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                    result = min(result, rows[second, j - 2] + 1)
            rows[this, j] = result
            best = min(best, result)
        if best > most:
            return over
    return int(min(rows[(left_size + 1) % 3, right_size], over))


@kernel
def similar_words(
    blob: Bytes,
    starts: Longs,
    skipped: int,
    bounds: Longs,
    signatures: Longs,
    positions: Ints,
    word: Ints,
    most: int,
    found: Longs,
    distances: Longs,
) -> int:
    """Write the positions of the words within a distance of a word, and the distances.

    Args:
        blob: The words, with ``starts``.
        skipped: So many bytes at the beginning of every string are left out.
        bounds: What ``sign`` returned, with ``signatures`` and ``positions``.
        word: Code points of the word, at least one, at most the longest that ``sign`` was told.
        most: The largest distance.
        found: As long as ``distances``; where it is too short, the rest is counted only.

    Returns:
        How many there are.
    """
    size = len(word)
    own = signature(word, size)
    letters = np.empty(size + most + 1, np.int32)
    rows = np.empty((3, size + 1), np.int64)
    first = bounds[min(max(size - most, 1), len(bounds) - 1)]
    last = bounds[min(size + most + 1, len(bounds) - 1)]
    count = 0
    for i in range(first, last):
        if bits_of(signatures[i] ^ own) > 2 * most:
            continue
        position = positions[i]
        other = decode(blob, starts[position] + skipped, starts[position + 1], letters)
        if abs(other - size) > most:
            continue
        apart = distance(letters, other, word, size, most, rows)
        if apart <= most:
            if count < len(found):
                found[count] = position
                distances[count] = apart
            count += 1
    return count
