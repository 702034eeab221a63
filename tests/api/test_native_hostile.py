"""Hostile input to ``/v2``: no 500, every refusal a problem, nothing changed."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.api.server import problem_of, product
from tests.api.test_catalog_hostile import BODIES, OUR_OWN
from tests.support import data_path

pytestmark = pytest.mark.anyio

TARGETS = [("POST", "/v2/search"), ("PUT", "/v2/settings/search"), ("PUT", "/v2/settings/attributes")]
VALUES = [None, True, 0, -1, 2**70, 1.5, "", "x", "\x00", [], {}, [[]], [{}], {"": {}}, {"$ne": 1}, "a" * 600, [None]]
KEYS = [
    *("q", "filter", "facets", "count_level", "sort", "offset", "limit", "after", "matched_products", "group_by"),
    *("prefix", "typos", "understand", "explain", "highlight", "currency", "fields", "min_revision", "timeout_ms"),
    *("on_timeout", "searches"),
]
SETTINGS = [
    *("synonyms", "stop_words", "language_stop_words", "weights", "boosts", "pins", "relax_below", "understanding"),
    *("semantic", "attributes"),
]


@pytest.fixture
async def filled(shop):
    await shop.post(product("S1", "S", attributes={"carat": 1}))
    return shop


def strings():
    naughty = json.loads(data_path("naughty-strings", "blns.json").read_text("utf-8"))
    return [*OUR_OWN, *naughty]


async def unchanged(owner):
    """Check that settings are as they began."""
    assert (await owner("GET", "/v2/settings/search")).headers["etag"] == '"1"'


@pytest.mark.parametrize(("method", "target"), TARGETS)
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_bodies_that_are_none(filled, owner, method, target, body):
    answer = await owner(method, target, body, headers={"content-type": "application/json"})
    assert answer.status in {400, 413, 422}
    problem_of(answer, answer.status)
    await unchanged(owner)


@pytest.mark.parametrize(("method", "target"), TARGETS)
async def test_a_body_of_another_type_is_refused(filled, owner, method, target):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""):
        answer = await owner(method, target, b"{}", headers={"content-type": kind})
        assert problem_of(answer, 415)["code"] == "unaccepted_type"
    for kind in ("application/json; charset=utf-8", "application/vnd.shop+json"):
        body = b'{"attributes": []}' if target.endswith("attributes") else b"{}"
        assert (await owner(method, target, body, headers={"content-type": kind})).status == 200


@pytest.mark.parametrize(("method", "target"), TARGETS)
async def test_a_huge_body_is_refused_before_it_is_read(filled, owner, method, target):
    answer = await owner(method, target, b"[" + b"1," * (3 << 20))
    assert problem_of(answer, 413)["code"] == "too_large"


@pytest.mark.parametrize("key", KEYS)
async def test_values_of_every_type_in_every_key(filled, owner, front, key):
    for value in VALUES:
        for holder in (owner, front):
            answer = await holder("POST", "/v2/search", {key: value})
            assert answer.status in {200, 400, 409, 503}, (key, value, answer.body)
            if answer.status != 200:
                problem = problem_of(answer, answer.status)
                assert answer.status != 400 or problem["pointer"].startswith(f"/{key}")


@pytest.mark.parametrize("key", SETTINGS)
async def test_values_of_every_type_in_every_setting(filled, owner, key):
    for target in ("/v2/settings/search", "/v2/settings/attributes"):
        for value in VALUES:
            answer = await owner("PUT", target, {key: value})
            assert answer.status in {200, 422}, (target, key, value, answer.body)
            if answer.status == 422:
                problem_of(answer, 422)


async def test_naughty_strings_wherever_a_text_may_stand(filled, owner, front):
    for text in strings():
        quoted = json.dumps(text)
        for document in (
            {"q": text, "highlight": True},
            {"filter": text},
            {"filter": f"name = {quoted}"},
            {"filter": {"field": text, "eq": text}},
            {"facets": [text]},
            {"facets": [{"field": "color", "search": text, "name": text}]},
            {"facets": [{"type": "tree", "root": text}]},
            {"sort": text, "fields": [text], "after": text, "currency": text},
            {text: text},
        ):
            for holder in (owner, front):
                answer = await holder("POST", "/v2/search", document)
                assert answer.status in {200, 400}, (document, answer.body)
                if answer.status == 400:
                    problem_of(answer, 400)


async def test_naughty_strings_as_parameters_and_paths(filled, owner):
    for text in strings():
        raw = quote(text.encode("utf-8", "surrogatepass"), safe="")
        for target in (f"/v2/search?q={raw}", f"/v2/search?{raw}={raw}", f"/v2/suggest?q={raw}", f"/v2/{raw}"):
            answer = await owner("GET", target)
            assert answer.status in {200, 400, 404}, (target, answer.body)
            if answer.status != 200:
                problem_of(answer, answer.status)


async def test_naughty_strings_as_settings_come_back_or_are_refused(filled, owner):
    for text in strings():
        rules = {
            "synonyms": [{"phrases": [text, "ring"]}],
            "stop_words": [text],
            "pins": [{"query": text, "first": [text]}],
        }
        answer = await owner("PUT", "/v2/settings/search", rules)
        assert answer.status in {200, 422}, (text, answer.body)
        if answer.status == 200:
            assert answer.json["stop_words"] == [text]
            assert (await owner("POST", "/v2/search", {"q": "ring"})).status == 200
        types = {"attributes": [{"name": text, "type": "scale", "scale": [text, "other"], "unit": text}]}
        answer = await owner("PUT", "/v2/settings/attributes", types)
        assert answer.status in {200, 422}, (text, answer.body)
        if answer.status == 200:
            assert answer.json["attributes"][0]["name"] == text
            assert (await owner("GET", "/v2/attributes")).status == 200


@pytest.mark.parametrize(
    "target", ["/v2/", "/v2//search", "/v2/search//", "/v2/Search", "/v2/%73earch", "/v2/search/x"]
)
async def test_other_paths_are_none(filled, owner, target):
    assert problem_of(await owner("GET", target), 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("DELETE", "/v2/search", "GET, HEAD, POST"),
        ("PUT", "/v2/search", "GET, HEAD, POST"),
        ("POST", "/v2/settings/search", "GET, HEAD, PUT"),
        ("PATCH", "/v2/settings/attributes", "GET, HEAD, PUT"),
        ("POST", "/v2/attributes", "GET, HEAD"),
    ],
)
async def test_other_methods_are_none(filled, owner, method, target, allow):
    answer = await owner(method, target, {} if method in {"POST", "PUT", "PATCH"} else None)
    assert problem_of(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == allow


async def test_a_deep_filter_of_many_conditions_is_refused_clearly(filled, owner):
    for text in ("(" * 10_000, "NOT " * 10_000 + "color = Red", " AND ".join(["color = Red"] * 2_000)):
        assert (await owner.refused({"filter": text}))["pointer"] == "/filter"


async def test_a_failure_of_ours_is_a_problem_that_tells_nothing(server, filled, owner, caplog):
    async def broken(tenant, query, deadline=None):
        raise RuntimeError("password of the database")

    server.index.search = broken
    problem = problem_of(await owner("POST", "/v2/search", {}), 500)
    assert (problem["code"], problem["detail"]) == ("error", "please try again")
    assert "password of the database" in caplog.text
