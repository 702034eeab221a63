from __future__ import annotations

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.product import Product
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.snapshot import Part
from facetry.engines.columns.tuning import Tuning, parts_to_merge

TUNING = Tuning(tier_factor=3, tier_groups=8, tier_products=8)


TIERS = 4
"""Parts of 1, 3, 9 and 27 groups; 81 groups are one part again."""


def group_of(products: int, number: int) -> ProductGroup:
    members = [Product(sku=f"{number}-{n}", name="Ring", object_id="", joined=n) for n in range(products)]
    return derive_group(GroupIdentity(f"{number:03}", "", 1), members)


def copies(groups: int, products: int) -> float:
    """Return how many times each product is copied where parts of one such group come one after another."""
    dictionaries = Dictionaries()
    parts: list[Part] = []
    copied = 0
    for number in range(groups):
        parts.append(Part.whole(build_segment([group_of(products, number)], "en", dictionaries, number)))
        while small := parts_to_merge(parts, TUNING):
            merged = merge_segments([Source(part.segment, part.live) for part in small]).segment
            copied += merged.products.size
            parts = [*(part for part in parts if part not in small), Part.whole(merged)]
        assert len(parts) <= TIERS * (TUNING.tier_factor - 1)
    assert sum(part.segment.products.size for part in parts) == groups * products
    return copied / (groups * products)


def test_products_of_big_groups_are_copied_once_a_tier():
    assert copies(81, 8) == TIERS


def test_small_groups_are_told_by_their_number():
    # All parts below 24 groups are of like size, so that there are few of them.
    assert TIERS < copies(81, 1) < 2 * TIERS
