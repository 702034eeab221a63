"""Searches of v1: parameters, reply, facets, debug, and that they are never stale."""

import pytest

from tests.api.server import product

pytestmark = pytest.mark.anyio


def ids(reply):
    return [hit["_id"] for hit in reply.json["hits"]["hits"]]


async def test_a_write_is_in_the_very_next_search(shop):
    for _ in range(2):
        assert ids(await shop.search(q="ring")) == []
    await shop.post(product("1", "A"))
    assert ids(await shop.search(q="ring")) == ["A"]
    await shop.put(product("1", "B", name="chain", searchKeywords=["chain"]))
    assert ids(await shop.search(q="ring")) == []
    assert ids(await shop.search(q="chain")) == ["B"]
    await shop("DELETE", "/catalog/v1/products/1")
    assert ids(await shop.search(q="chain")) == []


async def test_nothing_found(shop):
    reply = (await shop.search(q="nothing", facets="true")).json
    assert list(reply) == ["took", "timed_out", "_shards", "hits", "aggregations"]
    assert reply["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}
    assert reply["aggregations"]["brands"] == {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": 0,
        "buckets": [],
    }


async def test_a_hit(shop):
    await shop.post(product("1", "A"))
    (hit,) = (await shop.search(q="ring")).json["hits"]["hits"]
    assert list(hit) == ["_index", "_type", "_id", "_score", "_source"]
    assert hit["_index"] == "conte america.ffaabbccdd.productgroups.index"
    group = (await shop.group("A")).json
    del group["_id"]
    assert hit["_source"] == group
    assert list(hit["_source"]) == list(group)


async def test_facets(shop):
    await shop.post(product("1", "A", brand="Ax", color="Red", promotionPrice=50, regularPrice=49.99))
    await shop.post(product("2", "A", brand="By", color="Red", promotionPrice=260, regularPrice=300))
    for i, brand in enumerate(["Ax", "Cz", "Dw", "Ev", "Fu"]):
        await shop.post(product(f"x{i}", f"B{i}", brand=brand, promotionPrice=10, regularPrice=100))
    facets = (await shop.search(q="ring", facets="true")).json["aggregations"]
    assert list(facets) == [
        "brands",
        "colors",
        "sizes",
        "promotionPriceMin",
        "promotionPriceMax",
        "regularPriceMin",
        "regularPriceMax",
    ]
    assert facets["brands"] == {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": 1,
        "buckets": [
            {"key": "Ax", "doc_count": 2},
            {"key": "By", "doc_count": 1},
            {"key": "Cz", "doc_count": 1},
            {"key": "Dw", "doc_count": 1},
            {"key": "Ev", "doc_count": 1},
        ],
    }
    assert facets["colors"]["buckets"] == [{"key": "Red", "doc_count": 1}]
    assert facets["promotionPriceMin"] == {
        "buckets": [
            {"key": "0.0-50.0", "from": 0.0, "to": 50.0, "doc_count": 5},
            {"key": "50.0-100.0", "from": 50.0, "to": 100.0, "doc_count": 1},
            {"key": "100.0-150.0", "from": 100.0, "to": 150.0, "doc_count": 0},
            {"key": "150.0-200.0", "from": 150.0, "to": 200.0, "doc_count": 0},
            {"key": "200.0-250.0", "from": 200.0, "to": 250.0, "doc_count": 0},
            {"key": "250.0-*", "from": 250.0, "doc_count": 0},
        ]
    }
    counts = {name: [b["doc_count"] for b in facets[name]["buckets"]] for name in list(facets)[3:]}
    assert counts["promotionPriceMax"] == [5, 0, 0, 0, 0, 1]
    assert counts["regularPriceMin"] == [1, 0, 5, 0, 0, 0]
    assert counts["regularPriceMax"] == [0, 0, 5, 0, 0, 1]


async def test_price_ranges_are_of_the_tenants_currency(shop):
    await shop.post(product("1", "A", currency="EUR"))
    await shop.post(product("2", "B", currency="USD"))
    facets = (await shop.search(q="ring", facets="1")).json["aggregations"]
    assert facets["regularPriceMin"]["buckets"][0]["doc_count"] == 1


async def test_debug_comes_last_and_explains(shop):
    await shop.post(product("1", "A", name="gold ring"))
    reply = (await shop.search(q="gold ring", facets="true", debug="true", qfield=["name", "nothing"])).json
    assert list(reply) == ["took", "timed_out", "_shards", "hits", "aggregations", "debug"]
    debug = reply["debug"]
    assert list(debug) == ["timing", "query", "revision", "explanation"]
    assert debug["query"] == {
        "q": "gold ring",
        "terms": ["gold", "ring", "gold ring"],
        "qfield": ["name"],
        "from": 0,
        "size": 10,
    }
    assert debug["revision"] == 1
    (explained,) = debug["explanation"]
    assert (explained["_id"], explained["score"]) == ("A", reply["hits"]["max_score"])
    (field,) = explained["fields"]
    assert (field["field"], field["has_every_word"]) == ("name", True)
    assert [(t["term"], t["frequency"], t["document_frequency"]) for t in field["terms"]] == [
        ("gold", 1, 1),
        ("ring", 1, 1),
    ]


@pytest.mark.parametrize(
    ("field", "q"),
    [
        ("name", "golden"),
        ("description", "precious"),
        ("category", "jewelry"),
        ("productSKUs", "sku-1"),
        ("searchKeywords", "KEY"),
        ("groupID", "a"),
        ("colors", "red"),
        ("brands", "ax"),
        ("sizes", "7"),
        ("regularPriceMin", "12.5"),
        ("regularPriceMax", "12.50"),
        ("promotionPriceMin", "10"),
        ("promotionPriceMax", "10"),
        ("active", "true"),
    ],
)
async def test_every_group_field_can_be_searched(shop, field, q):
    await shop.post(
        product(
            "SKU-1",
            "A",
            name="golden",
            description="precious",
            searchKeywords=["Key"],
            color="Red",
            brand="Ax",
            size="7",
        )
    )
    assert ids(await shop.search(q=q, qfield=field)) == ["A"]
    others = [f for f in ("description", "images", "sizes") if f != field]
    assert ids(await shop.search(q=q, qfield=others)) == []


async def test_fields_are_repeated_and_unknown_ones_find_nothing(shop):
    await shop.post(product("1", "A", brand="Ax"))
    assert ids(await shop.search(q="Ax")) == []
    assert ids(await shop.search(q="Ax", qfield=["brands", "name"])) == ["A"]
    assert ids(await shop.search(**{"q": "Ax", "qfield[]": ["name", "brands"]})) == ["A"]
    for unknown in ("", "_id", "products", "nothing", "product_skus", "__proto__"):
        reply = await shop.search(q="ring", qfield=unknown, facets="true", debug="true")
        assert (reply.status, ids(reply)) == (200, [])


async def test_order_and_paging(shop):
    for i in range(12):
        await shop.post(product(f"p{i:02}", f"G{i:02}"))
    everything = [f"G{i:02}" for i in range(12)]
    assert ids(await shop.search(q="ring")) == everything[:10]
    assert ids(await shop.search(q="ring", size=100)) == everything
    assert ids(await shop.search(**{"q": "ring", "from": 10})) == everything[10:]
    assert ids(await shop.search(**{"q": "ring", "from": 5, "size": 3})) == everything[5:8]
    assert ids(await shop.search(**{"q": "ring", "from": 10_000_000})) == []
    empty = (await shop.search(q="ring", size=0)).json["hits"]
    assert (empty["total"]["value"], empty["hits"]) == (12, [])
    assert empty["max_score"] > 0


async def test_all_words_in_one_field_rank_first_and_inactive_groups_are_found(shop):
    await shop.post(product("1", "A", name="gold", searchKeywords=["ring"]))
    await shop.post(product("2", "B", name="gold ring", active=False, searchKeywords=["x"]))
    assert ids(await shop.search(q="gold ring")) == ["B", "A"]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", [{"msg": "is mandatory", "param": "q", "location": "query"}]),
        ("q=", [{"value": "", "msg": "must have 1 to 1024 characters", "param": "q", "location": "query"}]),
        ("q=a&q=b", [{"value": ["a", "b"], "msg": "must be given once", "param": "q", "location": "query"}]),
        ("q[$ne]=a", [{"msg": "is mandatory", "param": "q", "location": "query"}]),
        (
            "q=a&debug=yes&facets=&from=-1&size=101",
            [
                {"value": "yes", "msg": "must be true, false, 1 or 0", "param": "debug", "location": "query"},
                {"value": "", "msg": "must be true, false, 1 or 0", "param": "facets", "location": "query"},
                {"value": "-1", "msg": "must be at least 0", "param": "from", "location": "query"},
                {"value": "101", "msg": "must be at most 100", "param": "size", "location": "query"},
            ],
        ),
    ],
)
async def test_parameters_that_are_refused(shop, query, errors):
    reply = await shop("GET", f"/search/v1/search?{query}")
    assert (reply.status, reply.json) == (422, {"errors": errors})


async def test_a_query_of_any_characters(shop):
    for q in ("x" * 1024, "   ", "\x00", '{"$gt":""}', "a/b\\c", "💍", "' OR 1=1 --"):
        assert (await shop.search(q=q, facets="true")).status == 200
    assert (await shop.search(q="x" * 1025)).status == 422


async def test_a_query_string_that_is_no_utf8(shop):
    reply = await shop("GET", "/search/v1/search?q=%FF")
    assert (reply.status, reply.json["message"]) == (
        400,
        "The request cannot be read: a percent-encoded text is not valid utf-8",
    )
    reply = await shop("GET", "/search/v1/search?q=\xe9")
    assert (reply.status, reply.json["message"]) == (
        400,
        "The request cannot be read: the query string is not valid utf-8",
    )
