"""The counts of a segment's postings: packed to a byte each, and as they are."""

from __future__ import annotations

import numpy as np

from facetry.engines.columns.kernels.posting_counts import RARE, Ints, PostingCounts, encode_counts

_SAMPLE = 1 << 16
"""About so many counts are looked at to find the common ones."""


def packed_counts(counts: Ints) -> PostingCounts:
    """Return counts packed."""
    common = _common(counts)
    codes = np.empty(len(counts), np.uint8)
    places, rare = np.empty(0, np.int64), np.empty(0, np.int32)
    size = encode_counts(counts, common, codes, places, rare)
    if size:
        places, rare = np.empty(size, np.int64), np.empty(size, np.int32)
        encode_counts(counts, common, codes, places, rare)
    by_code = np.zeros(RARE + 1, np.int32)
    by_code[: len(common)] = common
    return PostingCounts(codes, by_code, places, rare)


def plain_counts(packed: PostingCounts, first: int = 0, last: int | None = None) -> Ints:
    """Return the counts of postings from ``first`` to before ``last``; of all without them."""
    codes = packed.codes[first:last]
    counts: Ints = packed.common[codes]
    rare = slice(*np.searchsorted(packed.rare_places, [first, first + len(codes)]).tolist())
    counts[packed.rare_places[rare] - first] = packed.rare_counts[rare]
    return counts


def _common(counts: Ints) -> Ints:
    """Return the counts that many postings have, ascending, by a look at some of them."""
    found, often = np.unique(counts[:: len(counts) // _SAMPLE + 1], return_counts=True)
    return np.sort(found[np.argsort(-often, kind="stable")[:RARE]])
