"""Settings through ``/v2``: language and currency, dry runs, earlier versions, what may be counted and sorted."""

from __future__ import annotations

import pytest

from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

CATALOG = "/v2/settings/catalog"
RULES = "/v2/settings/search"
ATTRIBUTES = "/v2/settings/attributes"


class TestLanguageAndCurrency:
    """What texts are written in, and what prices are in."""

    async def test_they_hold_from_the_next_read_on(self, shop, owner):
        await shop.post(product("R1", "A", name="Ringe aus Gold"))
        assert (await owner("GET", CATALOG)).json == {"language": "en", "currency": "USD"}
        put = await owner("PUT", CATALOG, {"language": "de", "currency": "EUR"})
        assert (put.status, put.json) == (200, {"language": "de", "currency": "EUR"})
        found = (await owner("GET", "/v2/search?q=ringen&typos=false&prefix=false")).json
        assert [hit["cheapest"]["currency"] for hit in found["hits"]] == ["EUR"]
        assert (await owner("GET", CATALOG)).headers["etag"] == put.headers["etag"]

    @pytest.mark.parametrize(
        ("document", "status"),
        [
            ({"language": "xx", "currency": "EUR"}, 422),
            ({"language": "de", "currency": "eur"}, 422),
            ({"language": "de"}, 422),
            ({"language": "de", "currency": "EUR", "more": 1}, 422),
        ],
    )
    async def test_what_is_not_allowed_is_refused(self, owner, document, status):
        problem_of(await owner("PUT", CATALOG, document), status)
        assert (await owner("GET", CATALOG)).json == {"language": "en", "currency": "USD"}


class TestDryRun:
    """What a change would do is told without doing it."""

    async def test_searches_before_and_after(self, shop, owner):
        await shop.post(product("R1", "A", name="Golden okapi"))
        await shop.post(product("R2", "B", name="Zebra"))
        rules = {"synonyms": [{"phrases": ["zebra", "okapi"]}]}
        told = await owner("PUT", f"{RULES}?dry_run=true&queries=zebra,golden", rules)
        assert told.status == 200
        assert told.json["changes"] == [
            {"pointer": "/synonyms/0", "from": None, "to": {"phrases": ["zebra", "okapi"]}},
        ]
        assert told.json["misfits"] == []
        assert told.json["reindexes"] is False
        assert told.json["searches"] == [
            {"q": "zebra", "before": ["B"], "after": ["B", "A"]},
            {"q": "golden", "before": ["A"], "after": ["A"]},
        ]
        assert (await owner("GET", RULES)).json["synonyms"] == []

    async def test_products_that_would_not_fit(self, shop, owner):
        await shop.post(product("R1", "A", attributes={"length": "long"}))
        await shop.post(product("R2", "A", attributes={"length": "1.5"}))
        wanted = {"attributes": [{"name": "length", "type": "decimal"}]}
        told = (await owner("PUT", f"{ATTRIBUTES}?dry_run=true", wanted)).json
        assert told["misfits"] == [{"field": "attributes.length", "count": 1, "skus": ["R1"]}]
        assert told["changes"] == [{"pointer": "/attributes/0", "from": None, "to": wanted["attributes"][0]}]
        assert (await owner("GET", ATTRIBUTES)).json == {"attributes": []}

    async def test_another_language_builds_the_index_anew(self, owner):
        told = (await owner("PUT", f"{CATALOG}?dry_run=true", {"language": "de", "currency": "USD"})).json
        assert told["reindexes"] is True
        assert told["changes"] == [{"pointer": "/language", "from": "en", "to": "de"}]

    async def test_what_would_be_refused_is_refused(self, owner):
        refused = await owner("PUT", f"{RULES}?dry_run=true", {"weights": {"nothing": 1.0}})
        problem_of(refused, 422)

    async def test_other_parameters_are_refused(self, owner):
        problem_of(await owner("PUT", f"{RULES}?dryrun=true", {}), 400)
        problem_of(await owner("PUT", f"{RULES}?dry_run=perhaps", {}), 400)


class TestVersions:
    """What was set before can be read, and set again."""

    async def test_they_are_listed_and_can_be_read(self, owner):
        await owner("PUT", RULES, {"stop_words": ["a"]})
        await owner("PUT", RULES, {"stop_words": ["b"]})
        listed = (await owner("GET", f"{RULES}/versions")).json["items"]
        assert [one["version"] for one in listed] == [3, 2, 1]
        assert [one.get("by") for one in listed] == ["api_key", "api_key", None]
        assert [("time" in one) for one in listed] == [True, True, False]
        assert (await owner("GET", f"{RULES}?version=2")).json["stop_words"] == ["a"]
        again = await owner("PUT", RULES, (await owner("GET", f"{RULES}?version=2")).json)
        assert again.json["stop_words"] == ["a"]

    async def test_there_is_no_version_of_the_future(self, owner):
        problem_of(await owner("GET", f"{RULES}?version=7"), 404)


class TestWhatMayBeCountedAndSorted:
    """A tenant may keep attributes out of facets and orders."""

    async def test_it_is_refused_with_its_place(self, shop, owner):
        await shop.post(product("R1", "A", attributes={"cost": "5"}))
        definition = {"name": "cost", "type": "decimal", "facet": False, "sortable": False}
        assert (await owner("PUT", ATTRIBUTES, {"attributes": [definition]})).status == 200
        counted = await owner("POST", "/v2/search", {"facets": ["cost"]})
        assert (counted.status, counted.json["pointer"]) == (400, "/facets/0")
        counted = await owner("POST", "/v2/search", {"facets": [{"field": "cost"}]})
        assert (counted.status, counted.json["pointer"]) == (400, "/facets/0/field")
        ordered = await owner("POST", "/v2/search", {"sort": ["cost:asc"]})
        assert (ordered.status, ordered.json["pointer"]) == (400, "/sort/0")
        assert (await owner("POST", "/v2/search", {"filter": "cost = 5"})).json["total"] == 1
        shown = (await owner("GET", "/v2/attributes")).json["attributes"]
        assert [(one["name"], one["facet"], one["sortable"]) for one in shown] == [("attributes.cost", False, False)]
