"""Kernels that count the keys of new groups and put their postings into the order of the vocabulary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.compiler import kernel

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_ALL = 2**31 - 1
"""More than any count."""


@kernel
def add_key(key: int, one: int, most: int, first: int, total: int, places: Longs, terms: Ints, counts: Ints) -> int:
    """Count a key of the group in hand once more, and return how many pairs there are then; see ``count_keys``.

    Args:
        key: Its number.
        one: What is added to its count,
        most: unless it has so many of them already.
        first: The first pair of the group.
        total: How many pairs there are.
        places: The pair of each key; one before ``first`` is of another group.
        terms: See ``count_keys``, like ``counts``.
    """
    place = places[key]
    if place >= first:
        if (counts[place] // one) & most != most:
            counts[place] += one
        return total
    places[key] = total
    terms[total] = key
    counts[total] = one
    return total + 1


@kernel
def count_keys(
    words: Ints,
    others: Ints,
    ends: Longs,
    key_starts: Ints,
    keys: Ints,
    stems: Ints,
    first_stems: Longs,
    bits: int,
    places: Longs,
    terms: Ints,
    counts: Ints,
    sizes: Ints,
) -> int:
    """Count what stands in the fields of groups, and return how many pairs of a group and a key there are.

    Args:
        words: Numbers of the words of all groups, field by field.
        others: Numbers of the other keys of their fields, likewise.
        ends: (groups x fields x 2) where the words, and the other keys, of each field end.
        key_starts: Word w stands for the keys ``keys[key_starts[w]:key_starts[w + 1]]``, which count like other keys:
            in field f by the bits from ``bits * f`` on, and as often at most as ``bits`` bits can say.
        keys: See ``key_starts``.
        stems: Word w has the stem ``stems[w]``, which is a key of its own in some fields, counted by all bits.
        first_stems: For each field the key of stem 0, those of others follow; -1 where stems do not count.
        bits: See ``key_starts``.
        places: (keys) -1, is changed.
        terms: Gets the key of each pair, group by group.
        counts: Gets the count of each pair.
        sizes: Gets the number of pairs of each group.
    """
    most = (1 << bits) - 1
    total = word = other = 0
    for group in range(len(ends)):
        first = total
        for field in range(ends.shape[1]):
            one = 1 << (bits * field)
            stem = first_stems[field]
            while word < ends[group, field, 0]:
                number = words[word]
                for i in range(key_starts[number], key_starts[number + 1]):
                    total = add_key(keys[i], one, most, first, total, places, terms, counts)
                if stem >= 0:
                    total = add_key(stem + stems[number], 1, _ALL, first, total, places, terms, counts)
                word += 1
            while other < ends[group, field, 1]:
                total = add_key(others[other], one, most, first, total, places, terms, counts)
                other += 1
        sizes[group] = total - first
    return total


@kernel
def place_postings(
    terms: Ints, counts: Ints, sizes: Ints, ranks: Ints, starts: Longs, posting_groups: Ints, posting_counts: Ints
) -> None:
    """Write postings by term, those of a term by group.

    Args:
        terms: The number of each posting's term; those of a group together, in the order of groups.
        counts: One a posting.
        sizes: How many postings each group has.
        ranks: The position of each term in the vocabulary.
        starts: (terms + 1) zeros; gets where the postings of each position begin.
        posting_groups: Gets the group of each posting; likewise ``posting_counts``.
    """
    for i in range(len(terms)):
        starts[ranks[terms[i]] + 1] += 1
    for t in range(len(starts) - 1):
        starts[t + 1] += starts[t]
    ends = starts[:-1].copy()
    i = 0
    for group in range(len(sizes)):
        for _ in range(sizes[group]):
            rank = ranks[terms[i]]
            posting_groups[ends[rank]] = group
            posting_counts[ends[rank]] = counts[i]
            ends[rank] += 1
            i += 1
