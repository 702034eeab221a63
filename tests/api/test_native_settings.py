"""Settings of searches through ``/v2``: rules, and types of attributes."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.errors import TenantExistsError
from facetry.testing.samples import content
from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

RULES = "/v2/settings/search"
ATTRIBUTES = "/v2/settings/attributes"
DEFAULTS = {
    "synonyms": [],
    "stop_words": [],
    "language_stop_words": "language",
    "weights": {},
    "boosts": [],
    "pins": [],
    "understanding": True,
    "semantic": 0.0,
}


def attributes(*definitions):
    return {"attributes": list(definitions)}


class TestRules:
    """What words mean and what stands first."""

    async def test_they_begin_with_defaults_and_come_back_as_set(self, owner):
        first = await owner("GET", RULES)
        assert {**first.json, "relax_below": 0} == {**DEFAULTS, "relax_below": 0}
        assert first.headers["etag"] == '"1"'
        wanted = {
            "synonyms": [{"phrases": ["ring", "band"]}, {"phrases": ["hoop"], "source": "earring"}],
            "stop_words": ["the"],
            "language_stop_words": "none",
            "weights": {"name": 2.0},
            "boosts": [{"field": "quantity", "weight": 0.5, "pivot": 10.0}],
            "pins": [{"query": "gold ring", "first": ["G1"], "hide": ["G2"]}],
            "relax_below": 3,
            "understanding": False,
        }
        put = await owner("PUT", RULES, wanted)
        assert (put.status, put.headers["etag"], put.json) == (200, '"2"', {**wanted, "semantic": 0.0})
        got = await owner("GET", RULES)
        assert (got.headers["etag"], got.json) == ('"2"', put.json)

    async def test_they_work_from_the_next_search_on(self, shop, owner):
        await shop.post(product("R1", "A", name="Golden band"))
        await shop.post(product("R2", "B", name="Silver thing", searchKeywords=["x"], description="none"))
        target = "/v2/search?q=shackle&typos=false"
        assert (await owner("GET", target)).json["total"] == 0
        assert (await owner("PUT", RULES, {"synonyms": [{"phrases": ["band", "shackle"]}]})).status == 200
        assert (await owner("GET", target)).json["total"] == 1
        assert (await owner("PUT", RULES, {"pins": [{"query": "shackle", "first": ["B"]}]})).status == 200
        assert [hit["group"]["group_id"] for hit in (await owner("GET", target)).json["hits"]] == ["B"]
        assert (await owner("PUT", RULES, {})).status == 200
        assert (await owner("GET", target)).json["total"] == 0

    @pytest.mark.parametrize(
        ("document", "pointer", "detail"),
        [
            ({"synonym": []}, "/synonym", "there is no field synonym; did you mean synonyms?"),
            ({"synonyms": {}}, "/synonyms", "expected array, got object"),
            ({"synonyms": [{"phrases": ["a", 3]}]}, "/synonyms/0/phrases/1", "expected str, got int"),
            ({"synonyms": [{"phrase": ["a", "b"]}]}, "/synonyms/0/phrase", None),
            ({"weights": {"name": "high"}}, "/weights", "expected float, got str"),
            ({"language_stop_words": "some"}, "/language_stop_words", "invalid enum value 'some'"),
            ({"relax_below": 1.5}, "/relax_below", "expected int, got float"),
            ({"understanding": 1}, "/understanding", "expected bool, got int"),
        ],
    )
    async def test_what_has_another_form_is_refused_with_its_place(self, owner, document, pointer, detail):
        before = (await owner("GET", RULES)).headers["etag"]
        problem = problem_of(await owner("PUT", RULES, document), 422)
        assert (problem["code"], problem["pointer"]) == ("bad_document", pointer)
        assert detail is None or problem["detail"] == detail
        assert (await owner("GET", RULES)).headers["etag"] == before

    @pytest.mark.parametrize(
        ("document", "field"),
        [
            ({"synonyms": [{"phrases": ["one"]}]}, "synonyms"),
            ({"synonyms": [{"phrases": ["a", " "]}]}, "synonyms"),
            ({"weights": {"title": 1}}, "weights"),
            ({"weights": {"name": -1}}, "weights"),
            ({"boosts": [{"field": "quantity", "pivot": 0}]}, "boosts"),
            ({"pins": [{"query": " "}]}, "pins"),
            ({"relax_below": -1}, "relax_below"),
            ({"relax_below": 10**30}, "relax_below"),
            ({"synonyms": [{"phrases": ["!!", "x"]}]}, "synonyms"),
            ({"synonyms": [{"phrases": [f"q{n}" for n in range(51)]}]}, "synonyms"),
            ({"stop_words": [f"w{n}" for n in range(10_001)]}, "stop_words"),
            ({"boosts": [{"field": ""}]}, "boosts"),
            ({"boosts": [{"field": "x" * 101}]}, "boosts"),
            ({"boosts": [{"field": "quantity"}] * 51}, "boosts"),
            ({"pins": [{"query": "?!"}]}, "pins"),
            ({"pins": [{"query": "ring", "first": [f"G{n}" for n in range(1001)]}]}, "pins"),
            ({"pins": [{"query": "ring", "hide": [f"G{n}" for n in range(1001)]}]}, "pins"),
        ],
    )
    async def test_what_is_not_allowed_is_refused_by_name(self, owner, document, field):
        problem = problem_of(await owner("PUT", RULES, document), 422)
        assert (problem["code"], problem["pointer"]) == ("invalid_value", f"/{field}")
        assert (await owner("GET", RULES)).headers["etag"] == '"1"'

    async def test_a_text_that_is_no_unicode_is_refused(self, owner):
        problem = problem_of(await owner("PUT", RULES, b'{"stop_words": ["\\ud800"]}'), 422)
        assert problem["code"] == "invalid_value"
        assert (await owner("GET", RULES)).headers["etag"] == '"1"'

    async def test_thousands_of_synonyms_are_taken(self, owner):
        many = {"synonyms": [{"phrases": [f"word {n}", f"Wort {n}"]} for n in range(10_000)]}
        assert (await owner("PUT", RULES, many)).json["synonyms"] == many["synonyms"]
        many["synonyms"].append({"phrases": ["a", "b"]})
        assert problem_of(await owner("PUT", RULES, many), 422)["pointer"] == "/synonyms"


class TestVersions:
    """Who replaces what somebody else has changed meanwhile."""

    @pytest.mark.parametrize("target", [RULES, ATTRIBUTES])
    async def test_only_the_version_that_was_read_is_replaced(self, owner, target):
        document = {"stop_words": ["x"]} if target == RULES else attributes({"name": "n", "type": "text"})
        read = (await owner("GET", target)).headers["etag"]
        assert (await owner("PUT", target, document, headers={"if-match": read})).headers["etag"] == '"2"'
        current = (await owner("GET", target)).json
        for outdated in (read, '"x"', '"1", "3"'):
            for asked in (target, f"{target}?dry_run=true"):
                answer = await owner("PUT", asked, document, headers={"if-match": outdated})
                problem = problem_of(answer, 412)
                assert (problem["code"], problem["version"], answer.headers["etag"]) == ("outdated", 2, '"2"')
                assert problem["current"] == current
        assert (await owner("GET", target)).headers["etag"] == '"2"'
        for accepted in ('W/"2"', "*", '"1", "2"'):
            assert (await owner("PUT", target, document, headers={"if-match": accepted})).status == 200
        for unreadable in ("2", '"1" "2"', ""):
            problem = problem_of(await owner("PUT", target, document, headers={"if-match": unreadable}), 400)
            assert problem["detail"] == "If-Match must be a list of ETags, or *"

    @pytest.mark.parametrize("target", [RULES, ATTRIBUTES, "/v2/settings/catalog"])
    async def test_what_changes_nothing_makes_no_version(self, owner, target):
        there = await owner("GET", target)
        for _ in range(2):
            answer = await owner("PUT", target, there.json)
            assert (answer.json, answer.headers["etag"]) == (there.json, there.headers["etag"])
        assert len((await owner("GET", f"{target}/versions")).json["items"]) == 1

    async def test_the_answer_names_a_revision_that_holds_it(self, owner):
        await owner("PUT", "/v2/products/A", {"name": "Ring"})
        changed = await owner("PUT", RULES, {"stop_words": ["x"]})
        revision = int(changed.headers["facetry-revision"])
        assert (await owner("GET", f"/v2/search?min_revision={revision}")).status == 200
        again = await owner("PUT", RULES, {"stop_words": ["x"]})
        assert int(again.headers["facetry-revision"]) == revision

    async def test_changes_of_different_settings_at_once_both_stand(self, owner):
        changes = [
            owner("PUT", RULES, {"stop_words": ["x"]}),
            owner("PUT", ATTRIBUTES, attributes({"name": "carat", "type": "decimal"})),
            owner("PUT", RULES, {"stop_words": ["x"]}),
        ]
        assert [answer.status for answer in await asyncio.gather(*changes)] == [200] * 3
        assert (await owner("GET", RULES)).json["stop_words"] == ["x"]
        assert (await owner("GET", ATTRIBUTES)).json == attributes({"name": "carat", "type": "decimal"})

    async def test_a_change_that_meets_others_is_tried_again(self, server, owner):
        replace, failures = server.store.replace_tenant, [TenantExistsError("changed")] * 19

        async def with_others(record):
            if failures:
                raise failures.pop()
            return await replace(record)

        server.store.replace_tenant = with_others
        assert (await owner("PUT", RULES, {"stop_words": ["x"]})).status == 200
        failures.extend([TenantExistsError("changed")] * 20)
        assert problem_of(await owner("PUT", RULES, {}), 412)["code"] == "outdated"
        assert (await owner("GET", RULES)).json["stop_words"] == ["x"]


class TestAttributes:
    """Types of attributes: what may be set, and what is then refused."""

    async def test_they_come_back_as_set(self, owner):
        wanted = attributes(
            {"name": "carat", "type": "decimal", "unit": "ct"},
            {"name": "gemstones.hue", "type": "scale", "scale": ["faint", "deep"]},
            {"name": "metals.finish", "type": "keyword"},
            {"name": "style no", "type": "text", "identifier": True},
        )
        put = await owner("PUT", ATTRIBUTES, wanted)
        assert (put.status, put.json, put.headers["etag"]) == (200, wanted, '"2"')
        assert (await owner("GET", ATTRIBUTES)).json == wanted

    @pytest.mark.parametrize(
        ("definition", "code"),
        [
            ({"name": "price", "type": "decimal"}, "invalid_value"),
            ({"name": "", "type": "decimal"}, "invalid_value"),
            ({"name": "a\nb", "type": "decimal"}, "invalid_value"),
            ({"name": "n", "type": "any"}, "invalid_value"),
            ({"name": "n", "type": "scale", "scale": ["one"]}, "invalid_value"),
            ({"name": "n", "type": "decimal", "scale": ["one", "two"]}, "invalid_value"),
            ({"name": "n", "type": "scale", "scale": ["one", "two", "ONE"]}, "invalid_value"),
            ({"name": "n", "type": "scale", "scale": ["one", " "]}, "invalid_value"),
            ({"name": "n", "type": "scale", "scale": ["one", "x" * 101]}, "invalid_value"),
            ({"name": "n", "type": "scale", "scale": [f"g{n}" for n in range(1001)]}, "invalid_value"),
            ({"name": "n", "type": "decimal", "unit": "u" * 101}, "invalid_value"),
            ({"name": "n", "type": "number"}, "bad_document"),
            ({"name": "n"}, "bad_document"),
            ({"name": "n", "type": "text", "more": 1}, "bad_document"),
            ("n", "bad_document"),
        ],
    )
    async def test_what_is_not_allowed_is_refused(self, owner, definition, code):
        assert problem_of(await owner("PUT", ATTRIBUTES, attributes(definition)), 422)["code"] == code
        both = attributes({"name": "n", "type": "text"}, {"name": "attributes.n", "type": "text"})
        assert problem_of(await owner("PUT", ATTRIBUTES, both), 422)["code"] == "invalid_value"
        assert (await owner("GET", ATTRIBUTES)).json == attributes()

    async def test_many_attributes_are_taken_and_more_refused(self, owner):
        many = [{"name": f"n{n}", "type": "text"} for n in range(2000)]
        assert (await owner("PUT", ATTRIBUTES, attributes(*many))).status == 200
        more = attributes(*many, {"name": "one more", "type": "text"})
        assert problem_of(await owner("PUT", ATTRIBUTES, more), 422)["detail"] == "must be at most 2000"

    async def test_a_type_that_values_do_not_fit_names_products(self, shop, owner):
        for number in range(8):
            value = "large" if number % 2 else number / 4
            await shop.post(product(f"P{number}", f"G{number // 3}", attributes={"carat": value}))
        problem = problem_of(await owner("PUT", ATTRIBUTES, attributes({"name": "carat", "type": "decimal"})), 409)
        assert (problem["code"], problem["field"]) == ("values_do_not_fit", "attributes.carat")
        assert problem["skus"] == ["P1", "P3", "P5", "P7"]
        assert problem["detail"] == (
            "attributes.carat cannot be a decimal number: P1 ('large'), P3 ('large'), P5 ('large'), P7 ('large')"
        )
        problem = problem_of(await owner("PUT", ATTRIBUTES, attributes({"name": "carat", "type": "date"})), 409)
        assert len(problem["skus"]) == 5
        assert (await owner("GET", ATTRIBUTES)).json == attributes()
        await shop.put(product("P1", "G0", attributes={"carat": "1"}))
        for number in (3, 5, 7):
            await shop("DELETE", f"/catalog/v1/products/P{number}")
        assert (await owner("PUT", ATTRIBUTES, attributes({"name": "carat", "type": "decimal"}))).status == 200

    @pytest.mark.parametrize(
        ("kind", "good", "bad", "article"),
        [
            ({"type": "decimal"}, [1, 1.5, "2.50", -3, ["1", 2], None], ["big", "1,5", True, ["1", "x"]], "a decimal"),
            ({"type": "integer"}, [1, "7", 2.0], [1.5, "1.0", "x", str(2**63)], "an integer of 64 bits"),
            ({"type": "boolean"}, [True, "false", "TRUE"], [1, "yes"], "true or false"),
            ({"type": "date"}, ["2024-02-29", "2024-01-01T10:00:00Z"], ["2023-02-29", "today"], "an ISO 8601 date"),
            ({"type": "scale", "scale": ["low", "high"]}, ["low", "HIGH"], ["mid", 1], "one of low, high"),
            ({"type": "text"}, ["x", 1, True, ["a", None]], [], ""),
        ],
    )  # fmt: skip
    async def test_from_then_on_products_must_fit(self, shop, owner, kind, good, bad, article):
        await owner("PUT", ATTRIBUTES, attributes({"name": "it", **kind}))
        for value in good:
            answer = await shop.put(product("P1", attributes={"it": value}))
            assert answer.json["success"] is True, value
        before = (await shop.product("P1")).json
        for value in bad:
            for sku, send in (("P1", shop.put), ("P2", shop.post)):
                answer = await send(product(sku, attributes={"it": value, "other": "x"}))
                assert answer.status == 422
                (error,) = answer.json["errors"]
                assert (error["param"], error["location"]) == ("attributes.it", "body")
                assert error["msg"].startswith(f"is {article}")
                assert error["msg"].endswith(" is not one")
        assert (await shop.product("P1")).json == before
        assert (await shop.product("P2")).json["success"] is False

    async def test_parts_must_fit_too_and_others_are_written_all_the_same(self, server, shop, owner):
        definitions = [
            {"name": "gemstones.weight", "type": "decimal"},
            {"name": "metals.stamp", "type": "integer"},
        ]
        assert (await owner("PUT", ATTRIBUTES, attributes(*definitions))).status == 200
        writes = [
            PutProduct(content("A1", "A", gemstones=({"weight": "heavy"},))),
            PutProduct(content("A2", "A", gemstones=({"weight": 1.5}, {}), metals=({"stamp": 585},))),
            PutProduct(content("A3", "A", metals=({"stamp": 1}, {"stamp": "none"}))),
            PutProduct(content("A4", "A")),
        ]
        receipt = await server.catalog.write("shop", writes)
        shown = [getattr(outcome, "subject", "stored") for outcome in receipt.outcomes]
        assert shown == ["gemstones.weight", "stored", "metals.stamp", "stored"]
        assert receipt.outcomes[0].message == "is a decimal number; 'heavy' is not one"
        assert (await owner.skus())[0] == ["A2", "A4"]

    async def test_a_product_stored_while_the_type_was_set_undoes_it(self, server, shop, owner):
        await shop.post(product("P1", "G1", attributes={"it": 1}))
        replace, pending = server.store.replace_tenant, ["P2"]

        async def with_a_late_write(record):
            if pending:
                await server.store.write("shop", [PutProduct(content(pending.pop(), attributes={"it": "late"}))])
            return await replace(record)

        server.store.replace_tenant = with_a_late_write
        problem = problem_of(await owner("PUT", ATTRIBUTES, attributes({"name": "it", "type": "integer"})), 409)
        assert problem["skus"] == ["P2"]
        assert (await owner("GET", ATTRIBUTES)).json == attributes()
        assert (await shop.put(product("P1", "G1", attributes={"it": "x"}))).json["success"] is True

    async def test_many_products_stored_meanwhile_are_all_looked_at(self, server, shop, owner):
        """More groups than the change log is asked for at once."""
        replace, pending = server.store.replace_tenant, [f"L{n:03}" for n in range(160)]

        async def with_late_writes(record):
            while pending:
                await server.store.write("shop", [PutProduct(content(pending.pop(), attributes={"it": "late"}))])
            return await replace(record)

        server.store.replace_tenant = with_late_writes
        problem = problem_of(await owner("PUT", ATTRIBUTES, attributes({"name": "it", "type": "integer"})), 409)
        assert problem["skus"] == [f"L{n:03}" for n in range(5)]

    async def test_a_type_changes_how_searches_compare_at_once(self, shop, owner):
        await shop.post(product("P1", "A", attributes={"grade": "low"}))
        await shop.post(product("P2", "B", attributes={"grade": "high"}))
        assert (await owner.refused({"filter": "grade >= mid"}))["pointer"] == "/filter"
        scale = {"name": "grade", "type": "scale", "scale": ["low", "mid", "high"]}
        assert (await owner("PUT", ATTRIBUTES, attributes(scale))).status == 200
        assert await owner.skus(filter="grade >= mid") == [["P2"]]
        assert await owner.skus(sort=["grade:desc"]) == [["P2"], ["P1"]]
        assert (await owner("PUT", ATTRIBUTES, attributes())).status == 200
        assert (await owner.refused({"filter": "grade >= mid"}))["pointer"] == "/filter"

    async def test_what_there_is_is_listed_with_its_type(self, shop, owner):
        empty = await owner("GET", "/v2/attributes")
        assert empty.json == {"attributes": []}
        shown = {"metal": "gold", "carat": "1.5", "pieces": 3, "sold": "2024-01-01", "new": True, "mixed": "1"}
        await shop.post(product("P1", "A", attributes=shown))
        await shop.post(product("P2", "A", attributes={"carat": 2, "mixed": ["x", "1"]}))
        definitions = [{"name": "carat", "type": "decimal", "unit": "ct"}, {"name": "planned", "type": "text"}]
        assert (await owner("PUT", ATTRIBUTES, attributes(*definitions))).status == 200
        listed = (await owner("GET", "/v2/attributes")).json["attributes"]
        rows = [(one["name"], one["type"], one["inferred"], one["observed"], one["distinct"]) for one in listed]
        assert rows == [
            ("attributes.carat", "decimal", False, True, 2),
            ("attributes.metal", "keyword", True, True, 1),
            ("attributes.mixed", "keyword", True, True, 2),
            ("attributes.new", "boolean", True, True, 1),
            ("attributes.pieces", "integer", True, True, 1),
            ("attributes.planned", "text", False, False, 0),
            ("attributes.sold", "date", True, True, 1),
        ]
        assert listed[0] == {
            "name": "attributes.carat",
            "type": "decimal",
            "inferred": False,
            "observed": True,
            "distinct": 2,
            "scale": [],
            "unit": "ct",
            "identifier": False,
            "facet": True,
            "sortable": True,
            "searchable": True,
        }

    async def test_many_attributes_are_listed(self, shop, owner):
        await shop.post(product("P1", attributes={f"a{n:03}": n for n in range(120)}))
        listed = (await owner("GET", "/v2/attributes")).json["attributes"]
        assert [one["name"] for one in listed] == [f"attributes.a{n:03}" for n in range(120)]

    async def test_those_of_another_tenant_are_its_own(self, server, shop, rival, owner):
        await owner("PUT", ATTRIBUTES, attributes({"name": "it", "type": "integer"}))
        assert (await rival("GET", ATTRIBUTES)).json == attributes()
        assert (await rival.put(product("P1", attributes={"it": "x"}))).json["success"] is True
        assert (await owner("GET", "/v2/attributes")).json["attributes"][0]["observed"] is False
