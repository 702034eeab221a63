from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.engines.columns.builder import go_on
from facetry.engines.columns.building import Surroundings, build_parts
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.tuning import Tuning
from facetry.testing.search_samples import product


def of_products(number: int, size: int) -> ProductGroup:
    group_id = f"g{number}"
    products = [product(f"{group_id}-{i}", group_id=group_id, joined=i) for i in range(size)]
    return derive_group(GroupIdentity(group_id, "", 1), products)


async def built_of(groups, give_way=None, **tuning):
    with ThreadPoolExecutor(1) as upkeep, ThreadPoolExecutor(1, "builder") as builder:
        surroundings = Surroundings(Tuning(**tuning), upkeep, builder)
        return await build_parts(groups, Snapshot(7, "en", (), Dictionaries()), surroundings, give_way)


@pytest.mark.anyio
@pytest.mark.parametrize(("products", "parts"), [(1, [4, 1]), (2, [4, 1]), (3, [2, 2, 1])])
async def test_small_groups_are_built_more_at_a_time(products, parts):
    groups = [of_products(number, products) for number in range(5)]
    for give_way in (None, go_on):
        built = await built_of(groups, give_way, inline_builds=1, build_groups=2)
        assert [len(part.segment) for part in built] == parts
    assert [len(part.segment) for part in built] == parts
    assert [part.segment.after for part in built] == [7] * len(parts)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("sizes", "parts"),
    [([], []), ([9], [1]), ([3, 3, 3], [2, 1]), ([2, 9, 2, 2, 2, 1], [1, 1, 3, 1]), ([6, 1], [1, 1])],
)
async def test_few_large_groups_are_built_at_a_time(sizes, parts):
    groups = [of_products(number, size) for number, size in enumerate(sizes)]
    built = await built_of(groups, go_on, inline_builds=1, build_groups=64, build_products=6)
    assert [len(part.segment) for part in built] == parts


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("sizes", "name"), [([1] * 4, None), ([1] * 5, "builder_0"), ([8, 8], None), ([8, 9], "builder_0"), ([99], None)]
)
async def test_many_groups_are_built_in_a_thread_that_gives_way(sizes, name):
    groups = [of_products(number, size) for number, size in enumerate(sizes)]
    threads = []
    await built_of(groups, lambda: threads.append(threading.current_thread().name), inline_builds=4)
    assert set(threads) == ({name} if name else set())


@pytest.mark.anyio
async def test_who_is_cancelled_waits_for_the_thread_that_adds_to_dictionaries():
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def give_way():
        begun.set()
        assert may_end.wait(10)
        ended.set()

    task = asyncio.create_task(built_of([of_products(number, 1) for number in range(5)], give_way, inline_builds=4))
    await asyncio.to_thread(begun.wait, 10)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
