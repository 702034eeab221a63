"""Taking the text arrays of groups apart, and putting those of several lists of groups together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.merging import number_distinct
from facetry.engines.columns.kernels.ordering import merge_runs, pick
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.text.building import TextArrays

_NO_SCORES: NDArray[np.float64] = np.empty(0, np.float64)


def texts_of_each(arrays: TextArrays, places: Sequence[int]) -> Iterator[TextArrays]:
    """Yield the arrays of each of some groups alone, the same that building it alone makes."""
    if len(arrays.text_lengths) == 1 or not places:
        yield from [arrays] * len(places)
        return
    terms = np.repeat(np.arange(len(arrays.vocabulary)), np.diff(arrays.posting_starts))
    # Stable, so that the terms of a group stay in order.
    order = np.argsort(arrays.posting_groups, kind="stable")
    bounds = np.searchsorted(arrays.posting_groups[order], np.arange(len(arrays.text_lengths) + 1))
    for place in places:
        own = order[bounds[place] : bounds[place + 1]]
        yield TextArrays(
            vocabulary=Strings(*pick(arrays.vocabulary.blob, arrays.vocabulary.starts, terms[own])),
            posting_starts=np.arange(len(own) + 1),
            posting_groups=np.zeros(len(own), np.int32),
            posting_counts=arrays.posting_counts[own],
            lengths=arrays.lengths[:, place : place + 1].copy(),
            text_lengths=arrays.text_lengths[place : place + 1].copy(),
        )


def joined_texts(parts: Sequence[tuple[TextArrays, Sequence[int]]]) -> TextArrays:
    """Return the arrays of all groups of several arrays, each with the places of its groups among all."""
    if len(parts) == 1:
        return parts[0][0]
    arrays = [part for part, _ in parts]
    places = np.concatenate([np.array(own, np.int32) for _, own in parts])
    firsts = np.cumsum([0, *(len(own) for _, own in parts)])[:-1]
    keys = Strings.stacked([part.vocabulary for part in arrays])
    bounds = np.cumsum([0, *(len(part.vocabulary) for part in arrays)])
    by_key = merge_runs(_NO_SCORES, keys.blob, keys.starts, bounds)
    numbers = number_distinct(keys.blob, keys.starts, by_key)
    heads = by_key[np.flatnonzero(np.diff(numbers[by_key], prepend=-1))]
    # Taking slices off each other is several times quicker than ``np.diff``, which matters for many small parts.
    sizes = np.concatenate([part.posting_starts[1:] - part.posting_starts[:-1] for part in arrays])
    terms = np.repeat(numbers, sizes)
    shifts = np.repeat(firsts, [len(part.posting_groups) for part in arrays])
    groups = places[np.concatenate([part.posting_groups for part in arrays]) + shifts]
    # Each pair of a term and a group is there once.
    order = np.argsort(terms * len(places) + groups)
    starts = np.zeros(len(heads) + 1, np.int64)
    np.cumsum(np.bincount(terms, minlength=len(heads)), out=starts[1:])
    origins = np.argsort(places)
    return TextArrays(
        vocabulary=Strings(*pick(keys.blob, keys.starts, heads)),
        posting_starts=starts,
        posting_groups=groups[order],
        posting_counts=np.concatenate([part.posting_counts for part in arrays])[order],
        lengths=np.concatenate([part.lengths for part in arrays], axis=1).take(origins, axis=1),
        text_lengths=np.concatenate([part.text_lengths for part in arrays])[origins],
    )
