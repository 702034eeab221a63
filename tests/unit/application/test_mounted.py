"""In which products a gemstone is set."""

import pytest

from facetry.application.mounted import mounted
from facetry.domain.catalog import PutProduct
from facetry.domain.product import ProductContent
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.tenant import TenantSettings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(shop):
    """Three products of two groups with stones of two codes that differ in case only."""
    parts = (({"code": "D-1"}, {"code": "X"}), ({"code": "d-1"},), ({"code": "D-1"},), None)
    for at, gemstones in enumerate(parts):
        content = ProductContent(sku=f"R{at}", name=f"Ring {at}", group_id=f"G{at % 2}", gemstones=gemstones)
        await shop.catalog.do("t", PutProduct(content))
    return shop


async def test_products_are_found_by_the_code_exactly(shop):
    async def found(code):
        answer = await mounted(shop.search, "t", TenantSettings(), code)
        return sorted(one.sku for one in answer.products), answer.total

    assert await found("D-1") == (["R0", "R2"], 2)
    assert await found("d-1") == (["R1"], 1)
    assert await found("X") == (["R0"], 1)
    assert await found("D") == ([], 0)
    assert await found("nowhere") == ([], 0)


async def test_codes_may_have_a_type_of_their_own(shop):
    settings = TenantSettings(attributes=(AttributeDefinition("gemstones.code", Kind.KEYWORD),))
    answer = await mounted(shop.search, "t", settings, "D-1")
    assert sorted(one.sku for one in answer.products) == ["R0", "R2"]


async def test_what_was_just_written_is_there(shop):
    content = ProductContent(sku="N", name="New", group_id="N", gemstones=({"code": "D-1"},))
    await shop.catalog.do("t", PutProduct(content))
    assert (await mounted(shop.search, "t", TenantSettings(), "D-1")).total == 3
