from __future__ import annotations

import pytest

from facetry.application.search_settings import SearchSettings
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import ValuesMisfitError
from facetry.domain.search.fields import AttributeDefinition, Kind
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

LENGTH = AttributeDefinition("length", Kind.DECIMAL)
NOTE = AttributeDefinition("note", Kind.TEXT)


def meanwhile(shop, happens):
    """Let something happen as soon as the next change of the tenant's record is stored."""
    replace_tenant = shop.store.replace_tenant

    async def and_then(record):
        shop.store.replace_tenant = replace_tenant
        stored = await replace_tenant(record)
        await happens()
        return stored

    shop.store.replace_tenant = and_then


def put(sku, length):
    """Return a write that the store takes past the check of types, as one under way in another process."""
    return PutProduct(content(sku, attributes={"length": length}))


async def test_types_that_a_product_stored_meanwhile_does_not_fit_are_taken_back(shop):
    async def happens():
        await shop.store.write("t", (put("A", "long"),))

    meanwhile(shop, happens)
    with pytest.raises(ValuesMisfitError, match=r"A \('long'\)"):
        await shop.settings.set_attributes("t", [LENGTH])
    assert (await shop.settings.get("t")).settings.attributes == ()


async def test_what_somebody_else_has_set_meanwhile_is_not_taken_back(shop):
    elsewhere = SearchSettings(shop.store, shop.search, shop.relay, shop.history)

    async def happens():
        await elsewhere.set_attributes("t", [NOTE])
        await shop.store.write("t", (put("A", "long"),))

    meanwhile(shop, happens)
    with pytest.raises(ValuesMisfitError):
        await shop.settings.set_attributes("t", [LENGTH])
    assert (await shop.settings.get("t")).settings.attributes == (NOTE,)
