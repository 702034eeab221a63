"""Building parts and whole snapshots from groups: few on the event loop, many in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from facetry.application.to_the_end import done_in_thread
from facetry.domain.group import ProductGroup
from facetry.engines.columns.builder import build_segment, go_on
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.tuning import Tuning, is_quick_to_build, parts_to_merge

NOTHING_BEFORE = -1
"""The revision of an index that holds nothing yet, and ``Segment.after`` of what a rebuild made."""
_FEW_PRODUCTS = 2
"""Groups of so many products on average are small."""
_UNMERGED_PARTS = 64
"""A rebuild merges as soon as so many parts are there: every merge copies all documents once more."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the indexes of all tenants share.

    Attributes:
        tuning: The numbers that decide.
        upkeep: The thread of merges and files.
        builder: The threads in which many changed groups are built, one a tenant.
    """

    tuning: Tuning
    upkeep: Executor
    builder: Executor


async def build_parts(
    groups: Sequence[ProductGroup],
    before: Snapshot,
    surroundings: Surroundings,
    give_way: Callable[[], None] | None = None,
) -> list[Part]:
    """Return new parts of groups with distinct ids.

    Nobody else may add to the snapshot's dictionaries until this returns, which it does after its thread has ended
    even where the caller is cancelled.

    Args:
        groups: What changed after a snapshot.
        before: The snapshot, whose dictionaries get new values; texts are analysed as its own.
        surroundings: How many groups are built at a time, and the thread for many.
        give_way: Called between the steps of a thread that builds many, so that others are hardly held up. Without it
            they are built on the event loop, where it takes a third less time, and others get a turn between slices.
    """
    tuning = surroundings.tuning
    slices = _slices(groups, tuning)
    if give_way is not None and not is_quick_to_build(groups, tuning):
        return await done_in_thread(surroundings.builder, lambda: [_part(some, before, give_way) for some in slices])
    parts: list[Part] = []
    for some in slices:
        if parts:
            await asyncio.sleep(0)
        parts.append(_part(some, before))
    return parts


def _part(groups: Sequence[ProductGroup], before: Snapshot, give_way: Callable[[], None] = go_on) -> Part:
    segment = build_segment(groups, before.language, before.dictionaries, before.revision, before.silent, give_way)
    return Part.whole(segment)


def _slices(groups: Sequence[ProductGroup], tuning: Tuning) -> Iterator[Sequence[ProductGroup]]:
    """Yield groups so many at a time that others need not wait long; every slice costs something, so not fewer."""
    step = _groups_at_a_time(groups, tuning)
    start = products = 0
    for place, group in enumerate(groups):
        if place - start == step or (place > start and products + len(group.products) > tuning.build_products):
            yield groups[start:place]
            start, products = place, 0
        products += len(group.products)
    if groups:
        yield groups[start:]


def _groups_at_a_time(groups: Sequence[ProductGroup], tuning: Tuning) -> int:
    """Return how many groups make a slice: twice as many where most are small, for every part costs something."""
    products = sum(len(group.products) for group in groups)
    return 2 * tuning.build_groups if products <= _FEW_PRODUCTS * len(groups) else tuning.build_groups


async def build_snapshot(
    pages: AsyncIterator[Sequence[ProductGroup]],
    revision: int,
    language: str,
    surroundings: Surroundings,
    silent: frozenset[str] = frozenset(),
) -> Snapshot:
    """Return a snapshot of all these groups, in one part; for the rest see ``SearchIndex.rebuild``."""
    # Nobody else sees these yet, so that a thread may add to them.
    dictionaries = Dictionaries()
    parts: list[Part] = []
    loop = asyncio.get_running_loop()
    async for groups in _batches(pages, surroundings.tuning.rebuild_products):
        segment = await loop.run_in_executor(
            surroundings.upkeep, build_segment, groups, language, dictionaries, NOTHING_BEFORE, silent
        )
        parts.append(Part.whole(segment))
        if len(parts) >= _UNMERGED_PARTS:
            small = parts_to_merge(parts, surroundings.tuning)
            parts = [part for part in parts if part not in small] + await _merged(small, surroundings)
    return Snapshot(revision, language, tuple(await _merged(parts, surroundings)), dictionaries, silent)


async def _batches(pages: AsyncIterator[Sequence[ProductGroup]], products: int) -> AsyncIterator[list[ProductGroup]]:
    """Yield the groups of pages in lists of at least so many products, but for the last one."""
    batch: list[ProductGroup] = []
    size = 0
    async for page in pages:
        batch += page
        size += sum(len(group.products) for group in page)
        if size >= products:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _merged(parts: list[Part], surroundings: Surroundings) -> list[Part]:
    """Return one part of several that nobody else sees yet."""
    if len(parts) <= 1:
        return parts
    sources = [Source(part.segment, part.live) for part in parts]
    loop = asyncio.get_running_loop()
    merged = await loop.run_in_executor(surroundings.upkeep, merge_segments, sources)
    return [Part.whole(merged.segment)]
