"""Which attributes are offered as facets."""

import asyncio

import pytest

from facetry.application.facet_choice import MOST_CHOSEN, FacetChoice
from facetry.domain.errors import IndexDamagedError
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.tenant import TenantSettings
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

PLAIN = TenantSettings()


async def fill(shop, **more):
    for at in range(40):
        attributes = {"metal": ("gold", "silver")[at % 2], "serial": f"N{at}", **more}
        if at < 10:
            attributes["style"] = ("halo", "plain", "vintage")[at % 3]
        await shop.catalog.put_product("t", content(f"S{at}", attributes=attributes, size=str(at % 5), brand="Parle"))


async def names(choice, settings=PLAIN):
    return [one.field.name for one in await choice.of("t", settings)]


async def test_what_many_products_have_with_few_values_comes_first(shop):
    await fill(shop)
    chosen = await FacetChoice(shop.search).of("t", PLAIN)
    assert [(one.field.name, one.coverage, one.distinct) for one in chosen] == [
        ("attributes.metal", 40, 2),
        ("size", 40, 5),
        ("attributes.style", 10, 3),
    ]


async def test_what_a_tenant_has_said_of_its_attributes_counts(shop):
    await fill(shop, carat=1)
    await shop.catalog.put_product("t", content("X", attributes={"carat": 2}))
    settings = TenantSettings(
        attributes=(
            AttributeDefinition("carat", Kind.DECIMAL, unit="ct"),
            AttributeDefinition("metal", Kind.KEYWORD, facet=False),
            AttributeDefinition("style", Kind.TEXT),
        )
    )
    chosen = await FacetChoice(shop.search).of("t", settings)
    assert [(one.field.name, one.unit) for one in chosen] == [("attributes.carat", "ct"), ("size", "")]


async def test_numbers_with_many_values_are_no_choice(shop):
    for at in range(80):
        attributes = {"weight": 1 + at / 50, "year": 1990 + at % 10, "typed": at % 40}
        await shop.catalog.put_product("t", content(f"S{at}", attributes=attributes))
    settings = TenantSettings(attributes=(AttributeDefinition("typed", Kind.INTEGER),))
    assert await names(FacetChoice(shop.search), settings) == ["attributes.year"]


async def test_only_so_many_are_chosen(shop):
    for at in range(20):
        attributes = {f"a{name}": at % 2 for name in range(30)}
        await shop.catalog.put_product("t", content(f"S{at}", attributes=attributes))
    assert await names(FacetChoice(shop.search)) == sorted(f"attributes.a{name}" for name in range(30))[:MOST_CHOSEN]


async def test_a_choice_is_kept_for_a_while_and_then_made_anew_behind_the_answer(shop):
    await fill(shop)
    now = [0.0]
    choice = FacetChoice(shop.search, kept_seconds=60, now=lambda: now[0])
    before = await names(choice)
    for at in range(40):
        await shop.catalog.put_product("t", content(f"N{at}", attributes={"new": at % 3}))
    assert await names(choice) == before
    now[0] = 61
    assert await names(choice) == before
    await asyncio.gather(*choice._refreshing.values())
    assert "attributes.new" in await names(choice)


async def test_an_empty_catalog_is_looked_at_each_time(shop):
    choice = FacetChoice(shop.search)
    assert await names(choice) == []
    await fill(shop)
    assert await names(choice) == ["attributes.metal", "size", "attributes.style"]


async def test_a_failure_is_told_to_who_waits_and_not_kept(shop):
    class Failing(type(shop.search)):
        fails = True

        async def known_fields(self, tenant):
            if self.fails:
                raise IndexDamagedError("broken")
            return await super().known_fields(tenant)

    await fill(shop)
    search = Failing(shop.index, shop.relay)
    choice = FacetChoice(search)
    with pytest.raises(IndexDamagedError):
        await names(choice)
    search.fails = False
    assert len(await names(choice)) == 3


async def test_of_so_many_tenants_choices_are_kept(shop):
    choice = FacetChoice(shop.search, max_tenants=1)
    await choice.of("t", PLAIN)
    await choice.of("u", PLAIN)
    assert list(choice._kept) == ["u"]
