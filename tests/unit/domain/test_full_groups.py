import pytest

from facetry.domain.catalog import AllOrNone, BulkWrite, DeleteProduct, PatchProduct, Refused, Stored
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, put, tenant_record

pytestmark = pytest.mark.anyio

FULL = Refused(
    "group_full", "product group with ID G may have 3 products at most", "G", None, {"group_id": "G", "limit": 3}
)


@pytest.fixture(params=["memory", "sqlite", "follower"])
async def store(request, tmp_path, anyio_backend):
    if request.param == "memory":
        store = MemoryCatalogStore(max_group_products=3)
        others = []
    else:
        store = await open_store(tmp_path, max_group_products=3)
        others = [store]
        if request.param == "follower":
            store = await open_store(tmp_path, owner=False)
    await store.create_tenant(tenant_record(TENANT))
    yield store
    await store.close()
    for other in others:
        await other.close()


async def outcomes(store, *writes):
    return list((await store.write(TENANT, writes)).outcomes)


def are_stored(found):
    return [isinstance(one, Stored) for one in found]


async def test_as_many_as_fit_and_no_more(store):
    found = await outcomes(store, *(put(f"A{n}", "G") for n in range(5)), put("B", "H"))
    assert are_stored(found) == [True, True, True, False, False, True]
    assert found[3] == found[4] == FULL
    assert await store.counts(TENANT) == (4, 2)


async def test_what_is_in_a_full_group_can_be_written_and_makes_room(store):
    await outcomes(store, *(put(f"A{n}", "G") for n in range(3)))
    found = await outcomes(store, put("A1", "G", name="new"), put("A3", "G"), DeleteProduct("A0"), put("A3", "G"))
    assert are_stored([found[0], found[3]]) == [True, True]
    assert found[1] == FULL


async def test_a_product_that_changes_its_group_needs_room_there(store):
    await outcomes(store, *(put(f"A{n}", "G") for n in range(3)), put("B", "H"))
    move = PatchProduct(ProductKey(sku="B"), ProductPatch(group_id="G"))
    assert await outcomes(store, move) == [FULL]
    assert (await store.product(TENANT, "B")).group_id == "H"


async def test_parts_of_one_write_are_counted(store):
    writes = [put(f"A{n}", "G") for n in range(4)]
    [refused] = await outcomes(store, AllOrNone(tuple(writes)))
    assert (refused.code, refused.at) == ("group_full", 3)
    assert await store.counts(TENANT) == (0, 0)
    [done] = await outcomes(store, BulkWrite(tuple(writes)))
    assert [isinstance(one, Refused) for one in done.outcomes] == [False, False, False, True]
    assert await store.counts(TENANT) == (3, 1)
