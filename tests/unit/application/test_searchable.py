"""Attributes that are kept from texts: the index follows, also across a crash."""

from __future__ import annotations

import pytest

from facetry.application.relay import ChangeRelay
from facetry.application.search_settings import Wish
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import OutdatedError, ValuesMisfitError
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.query import SearchQuery
from facetry.domain.tenant import TenantSettings
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

SUPPLIER = AttributeDefinition("supplier", Kind.KEYWORD)
SILENT = AttributeDefinition("supplier", Kind.KEYWORD, searchable=False)


@pytest.fixture
async def filled(shop):
    await shop.catalog.put_product("t", content("A", name="Ring", attributes={"supplier": "Acme"}))
    return shop


async def found(shop, text, settings=None):
    attributes = (settings or (await shop.settings.get("t")).settings).attributes
    result = await shop.index.search("t", SearchQuery(text=text, attributes=attributes))
    return [hit.group.group_id for hit in result.hits]


async def test_what_is_not_searchable_is_not_found_and_is_again(filled):
    await filled.settings.set_attributes("t", [SUPPLIER])
    assert await found(filled, "acme") == ["G"]
    await filled.settings.set_attributes("t", [SILENT])
    assert await found(filled, "acme") == []
    await filled.catalog.put_product("t", content("B", group_id="H", attributes={"supplier": "Acme"}))
    assert await found(filled, "acme") == []
    await filled.maintenance.reindex("t")
    assert await found(filled, "acme") == []
    await filled.settings.set_attributes("t", [])
    assert await found(filled, "acme") == ["G", "H"]


async def test_a_preview_says_that_the_index_is_built_anew(filled):
    assert not (await filled.settings.preview("t", TenantSettings(attributes=(SUPPLIER,)))).reindexes
    assert (await filled.settings.preview("t", TenantSettings(attributes=(SILENT,)))).reindexes
    await filled.settings.set_attributes("t", [SILENT])
    longer = (SILENT, AttributeDefinition("length", Kind.DECIMAL))
    assert not (await filled.settings.preview("t", TenantSettings(attributes=longer))).reindexes


async def test_who_follows_the_changes_reads_everything_anew(filled):
    revision = await filled.store.revision("t")
    await filled.settings.set_attributes("t", [SUPPLIER])
    assert await filled.store.delta("t", revision, 10) is not None
    await filled.settings.set_attributes("t", [SILENT])
    assert await filled.store.delta("t", revision, 10) is None


async def test_an_index_of_before_a_crash_is_built_anew(filled):
    replace_tenant, cut_log = filled.store.replace_tenant, filled.store.cut_log

    async def crash(*_):
        raise KeyboardInterrupt

    async def last(record):
        filled.store.cut_log = crash
        return await replace_tenant(record)

    filled.store.replace_tenant = last
    with pytest.raises(KeyboardInterrupt):
        await filled.settings.set_attributes("t", [SILENT])
    filled.store.replace_tenant, filled.store.cut_log = replace_tenant, cut_log
    assert await found(filled, "acme", TenantSettings()) == ["G"]
    await ChangeRelay(filled.store, filled.index).reach("t")
    assert await found(filled, "acme") == []


async def test_types_that_are_taken_back_leave_the_index_as_it_was(filled):
    replace_tenant = filled.store.replace_tenant

    async def and_then(record):
        filled.store.replace_tenant = replace_tenant
        stored = await replace_tenant(record)
        await filled.store.write("t", (_put("B", "long"),))
        return stored

    filled.store.replace_tenant = and_then
    with pytest.raises(ValuesMisfitError):
        await filled.settings.set_attributes("t", [SILENT, AttributeDefinition("length", Kind.DECIMAL)])
    assert (await filled.settings.get("t")).settings.attributes == ()
    assert await found(filled, "acme") == ["G"]


async def test_another_version_is_refused_before_anything_is_built(filled):
    before = await filled.store.revision("t")
    with pytest.raises(OutdatedError):
        await filled.settings.set_attributes("t", [SILENT], Wish(9))
    assert await filled.store.revision("t") == before
    assert await found(filled, "acme") == ["G"]


def _put(sku, length):
    return PutProduct(content(sku, attributes={"length": length}))
