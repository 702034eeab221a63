"""Making one segment of several, without what is dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.merging import count_postings, merge_postings, number_distinct, place, spread
from facetry.engines.columns.kernels.ordering import merge_runs, pick
from facetry.engines.columns.packing import unpacked
from facetry.engines.columns.posting_counts import packed_counts
from facetry.engines.columns.segment import Flags, Ints, Longs, Segment
from facetry.engines.columns.strings import Bytes, Strings, stacked_starts
from facetry.engines.columns.table import Table, merge_tables

_NO_SCORES: NDArray[np.float64] = np.empty(0, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A segment to merge and which of its groups live."""

    segment: Segment
    live: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """A merged segment, and for each source the new ordinal of each of its groups, -1 for one left out."""

    segment: Segment
    targets: list[Longs]


@dataclass(frozen=True, slots=True, eq=False)
class _Postings:
    vocabulary: Strings
    starts: Longs
    groups: Ints
    counts: Ints


def merge_segments(sources: Sequence[Source]) -> Merged:
    """Return one segment of all live groups of the sources; no group lives in two of them."""
    segments = [source.segment for source in sources]
    origins, targets = _group_order(sources)
    postings = _merge_postings(segments, targets)
    product_starts, products = spread(stacked_starts([s.product_starts for s in segments], np.int32), origins)
    stone_starts, stones = _merge_stones(segments, products)
    return Merged(
        Segment(
            after=min(segment.after for segment in segments),
            ids=_placed([s.ids for s in segments], targets, len(origins)),
            vocabulary=postings.vocabulary,
            posting_starts=postings.starts,
            posting_groups=postings.groups,
            posting_counts=packed_counts(postings.counts),
            lengths=np.concatenate([s.lengths for s in segments], axis=1).take(origins, axis=1),
            text_lengths=np.concatenate([s.text_lengths for s in segments])[origins],
            numbers=np.concatenate([s.numbers for s in segments], axis=1).take(origins, axis=1),
            currencies=np.concatenate([s.currencies for s in segments])[origins],
            group_codes=np.concatenate([s.group_codes for s in segments])[origins],
            group_hashes=np.concatenate([s.group_hashes for s in segments])[origins],
            product_starts=product_starts,
            products=merge_tables([s.products for s in segments], products),
            stone_starts=stone_starts,
            stones=stones,
            skus=_picked([s.skus for s in segments], products),
            group_documents=_placed(_alike([s.group_documents for s in segments], segments), targets, len(origins)),
            product_blocks=_merge_blocks(segments, origins),
            template=_template(segments),
        ),
        targets,
    )


def _group_order(sources: Sequence[Source]) -> tuple[Longs, list[Longs]]:
    """Return where the live groups come from, in the order of their ids, and where each source's groups go.

    Returns:
        For each new ordinal the position in the concatenated sources, and for each source its ``Merged.targets``.
    """
    bounds = _bounds([len(source.segment) for source in sources])
    ids = Strings.stacked([source.segment.ids for source in sources])
    order = merge_runs(_NO_SCORES, ids.blob, ids.starts, bounds)
    origins = order[np.concatenate([source.live for source in sources])[order] != 0]
    targets = np.full(len(order), -1, np.int64)
    targets[origins] = np.arange(len(origins))
    return origins, [targets[bounds[i] : bounds[i + 1]] for i in range(len(sources))]


def _merge_postings(segments: Sequence[Segment], targets: Sequence[Longs]) -> _Postings:
    bounds = _bounds([len(segment.vocabulary) for segment in segments])
    keys = Strings.stacked([segment.vocabulary for segment in segments])
    order = merge_runs(_NO_SCORES, keys.blob, keys.starts, bounds)
    numbers = number_distinct(keys.blob, keys.starts, order)
    totals = np.zeros(numbers[order[-1]] + 1 if len(order) else 0, np.int64)
    for i, segment in enumerate(segments):
        terms = numbers[bounds[i] : bounds[i + 1]]
        count_postings(segment.posting_starts, segment.posting_groups, targets[i], terms, totals)
    kept = totals > 0
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1)[numbers] if len(order) else numbers
    first_of = np.flatnonzero(np.diff(numbers[order], prepend=-1))[kept] if len(order) else order
    starts = np.zeros(len(first_of) + 1, np.int64)
    np.cumsum(totals[kept], out=starts[1:])
    ends = starts[:-1].copy()
    groups, counts = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int32)
    room = np.empty(2 * max(len(segment) for segment in segments), np.int32)
    for i, s in enumerate(segments):
        terms = renumbered[bounds[i] : bounds[i + 1]]
        merge_postings(
            s.posting_starts, s.posting_groups, s.posting_counts, targets[i], terms, ends, starts, groups, counts, room
        )
    return _Postings(Strings(*pick(keys.blob, keys.starts, order[first_of])), starts, groups, counts)


def _merge_stones(segments: Sequence[Segment], products: Longs) -> tuple[Ints, Table]:
    """Return starts and table of the gemstones of picked products; both empty where none has any."""
    if not any(len(s.stone_starts) for s in segments):
        return segments[0].stone_starts, segments[0].stones
    starts = [
        s.stone_starts if len(s.stone_starts) else np.arange(s.products.size + 1, dtype=np.int32) for s in segments
    ]
    tables = [s.stones if len(s.stone_starts) else Table(s.products.size, {}, {}) for s in segments]
    picked_starts, stones = spread(stacked_starts(starts, np.int32), products)
    return picked_starts, merge_tables(tables, stones)


def _merge_blocks(segments: Sequence[Segment], origins: Longs) -> Strings:
    starts = stacked_starts([s.documents.starts for s in segments], np.int32)
    blocks = _alike([s.product_blocks for s in segments], segments)
    return _picked(blocks, spread(starts, origins)[1])


def _template(segments: Sequence[Segment]) -> Bytes:
    """Return the template of the segment with most documents that has one."""
    return max(segments, key=lambda s: (len(s.template) > 0, len(s.product_blocks))).template


def _alike(lists: Sequence[Strings], segments: Sequence[Segment]) -> list[Strings]:
    """Return documents of segments, those unpacked that are packed with another template than ``_template``."""
    common = _template(segments)
    if not len(common):
        # None of them has any.
        return [*lists]
    pairs = zip(lists, segments, strict=True)
    return [own if np.array_equal(s.template, common) else unpacked(own, s.template) for own, s in pairs]


def _picked(lists: Sequence[Strings], picks: Longs) -> Strings:
    """Return picked strings of several lists; copies each once, since documents are big."""
    bounds = _bounds([len(strings) for strings in lists])
    targets = np.full(bounds[-1], -1, np.int64)
    targets[picks] = np.arange(len(picks))
    return _placed(lists, [targets[bounds[i] : bounds[i + 1]] for i in range(len(lists))], len(picks))


def _placed(lists: Sequence[Strings], targets: Sequence[Longs], size: int) -> Strings:
    """Return the strings of several lists at their targets; copies each once, since documents are big."""
    starts = np.zeros(size + 1, np.int64)
    ends = np.concatenate(targets) + 1
    # Where a string is left out its size goes to the first place, which is made zero again.
    starts[ends] = np.concatenate([strings.starts[1:] - strings.starts[:-1] for strings in lists])
    starts[0] = 0
    np.cumsum(starts, out=starts)
    blob = np.empty(starts[-1], np.uint8)
    for strings, target in zip(lists, targets, strict=True):
        place(strings.blob, strings.starts, target, starts, blob)
    return Strings(blob, starts)


def _bounds(sizes: Sequence[int]) -> Longs:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(sizes, np.int64))])
