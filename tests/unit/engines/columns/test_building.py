from __future__ import annotations

import pytest

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.engines.columns.building import build_parts
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.tuning import Tuning
from facetry.testing.search_samples import product


def of_products(number: int, size: int) -> ProductGroup:
    group_id = f"g{number}"
    products = [product(f"{group_id}-{i}", group_id=group_id, joined=i) for i in range(size)]
    return derive_group(GroupIdentity(group_id, "", 1), products)


@pytest.mark.anyio
@pytest.mark.parametrize(("products", "parts"), [(1, [4, 1]), (2, [4, 1]), (3, [2, 2, 1])])
async def test_small_groups_are_built_more_at_a_time(products, parts):
    groups = [of_products(number, products) for number in range(5)]
    built = await build_parts(groups, Snapshot(7, "en", (), Dictionaries()), Tuning(build_groups=2))
    assert [len(part.segment) for part in built] == parts
    assert [part.segment.after for part in built] == [7] * len(parts)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("sizes", "parts"),
    [([], []), ([9], [1]), ([3, 3, 3], [2, 1]), ([2, 9, 2, 2, 2, 1], [1, 1, 3, 1]), ([6, 1], [1, 1])],
)
async def test_few_large_groups_are_built_at_a_time(sizes, parts):
    groups = [of_products(number, size) for number, size in enumerate(sizes)]
    built = await build_parts(groups, Snapshot(7, "en", (), Dictionaries()), Tuning(build_groups=64, build_products=6))
    assert [len(part.segment) for part in built] == parts
