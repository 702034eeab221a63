"""What the key of shop fronts sees: nothing that is inactive, in no part of an answer."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.api.server import product

pytestmark = pytest.mark.anyio

HIDDEN = "hiddenword"


@pytest.fixture
async def filled(shop):
    """Return a shop with a group whose main product is inactive, one that is all inactive, and one that is not."""
    hidden = {
        "description": f"a {HIDDEN}",
        "color": HIDDEN,
        "brand": HIDDEN,
        "images": [f"https://x.test/{HIDDEN}.jpg"],
    }
    attributes = {"attributes": {"stone": HIDDEN}}
    await shop.post(
        product("A1", "A", isMain=True, active=False, name=f"Ring {HIDDEN}", promotionPrice=1, **hidden, **attributes)
    )
    await shop.post(product("A2", "A", name="Ring shown", color="Red", promotionPrice=5, description="d"))
    await shop.post(product("B1", "B", active=False, name=f"Ring {HIDDEN}", **hidden))
    await shop.post(product("C1", "C", name="Ring", promotionPrice=7))
    return shop


async def test_inactive_products_and_groups_are_not_found(filled, owner, front):
    assert sorted(await owner.skus()) == [["A1", "A2"], ["B1"], ["C1"]]
    assert sorted(await front.skus()) == [["A2"], ["C1"]]
    found = await front.search(q="ring")
    assert (found["total"], found["total_products"]) == (2, 2)


@pytest.mark.parametrize("text", ["ring", HIDDEN, ""])
async def test_nothing_of_them_is_shown(filled, owner, front, text):
    asked = {
        "q": text,
        "facets": ["brand", "color", "price", "stone", "in_stock", {"type": "tree"}],
        "explain": False,
        "highlight": True,
        "fields": ["group", "group.description", "group.images", "products", "cheapest", "highlights"],
    }
    shown = json.dumps((await front.search(**asked))["hits"]) + json.dumps((await front.search(**asked))["facets"])
    assert HIDDEN not in shown
    assert HIDDEN in json.dumps(await owner.search(**asked))


@pytest.mark.parametrize(
    "text",
    [
        HIDDEN,
        f"ring {HIDDEN}",
        "hiddenwo",
        "hidenword",
        "hiddenwordd",
        "goneword",
        "gonewird",
        "X-7701",
        "x7701",
        "7702",
    ],
)
async def test_no_word_or_number_of_them_leads_anywhere(filled, owner, front, text):
    await filled.post(product("X-7701", "A", active=False))
    await filled.post(product("X-7702", "D", active=False, name="goneword"))
    assert (await owner.search(q=text, filter="active = false"))["total"] > 0
    found = await front.search(q=text, explain=True)
    if text.startswith("ring"):
        assert found["relaxed"] == {"words": 2, "required": 1}
        explained = [word for hit in found["hits"] for word in hit["explanation"] if word["word"] == HIDDEN]
        assert {(word["document_frequency"], word["weight"]) for word in explained} == {(0, 0)}
    else:
        assert (found["total"], found["did_you_mean"], found["typos"]) == (0, None, False)


@pytest.mark.parametrize("text", ["hid", "ring hid", "gone", "ring", "r"])
async def test_none_of_their_words_is_offered(filled, owner, front, text):
    await filled.post(product("D1", "D", active=False, name="goneword"))
    offered = {holder: await holder("GET", f"/v2/suggest?q={quote(text)}") for holder in (owner, front)}
    assert HIDDEN not in offered[front].body.decode()
    assert "gone" not in offered[front].body.decode()
    assert offered[owner].json != offered[front].json


async def test_a_group_is_offered_by_the_name_that_it_is_shown_under(filled, front):
    offered = (await front("GET", "/v2/suggest?q=ring+sh")).json
    assert offered["queries"] == [{"text": "ring shown", "count": 1}]
    assert [(one["group_id"], one["name"]) for one in offered["products"]] == [("A", "Ring shown")]


async def test_a_group_is_shown_as_if_it_had_only_active_products(filled, front):
    hit = (await front.search(filter="group_id = A"))["hits"][0]
    group = hit["group"]
    assert (group["main_sku"], group["name"], group["product_count"]) == ("A2", "Ring shown", 1)
    assert (group["price_min"], group["price_max"], group["colors"]) == (5, 5, ["Red"])
    assert hit["cheapest"] == {"sku": "A2", "price": 5, "currency": "USD", "image": "https://example.com/a.jpg"}


@pytest.mark.parametrize(
    "document",
    [
        {"filter": "active = false"},
        {"filter": "NOT active = true"},
        {"filter": f"color = {HIDDEN}"},
        {"filter": "active = false OR active = true", "facets": [{"field": "active", "disjunctive": True}]},
        {"group_by": "color"},
        {"sort": ["price:asc"], "matched_products": 100},
        {"filter": f"sku = A1 OR sku = B1 OR brand = {HIDDEN}"},
    ],
)
async def test_no_question_leads_around_it(request, filled, front, document):
    if "group_by" in document:
        request.getfixturevalue("one_machine")
    found = await front.search(**document)
    assert HIDDEN not in json.dumps(found["hits"]) + json.dumps(found["facets"])
    assert not {"A1", "B1"} & {product["sku"] for hit in found["hits"] for product in hit["products"]}
    assert found["facets"].get("active", {"values": [{"value": "true"}]})["values"][0]["value"] == "true"


async def test_questions_about_other_products_of_a_group_are_about_active_ones(filled, owner, front):
    """An answer that depends on what is hidden would give it away."""
    for holder, found in ((owner, [["A1", "A2"]]), (front, [])):
        assert await holder.skus(filter=f"any_product(color = {HIDDEN})") == (
            found if holder is front else [*found, ["B1"]]
        )
        inside = f"NOT any_product(color = {HIDDEN}) AND group_id = A"
        assert await holder.skus(filter=inside) == ([] if holder is owner else [["A2"]])
        deep = f"group_id = A AND (any_stone(any_product(brand = {HIDDEN})) OR size = 9)"
        assert await holder.skus(filter=deep) == found


async def test_marked_texts_stay_where_the_rest_of_the_group_has_them(shop, owner, front):
    await shop.post(product("A1", "A", isMain=True, name="Gold ring", description="same", brand="Gold"))
    await shop.post(product("A2", "A", name="Gold ring", description="other", active=False))
    for holder in (owner, front):
        hit = (await holder.search(q="gold", highlight=True))["hits"][0]
        assert hit["highlights"]["name"] == "<mark>Gold</mark> ring"
