"""The numbers that decide how the index is kept; results do not depend on them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from facetry.domain.group import ProductGroup
from facetry.engines.columns.snapshot import Part
from facetry.engines.columns.text.found_texts import KEPT_BYTES

_PRODUCTS_OF_GROUP = 4


class Tuning(msgspec.Struct, frozen=True):
    """When segments merge, when they are written, and what runs on the event loop.

    Attributes:
        tier_factor: So many parts of like size merge into one.
        tier_groups: Parts below so many groups times the factor are all of like size,
        tier_products: unless they have more than so many products times the factor.
        inline_groups: So many groups merge on the event loop; more in a thread.
        inline_products: Likewise, so many products.
        inline_builds: So many changed groups, or four times as many products, are always built on the event loop.
        build_groups: So many groups are built at a time; twice as many of one or two products.
        build_products: So many products are built at a time, unless one group has more.
        rebuild_products: So many products are built at a time, in a thread, where all are built anew.
        saved_groups: Fewer unsaved groups than this are not worth a file.
        unsaved_groups: So many unsaved groups are saved without being asked.
        unsaved_revisions: Unsaved groups older than this are saved however few: the change log is kept for them.
        inline_lookups: Queries that look up so many words (times parts) do it on the event loop; more in a thread.
        inline_work: Searches that look at so many postings (times facets) run on the event loop; more in a thread.
        tidy_seconds: What is small merges so long after a change, when who waits for the change has the answer.
        settle_seconds: What is in memory becomes one part when no change came for so long.
        idle_seconds: A tenant whose index nobody used for so long is let go: the next use maps its files again.
        unused_values: So many values more than twice those in use may stay in a dictionary.
        slice_work: Postings and groups that a thread looks at before it asks whether anybody still waits.
        found_bytes: What texts found last is remembered in so many bytes, of all tenants together; 0 remembers nothing.
    """

    tier_factor: int = 6
    tier_groups: int = 64
    tier_products: int = 512
    inline_groups: int = 384
    inline_products: int = 512
    inline_builds: int = 16
    build_groups: int = 64
    build_products: int = 512
    rebuild_products: int = 16384
    saved_groups: int = 256
    unsaved_groups: int = 4096
    unsaved_revisions: int = 4096
    inline_lookups: int = 1000
    inline_work: int = 200_000
    slice_work: int = 1 << 20
    tidy_seconds: float = 0.005
    settle_seconds: float = 1.0
    idle_seconds: float = 900.0
    unused_values: int = 50_000
    found_bytes: int = KEPT_BYTES


DEFAULT_TUNING = Tuning()


def parts_to_merge(parts: Sequence[Part], tuning: Tuning) -> list[Part]:
    """Return the parts that should become one now, none where all is well.

    Parts of one tier merge when there are enough of them, and take all smaller ones along; so every group is
    copied a few times at most, and the number of parts stays logarithmic. A part that is mostly dead merges too.
    """
    tiers = [_tier(part, tuning) for part in parts]
    crowded = [tier for tier in set(tiers) if tiers.count(tier) >= tuning.tier_factor]
    wasteful = [tier for part, tier in zip(parts, tiers, strict=True) if part.count * 2 < len(part.segment)]
    if not crowded and not wasteful:
        return []
    limit = max([*crowded, *wasteful])
    return [part for part, tier in zip(parts, tiers, strict=True) if tier <= limit]


def is_quick_to_merge(parts: Sequence[Part], tuning: Tuning) -> bool:
    """Return whether parts may merge on the event loop."""
    groups, products = sum(part.count for part in parts), sum(part.segment.products.size for part in parts)
    return groups <= tuning.inline_groups and products <= tuning.inline_products


def is_quick_to_build(groups: Sequence[ProductGroup], tuning: Tuning) -> bool:
    """Return whether groups may be built on the event loop."""
    if len(groups) > tuning.inline_builds:
        return False
    return len(groups) <= 1 or sum(len(group.products) for group in groups) <= _PRODUCTS_OF_GROUP * tuning.inline_builds


def _tier(part: Part, tuning: Tuning) -> int:
    products = part.segment.products.size * part.count / len(part.segment)
    size = max(part.count / tuning.tier_groups, products / tuning.tier_products)
    return max(0, int(math.log(size, tuning.tier_factor)))
