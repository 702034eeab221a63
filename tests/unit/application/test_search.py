"""The fields of tenants, as searches see them."""

import pytest

from facetry.application.search import Search
from facetry.domain.errors import RevisionNotReachedError, TenantNotFoundError
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.query import SearchQuery
from facetry.domain.tenant import TenantSettings
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

TYPED = TenantSettings(attributes=(AttributeDefinition("carat", Kind.DECIMAL),))


async def test_a_schema_is_made_anew_where_its_definitions_are_others(shop):
    first = shop.search.schema("t", TYPED)
    assert first.field("carat").kind is Kind.DECIMAL
    assert shop.search.schema("t", TenantSettings(attributes=(AttributeDefinition("carat", Kind.DECIMAL),))) is first
    assert shop.search.schema("u", TenantSettings()).field("carat").kind is Kind.ANY
    assert shop.search.schema("t", TenantSettings()).field("carat").kind is Kind.ANY
    assert shop.search.schema("t", TYPED) is not first


async def test_only_so_many_schemas_are_kept(shop):
    search = Search(shop.index, shop.relay, max_schemas=2)
    first = search.schema("a", TYPED)
    search.schema("b", TYPED)
    assert search.schema("a", TYPED) is first
    search.schema("c", TYPED)
    assert list(search._schemas) == ["a", "c"]


async def test_a_search_sees_what_another_process_wrote(shop):
    await shop.catalog.put_product("t", content("A1"))
    found = await shop.search.search("t", SearchQuery(), min_revision=1)
    assert (found.total, found.revision) == (1, 1)
    with pytest.raises(RevisionNotReachedError, match="revision 2 is not reached, the last one is 1"):
        await shop.search.search("t", SearchQuery(), min_revision=2)


async def test_settings_of_nobody_are_not_found(shop):
    with pytest.raises(TenantNotFoundError):
        await shop.settings.get("none")
