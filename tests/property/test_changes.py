"""A copy that takes over page after page is the catalog at each revision, however the pages are cut."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.testing.catalog_changes import Copy, followed_records
from facetry.testing.samples import TENANT, all_groups, names, tenant_record
from tests.server.test_changes import random_write


async def state(store):
    """Return all that a copy has, by name: products by SKU, groups, records by kind and id."""
    products = await store.products_after(TENANT, 0, 10_000)
    return {
        **{("product", one.sku): one for one in products},
        **{("group", name): True for name in names(await all_groups(store))},
        **{(one.kind, one.id): one for one in await followed_records(store)},
    }


def held(copy):
    return {
        **{("product", sku): one for sku, one in copy.products.items()},
        **{("group", name): True for name in copy.groups},
        **copy.records,
    }


async def check(seed, count, limit):
    dice, store = random.Random(seed), MemoryCatalogStore()
    await store.create_tenant(tenant_record(TENANT))
    states, touched = [await state(store)], [set()]
    while len(states) <= count:
        await store.write(TENANT, [random_write(dice)])
        if await store.revision(TENANT) == len(states):
            states.append(await state(store))
            page = await store.changes(TENANT, len(states) - 2, 1)
            touched.append(
                {("product", one.sku) for one in page.products}
                | {("product", sku) for sku in page.gone_products}
                | {("group", name) for name in (*page.groups, *page.gone_groups)}
                | {(one.kind, one.id) for one in page.records}
                | set(page.gone_records)
            )
    copy = Copy()
    while copy.revision < count:
        page = await store.changes(TENANT, copy.revision, limit)
        copy.take(page)
        later = set().union(*touched[copy.revision + 1 :])
        now, then = held(copy), states[copy.revision]
        assert {key: now.get(key) for key in now.keys() | then.keys() if key not in later} == {
            key: one for key, one in then.items() if key not in later
        }
        assert page.more is (copy.revision < count)
    assert held(copy) == states[-1]
    for since in range(count):
        copy = Copy()
        copy.revision, known = since, states[since]
        copy.products = {name: one for (kind, name), one in known.items() if kind == "product"}
        copy.groups = {name for kind, name in known if kind == "group"}
        copy.records = {key: one for key, one in known.items() if key[0] not in {"product", "group"}}
        await copy.follow(store, 10_000)
        assert held(copy) == states[-1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 40), limit=st.integers(1, 30))
def test_pages_bring_a_copy_from_any_revision_to_any_later_one(seed, count, limit):
    asyncio.run(check(seed, count, limit))
