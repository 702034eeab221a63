import pytest

from facetry.application.maintenance import Difference
from facetry.domain.change import Delta
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio


async def test_an_index_that_agrees_has_no_differences(shop):
    for number in range(5):
        await shop.catalog.put_product("t", content(f"A{number}", group_id=f"G{number // 2}"))
    report = await shop.maintenance.verify("t")
    assert (report.groups, report.products, report.differences) == (3, 5, ())


async def test_differences_are_named(shop):
    for number in range(3):
        await shop.catalog.put_product("t", content(f"A{number}", group_id=f"G{number}"))
    old = await shop.store.group("t", "G1")
    await shop.catalog.put_product("t", content("A1", group_id="G1", name="changed"))
    lost = await shop.store.group("t", "G2")
    await shop.catalog.delete_group("t", "G2")
    await shop.index.apply("t", Delta(revision=90, groups=(old, lost), gone=("G0",)), "en")
    report = await shop.maintenance.verify("t")
    assert report.differences == (
        Difference("G0", "missing"),
        Difference("G1", "different"),
        Difference("G2", "surplus"),
    )
    await shop.maintenance.reindex("t")
    assert (await shop.maintenance.verify("t")).differences == ()
