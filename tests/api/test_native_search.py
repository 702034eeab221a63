"""Searches through ``/v2``: how they are asked, how they are answered, what is refused."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import pytest

from facetry.domain.errors import SearchTimeoutError
from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

PARTS = ["group", "score", "matched_words", "matched_count", "products", "cheapest"]


@pytest.fixture
async def filled(shop):
    """Return a shop with three groups: rings in two colors, one ring, a chain."""
    await shop.post(product("R1", "RING", name="Gold ring", color="Red", size="5", promotionPrice=30, brand="Parle"))
    await shop.post(product("R2", "RING", name="Gold ring", color="Blue", size="6", promotionPrice=20, brand="Parle"))
    carats = {"attributes": {"carat": 1.5, "made": "2024-03-01", "tags": ["new", "sale"]}}
    await shop.post(product("S1", "SOLO", name="Silver ring", color="Red", size="6", promotionPrice=12.25, **carats))
    await shop.post(
        product(
            "C1",
            "CHAIN",
            name="Gold chain",
            category=["Jewelry>Chains"],
            quantity=1,
            searchKeywords=["chain"],
            description="a chain",
        )
    )
    return shop


async def test_the_whole_answer(filled, owner):
    found = await owner.search(q="silver ring", filter="color = Red", facets=["color"])
    assert 0 < found.pop("took_ms") < 5000
    assert len(found.pop("search_id")) == 32
    (hit,) = found.pop("hits")
    assert found == {
        "revision": 4,
        "partial": False,
        "total": 1,
        "total_products": 1,
        "words": 2,
        "relaxed": None,
        "reads": [],
        "typos": False,
        "did_you_mean": None,
        "facets": {"color": {"values": [{"value": "Red", "count": 1}], "other": 0, "distinct": 1}},
        "next": None,
    }
    assert list(hit) == PARTS
    assert hit["group"] == {
        "group_id": "SOLO",
        "main_sku": "S1",
        "name": "Silver ring",
        "brands": [],
        "colors": ["Red"],
        "sizes": ["6"],
        "category": ["Jewelry>Rings"],
        "image": "https://example.com/a.jpg",
        "price_min": 12.25,
        "price_max": 12.25,
        "regular_price_min": 12.5,
        "regular_price_max": 12.5,
        "currency": "USD",
        "active": True,
        "product_count": 1,
    }
    assert hit["products"] == [
        {
            "sku": "S1",
            "group_id": "SOLO",
            "name": "Silver ring",
            "price": 12.25,
            "regular_price": 12.5,
            "promotion_price": 12.25,
            "currency": "USD",
            "quantity": 3,
            "in_stock": True,
            "active": True,
            "is_main": False,
            "color": "Red",
            "size": "6",
            "category": ["Jewelry>Rings"],
            "images": ["https://example.com/a.jpg"],
            "attributes": {"carat": 1.5, "made": "2024-03-01", "tags": ["new", "sale"]},
        }
    ]
    assert hit["cheapest"] == {"sku": "S1", "price": 12.25, "currency": "USD", "image": "https://example.com/a.jpg"}
    assert (hit["matched_words"], hit["matched_count"]) == (2, 1)
    assert hit["score"] > 0


async def test_conditions_hold_on_one_and_the_same_product(filled, owner):
    assert await owner.skus(filter="color = Red AND size = 6") == [["S1"]]
    assert await owner.skus(filter="any_product(color = Red) AND size = 6 AND brand = Parle") == [["R2"]]
    assert await owner.skus(filter={"and": [{"color": "Red"}, {"price": {"lt": 20}}]}) == [["S1"]]


async def test_a_get_is_the_same_as_a_post(filled, owner):
    document = {"q": "ring", "filter": "price < 25", "facets": ["color", "brand"], "sort": ["price:desc"], "limit": 2}
    posted = await owner.search(**document)
    parameters = {**document, "facets": "color,brand", "sort": "price:desc"}
    got = await owner("GET", "/v2/search?" + urlencode(parameters))
    again = await owner("GET", "/v2/search/?" + urlencode(parameters))
    assert got.status == 200
    own = {"took_ms": 0, "search_id": ""}
    assert {**got.json, **own} == {**posted, **own} == {**again.json, **own}
    assert [hit["group"]["group_id"] for hit in posted["hits"]] == ["RING", "SOLO"]


async def test_a_get_is_kept_until_something_changes(filled, owner):
    first = await owner("GET", "/v2/search?q=ring")
    second = await owner("GET", "/v2/search?q=ring")
    assert (second.body, second.headers["etag"]) == (first.body, first.headers["etag"])
    unchanged = await owner("GET", "/v2/search?q=ring", headers={"if-none-match": first.headers["etag"]})
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert (await owner("HEAD", "/v2/search?q=ring")).body == b""
    await filled.post(product("N1", "NEW", name="new ring"))
    third = await owner("GET", "/v2/search?q=ring")
    assert (third.json["total"], third.json["revision"]) == (3, 5)


async def test_every_kind_of_facet_says_its_values_in_their_own_unit(filled, owner):
    await owner(
        "PUT",
        "/v2/settings/attributes",
        {
            "attributes": [
                {"name": "made", "type": "date"},
                {"name": "grade", "type": "scale", "scale": ["low", "mid", "high"]},
                {"name": "carat", "type": "decimal"},
            ]
        },
    )
    await filled.put(
        product("C1", "CHAIN", name="Gold chain", attributes={"grade": "mid", "made": "2024-03-20T12:30:00Z"})
    )
    ranges = [{"to": 12.5}, {"from": 12.5, "to": 30}, {"from": 30}]
    found = await owner.search(
        limit=0,
        facets=[
            {"field": "price", "ranges": ranges},
            {"field": "carat", "ranges": [{"from": 1, "to": 2}]},
            {"field": "made", "interval": "month"},
            {"field": "grade", "type": "histogram"},
            {"field": "quantity", "name": "stock", "type": "histogram", "interval": 2, "count_level": "product"},
            {"field": "in_stock", "type": "histogram"},
            {"field": "tags", "size": 1},
            {"type": "tree", "name": "tree", "depth": 1},
        ],
    )
    assert found["facets"] == {
        "price": {
            "ranges": [
                {"to": 12.5, "count": 2},
                {"from": 12.5, "to": 30, "count": 1},
                {"from": 30, "count": 1},
            ],
            "min": 10,
            "max": 30,
        },
        "carat": {"ranges": [{"from": 1, "to": 2, "count": 1}], "min": 1.5, "max": 1.5},
        "made": {
            "ranges": [{"from": "2024-03-01", "to": "2024-04-01", "count": 2}],
            "min": "2024-03-01",
            "max": "2024-03-20T12:30:00Z",
        },
        "grade": {"ranges": [{"value": "mid", "count": 1}], "min": "mid", "max": "mid"},
        "stock": {"ranges": [{"from": 2, "to": 4, "count": 4}], "min": 3, "max": 3},
        "in_stock": {"ranges": [{"value": True, "count": 3}], "min": True, "max": True},
        "tags": {"values": [{"value": "new", "count": 1}], "other": 1, "distinct": 2},
        "tree": {"categories": [{"path": "Jewelry", "name": "Jewelry", "count": 3}], "other": 0},
    }


async def test_pages_by_cursor_reach_the_last_hit(filled, owner):
    for number in range(7):
        await filled.post(product(f"N{number}", f"N{number}", promotionPrice=number // 2 + 1))
    whole = await owner.skus(sort=["price:asc"])
    pages, cursor = [], None
    for _ in range(2):
        page = await owner.search(sort=["price:asc"], limit=5, after=cursor, matched_products=100)
        pages += [[one["sku"] for one in hit["products"]] for hit in page["hits"]]
        assert page["total"] == 10
        cursor = page["next"]
    assert cursor is None
    assert pages == whole
    assert len(whole) == 10
    by_offset = [
        (await owner.search(sort=["price:asc"], limit=3, offset=offset))["hits"] for offset in (0, 3, 6, 9, 12)
    ]
    assert [len(hits) for hits in by_offset] == [3, 3, 3, 1, 0]
    assert (await owner.search(limit=0))["next"] is None
    assert (await owner.search(limit=10))["next"] is None


async def test_a_cursor_of_another_search_or_caller_is_refused(filled, owner, front):
    cursor = (await owner.search(limit=1))["next"]
    assert len((await owner.search(limit=5, after=cursor))["hits"]) == 2
    for holder, document in ((owner, {"q": "ring"}), (front, {}), (owner, {"sort": ["price:asc"]})):
        problem = await holder.refused({**document, "after": cursor})
        assert (problem["code"], problem["pointer"]) == ("bad_search", "/after")
    for text in ("", "x", cursor[:-3], cursor + "A", "ä", "!" * 100):
        assert (await owner.refused({"after": text}))["pointer"] == "/after"


PICTURE = "https://example.com/a.jpg"


@pytest.mark.parametrize(
    ("fields", "hit"),
    [
        (["score"], {"score": 0.0}),
        (["group.name"], {"group": {"name": "Silver ring"}}),
        (["sku", "products.price"], {"products": [{"sku": "S1", "price": 12.25}]}),
        (["in_stock", "currency"], {"products": [{"in_stock": True, "currency": "USD"}]}),
        (["cheapest"], {"cheapest": {"sku": "S1", "price": 12.25, "currency": "USD", "image": PICTURE}}),
        (["products.description", "metals"], {"products": [{"description": "a ring"}]}),
        (["group.images", "matched_count"], {"group": {"images": [PICTURE]}, "matched_count": 1}),
        (["key"], {"key": ["SOLO"]}),
        ([], {}),
        ("group.group_id", {"group": {"group_id": "SOLO"}}),
    ],
)
async def test_fields_trim_a_hit(filled, owner, fields, hit):
    assert (await owner.search(filter="sku = S1", fields=fields))["hits"] == [hit]


async def test_a_part_brings_its_usual_fields_and_more_where_named(filled, owner):
    usual = (await owner.search(filter="sku = S1"))["hits"][0]
    named = (await owner.search(filter="sku = S1", fields=["products", "group", "products.description"]))["hits"][0]
    assert named["group"] == usual["group"]
    assert named["products"][0] == {**usual["products"][0], "description": "a ring"}
    only = (await owner.search(filter="sku = S1", fields=["products"]))["hits"][0]
    assert only == {"products": usual["products"]}


@pytest.mark.parametrize("name", ["prise", "group.price", "products.", "group.products", "products.sku.x", "Score", ""])
async def test_an_unknown_field_of_a_hit_is_refused(filled, owner, name):
    problem = await owner.refused({"fields": ["score", name]})
    assert problem["pointer"] == "/fields/1"
    assert problem["detail"].startswith(f"{name!r} is nothing that a hit has")


async def test_an_unknown_name_comes_with_what_may_have_been_meant(filled, owner):
    assert (await owner.refused({"fields": ["prise"]}))[
        "detail"
    ] == "'prise' is nothing that a hit has; did you mean price?"
    assert (await owner.refused({"facet": ["color"]}))["detail"] == "'facet' is no key here; did you mean facets?"


async def test_hits_by_another_field(one_machine, filled, owner):
    found = await owner.search(group_by="color", sort=["color:asc"], matched_products=9, fields=["sku"])
    assert [hit["key"] for hit in found["hits"]] == [["Blue"], ["Red"]]
    assert [[one["sku"] for one in hit["products"]] for hit in found["hits"]] == [["R2"], ["R1", "S1"]]
    assert (found["total"], found["total_products"]) == (2, 3)


async def test_what_is_asked_for_only_comes_when_it_is(filled, owner):
    (hit,) = (await owner.search(q="silver", highlight=True, explain=True))["hits"]
    assert list(hit) == [*PARTS, "highlights", "explanation"]
    assert hit["highlights"]["name"] == "<mark>Silver</mark> ring"
    assert [part["word"] for part in hit["explanation"]] == ["silver"]
    assert hit["explanation"][0]["document_frequency"] == 1
    (hit,) = (await owner.search(q="silver", highlight=True, explain=True, fields=["highlights"]))["hits"]
    assert list(hit) == ["highlights"]


async def test_too_few_hits_relax_visibly(filled, owner):
    found = await owner.search(q="silver unobtainium ring")
    assert found["words"] == 3
    assert found["relaxed"] == {"words": 3, "required": found["relaxed"]["required"]}
    assert found["relaxed"]["required"] < 3
    assert found["total"] >= 1


async def test_what_was_understood_is_said(filled, owner):
    found = await owner.search(q="ring under $15")
    assert await owner.skus(q="ring under $15") == [["S1"]]
    (read,) = found["reads"]
    assert read == {"text": "under $15", "filter": "price < 15"}


@pytest.mark.parametrize(
    ("document", "pointer", "position", "detail"),
    [
        ({"filter": "color = "}, "/filter", 8, None),
        ({"filter": "colour = Red"}, "/filter", 0, "there is no field 'colour'; did you mean color?"),
        ({"filter": {"and": [{"colour": "Red"}]}}, "/filter/and/0/colour", None, None),
        ({"facets": [{"field": "color", "size": 0}]}, "/facets/0/size", None, "must be an integer from 1 to 1000"),
        ({"limit": 1001}, "/limit", None, "must be an integer from 0 to 1000"),
        ({"q": 5}, "/q", None, "must be a text"),
        ({"sort": ["nope"]}, "/sort/0", None, None),
        ({"timeout_ms": 0}, "/timeout_ms", None, "must be an integer from 1 to 60000"),
        ({"timeout_ms": True}, "/timeout_ms", None, "must be an integer from 1 to 60000"),
        ({"min_revision": -1}, "/min_revision", None, None),
        ({"fields": [3]}, "/fields/0", None, "must be a text"),
    ],
)
async def test_an_error_points_at_its_place(filled, owner, document, pointer, position, detail):
    problem = await owner.refused(document)
    assert (problem["code"], problem["title"]) == ("bad_search", "The search cannot be read")
    assert (problem["pointer"], problem.get("position")) == (pointer, position)
    assert detail is None or problem["detail"] == detail


async def test_errors_of_parameters_are_those_of_the_document(filled, owner):
    problem = problem_of(await owner("GET", "/v2/search?limit=many"), 400)
    assert (problem["pointer"], problem["detail"]) == ("/limit", "must be an integer from 0 to 1000")
    assert problem_of(await owner("GET", "/v2/search?q=a&q=b"), 400)["pointer"] == "/q"
    for raw in ("%ff", "é"):
        assert problem_of(await owner("GET", f"/v2/search?q={raw}"), 400)["code"] == "malformed_body"


class TestSeveral:
    """Several searches in one request."""

    async def test_each_gets_its_answer_or_its_error(self, filled, owner):
        searches = [{"q": "ring", "limit": 1}, {"filter": "nope = 1"}, {"q": "chain", "after": "x"}, {"limit": 0}]
        answer = (await owner("POST", "/v2/search", {"searches": searches})).json
        assert list(answer) == ["revision", "took_ms", "results"]
        assert answer["revision"] == 4
        first, second, third, fourth = answer["results"]
        own = {"took_ms": 0, "search_id": ""}
        assert {**first, **own} == {**await owner.search(q="ring", limit=1), **own}
        ids = [answer.get("search_id", "").partition(".") for answer in (first, second, third, fourth)]
        assert [number for _, _, number in ids] == ["0", "", "", "3"]
        assert ids[0][0] == ids[3][0]
        assert (second["error"]["pointer"], second["error"]["position"]) == ("/searches/1/filter", 0)
        assert (third["error"]["pointer"], third["error"]["status"]) == ("/searches/2/after", 400)
        assert fourth["total"] == 3

    async def test_an_error_of_another_kind_stands_in_its_place_too(self, filled, owner):
        answer = (await owner("POST", "/v2/search", {"searches": [{"min_revision": 99}, {}]})).json
        assert answer["results"][0]["error"]["code"] == "revision_not_reached"
        assert answer["results"][1]["total"] == 3

    @pytest.mark.parametrize(
        ("document", "pointer"),
        [
            ({"searches": []}, "/searches"),
            ({"searches": [{}] * 21}, "/searches"),
            ({"searches": {}}, "/searches"),
            ({"searches": None}, "/searches"),
            ({"searches": [{}, "q"]}, "/searches/1"),
            ({"searches": [{}], "q": "ring"}, ""),
        ],
    )
    async def test_what_is_no_list_of_searches_is_refused(self, filled, owner, document, pointer):
        assert (await owner.refused(document))["pointer"] == pointer
        assert "searches" in (await owner.refused({"q": "x", "searches": [{}]}))["detail"]

    async def test_all_are_of_one_revision_where_a_write_falls_between(self, one_machine, server, filled, owner):
        plain = server.index.search
        between = [product("N1", "NEW")]

        async def with_a_write_before(tenant, query, deadline=None):
            result = await plain(tenant, query, deadline)
            if between:
                await filled.post(between.pop())
            return result

        server.index.search = with_a_write_before
        answer = (await owner("POST", "/v2/search", {"searches": [{}, {"q": "ring"}, {}]})).json
        assert answer["revision"] == 5
        assert [result["revision"] for result in answer["results"]] == [5, 5, 5]
        assert [result["total"] for result in answer["results"]] == [4, 3, 4]

    async def test_writers_that_never_pause_do_not_hold_it_up(self, server, filled, owner):
        plain = server.index.search
        numbers = iter(range(1000))

        async def with_a_write_before(tenant, query, deadline=None):
            number = next(numbers)
            await filled.post(product(f"N{number}", "NEW"))
            return await plain(tenant, query, deadline)

        server.index.search = with_a_write_before
        answer = (await owner("POST", "/v2/search", {"searches": [{}, {}, {}]})).json
        assert answer["revision"] is None or len({result["revision"] for result in answer["results"]}) == 1
        assert all(result["total"] == 4 for result in answer["results"])


class TestRevisions:
    """Searches that must see a revision."""

    async def test_one_that_is_there_is_seen(self, filled, owner):
        assert (await owner.search(min_revision=4))["total"] == 3

    async def test_one_that_nobody_has_written_is_refused_at_once(self, filled, owner):
        begun = time.monotonic()
        problem = await owner.refused({"min_revision": 5}, 409)
        assert time.monotonic() - begun < 1
        assert (problem["code"], problem["revision"]) == ("revision_not_reached", 5)
        assert problem["detail"] == "revision 5 is not reached, the last one is 4"

    async def test_one_that_does_not_become_searchable_is_refused_after_a_while(self, server, filled, owner):
        server.index.failure = RuntimeError("no")
        assert (await filled.post(product("N1", "NEW"))).status == 500
        assert (await owner.refused({"min_revision": 5}, 503))["code"] == "index_behind"
        server.index.failure = None
        assert (await owner.search(min_revision=5))["total"] == 4

    async def test_an_index_that_cannot_follow_is_named(self, one_machine, server, filled, owner):
        server.index.failure = RuntimeError("no")
        assert (await filled.post(product("N1", "NEW"))).status == 500
        answer = await owner("POST", "/v2/search", {"timeout_ms": 5000})
        problem = problem_of(answer, 503)
        assert (problem["code"], answer.headers["retry-after"]) == ("index_behind", "1")
        assert "revision" not in problem


class TestTimeouts:
    """Searches that may not take long."""

    async def test_one_that_takes_too_long_is_refused(self, server, filled, owner):
        given = []

        async def slow(tenant, query, deadline=None):
            given.append(deadline - time.monotonic())
            raise SearchTimeoutError

        server.index.search = slow
        problem = await owner.refused({"timeout_ms": 500}, 503)
        assert (problem["code"], problem["detail"]) == ("search_timeout", "the search was not done in time")
        await owner.refused({}, 503)
        await owner.refused({"timeout_ms": None}, 503)
        assert 0.3 < given[0] <= 0.5
        assert all(59 < seconds <= 60 for seconds in given[1:])
        assert len(given) == 3

    async def test_whoever_wants_gets_a_marked_answer_that_knows_nothing(self, server, filled, owner):
        async def slow(tenant, query, deadline=None):
            raise SearchTimeoutError

        server.index.search = slow
        for answer in (
            await owner.search(timeout_ms=5, on_timeout="partial", facets=["color"]),
            (await owner("GET", "/v2/search?timeout_ms=5&on_timeout=partial")).json,
        ):
            assert answer.pop("took_ms") > 0
            assert answer.pop("search_id")
            assert answer == {
                "revision": 4,
                "partial": True,
                "total": None,
                "total_products": None,
                "facets": {},
                "hits": [],
                "next": None,
            }
        del server.index.search
        assert (await owner("GET", "/v2/search?timeout_ms=5000&on_timeout=partial")).json["partial"] is False

    async def test_an_index_that_is_slow_to_follow_counts_too(self, one_machine, server, filled, owner):
        apply, gate = server.index.apply, asyncio.Event()

        async def slow(tenant, delta, language, **more):
            await gate.wait()
            await apply(tenant, delta, language, **more)

        server.index.apply = slow
        assert (await filled.post(product("N1", "NEW"))).status == 500
        assert (await owner.refused({"timeout_ms": 50}, 503))["code"] == "search_timeout"
        assert (await owner.refused({"timeout_ms": 50, "min_revision": 5}, 503))["code"] == "search_timeout"
        gate.set()
        assert (await owner.search(timeout_ms=5000))["total"] == 4


async def test_another_tenants_catalog_is_never_seen(server, filled, rival, owner):
    await rival.post(product("R1", "RING", name="Rival ring", color="Green", attributes={"secret": 1}))
    assert [hit["group"]["name"] for hit in (await owner.search(filter="sku = R1"))["hits"]] == ["Gold ring"]
    assert (await owner.search(q="rival"))["relaxed"] is None
    assert (await owner.search(q="rival"))["total"] == 0
    assert (await owner.refused({"filter": "secret = 1"}))["detail"].startswith("there is no field 'secret'")
    assert "Green" not in str(await owner.search(facets=["color", "brand"]))
    cursor = (await owner.search(limit=1))["next"]
    problem = problem_of(await rival("POST", "/v2/search", {"after": cursor, "limit": 1}), 409)
    assert problem["detail"] == "revision 4 is not reached, the last one is 1"
