"""Attributes that ``q`` does not find, through ``/v2``."""

from __future__ import annotations

import pytest

from tests.api.server import product

pytestmark = pytest.mark.anyio

ATTRIBUTES = "/v2/settings/attributes"
SUPPLIER = {"name": "supplier", "type": "keyword"}
SILENT = {**SUPPLIER, "searchable": False}


@pytest.fixture
async def filled(shop):
    await shop.post(product("R1", "A", name="Halo ring", attributes={"supplier": "Zenith", "style": "ZX-4711"}))
    await shop.post(product("R2", "B", name="Chain", attributes={"supplier": "Acme"}))


async def found(owner, **document):
    return [sku for (sku,) in await owner.skus(**document)]


async def put(owner, *definitions, dry_run=False):
    suffix = "?dry_run=true" if dry_run else ""
    return await owner("PUT", ATTRIBUTES + suffix, {"attributes": [*definitions]})


async def test_q_finds_them_until_they_are_not_searchable_and_again_afterwards(filled, owner):
    assert await found(owner, q="zenith") == ["R1"]
    answer = await put(owner, SILENT)
    assert (answer.status, answer.json) == (200, {"attributes": [SILENT]})
    assert await found(owner, q="zenith") == []
    assert await found(owner, q="halo zenith") == ["R1"]
    await put(owner, {**SUPPLIER, "searchable": True})
    assert await found(owner, q="zenith") == ["R1"]


async def test_filters_facets_and_orders_use_them_as_ever(filled, owner):
    await put(owner, SILENT)
    assert await found(owner, filter="supplier = zenith") == ["R1"]
    assert await found(owner, sort=["supplier:asc"]) == ["R2", "R1"]
    counted = (await owner.search(facets=["supplier"]))["facets"]["supplier"]["values"]
    assert [(one["value"], one["count"]) for one in counted] == [("Acme", 1), ("Zenith", 1)]


async def test_they_are_no_identifiers_suggestions_or_corrections(filled, owner):
    assert await found(owner, q="4711") == ["R1"]
    assert (await owner("GET", "/v2/suggest?q=zen")).json["queries"] == [{"text": "zenith", "count": 1}]
    assert (await owner.search(q="zenitth halo"))["did_you_mean"] == "zenith halo"
    await put(owner, SILENT, {"name": "style", "type": "keyword", "searchable": False})
    assert await found(owner, q="4711") == []
    assert (await owner("GET", "/v2/suggest?q=zen")).json["queries"] == []
    assert (await owner.search(q="zenitth halo")).get("did_you_mean") is None


async def test_a_text_names_no_condition_on_them(shop, owner):
    ring = {"group_id": "A", "name": "VS1 ring", "gemstones": [{"type": "Diamond", "clarity": "VVS1"}]}
    assert (await owner("PUT", "/v2/products/R1", ring)).status == 201
    await shop.post(product("R2", "B", name="Ring"))
    assert [one["filter"] for one in (await owner.search(q="VS1+ ring"))["reads"]] != []
    scale = {"name": "gemstones.clarity", "type": "scale", "scale": ["SI1", "VS1", "VVS1"]}
    await put(owner, {**scale, "searchable": False})
    assert (await owner.search(q="VS1+ ring"))["reads"] == []
    assert await found(owner, q="VS1+ ring") == ["R1"]


async def test_a_dry_run_says_that_the_index_is_built_anew(filled, owner):
    assert (await put(owner, SUPPLIER, dry_run=True)).json["reindexes"] is False
    told = (await put(owner, SILENT, dry_run=True)).json
    assert told["reindexes"] is True
    assert told["changes"] == [{"pointer": "/attributes/0", "from": None, "to": SILENT}]
    assert await found(owner, q="zenith") == ["R1"]


async def test_what_is_set_is_shown(filled, owner):
    await put(owner, SILENT)
    shown = {one["name"]: one for one in (await owner("GET", "/v2/attributes")).json["attributes"]}
    assert shown["attributes.supplier"]["searchable"] is False
    assert "searchable" not in shown["attributes.style"]


async def test_it_is_true_or_false(owner):
    refused = await put(owner, {**SUPPLIER, "searchable": "no"})
    assert (refused.status, refused.json["pointer"]) == (422, "/attributes/0/searchable")
