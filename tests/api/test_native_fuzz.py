"""Generated calls of every operation of the OpenAPI document of ``/v2``: no 500, and every answer as documented."""

import asyncio
import functools

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from facetry.api.native import openapi_records
from facetry.api.native.openapi import openapi_document
from tests.api.server import KeyHolder, Server, product
from tests.api.test_catalog_fuzz import asgi


def takes_json(operation):
    """Return whether an operation takes JSON, or nothing: other bodies are tried with what may be wrong with them."""
    return "application/json" in operation.get("requestBody", {}).get("content", ["application/json"])


OPERATIONS = [
    (path, method)
    for path, operations in openapi_document("1")["paths"].items()
    for method, operation in operations.items()
    if method != "parameters" and takes_json(operation)
]
MODES = list(schemathesis.GenerationMode)


def is_not_our_failure(_, response, __):
    """Refuse a 500; a 503 is documented, and what a search gets that wanted an answer within a millisecond."""
    assert response.status_code != 500, response.text


CHECKS = [is_not_our_failure, status_code_conformance, content_type_conformance, response_schema_conformance]


async def stocked_server():
    server = Server()
    keys, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    await client.post(product("1", "1", attributes={"carat": 1.5, "metal": "gold"}, color="Red"))
    await client.post(product("2", "1", attributes={"carat": 2, "made": "2024-05-01"}, active=False, size="6"))
    await client.post(product("3", "3", promotionPrice=99.95))
    await client.post(product("SOL-14K-6", quantity=9))
    holder = KeyHolder(server, keys.api_key)
    for path, item in openapi_records.paths().items():
        if "post" in item and "{" not in path:
            example = item["post"]["requestBody"]["content"]["application/json"]["example"]
            assert (await holder("POST", path, example)).status == 201
    return server, {"authorization": f"Bearer {keys.api_key}"}


class Asked:
    """The server that is asked; reading the document takes longer than what is tried with it, so that is done once."""

    server = None

    async def __call__(self, scope, receive, send):
        await asgi(self.server)(scope, receive, send)


ASKED = Asked()


@functools.cache
def schema():
    return schemathesis.openapi.from_asgi("/docs/v2.json", ASKED)


def operation_of(server, path, method):
    ASKED.server = server
    return schema()[path][method]


GOOD_BODIES = [
    ("/v2/search", "post", {"q": "ring", "explain": True, "highlight": True, "group_by": "color"}),
    ("/v2/search", "post", {"q": "ring under $50 unobtainium", "sort": ["price:asc"], "limit": 1}),
    (
        "/v2/search",
        "post",
        {
            "facets": [
                "color",
                "price",
                "carat",
                "made",
                {"type": "tree"},
                {"field": "price", "name": "x", "ranges": [{"from": 5}]},
            ]
        },
    ),
    ("/v2/search", "post", {"searches": [{"filter": {"color": "Red"}}, {"filter": "nothing = 1"}]}),
    ("/v2/settings/search", "put", {"synonyms": [{"phrases": ["ring", "band"]}], "pins": [{"query": "ring"}]}),
    ("/v2/settings/attributes", "put", {"attributes": [{"name": "carat", "type": "decimal", "unit": "ct"}]}),
]


@pytest.mark.parametrize(("path", "method", "body"), GOOD_BODIES, ids=range(len(GOOD_BODIES)))
def test_good_bodies_are_answered_as_documented(path, method, body):
    server, headers = asyncio.run(stocked_server())
    case = operation_of(server, path, method).Case(media_type="application/json", body=body)
    assert case.call_and_validate(headers=headers, checks=CHECKS).status_code == 200


GOOD_QUERIES = [
    ("/v2/search", {"q": "ring", "facets": "color,price", "fields": "group,score", "limit": "2"}),
    ("/v2/suggest", {"q": "r", "limit": "3"}),
    ("/v2/attributes", {}),
    ("/v2/settings/search", {}),
    ("/v2/settings/attributes", {}),
    ("/v2/requests", {"status": "404", "limit": "2"}),
    ("/v2/requests/counts", {"step": "minute"}),
    ("/v2/searches", {"q": "ring", "from": "2024-05-31"}),
    ("/v2/searches/top", {"step": "day"}),
    ("/v2/searches/empty", {"limit": "5"}),
]


@pytest.mark.parametrize(("path", "query"), GOOD_QUERIES, ids=[path for path, _ in GOOD_QUERIES])
def test_good_queries_are_answered_as_documented(path, query):
    server, headers = asyncio.run(stocked_server())
    case = operation_of(server, path, "get").Case(query=query)
    assert case.call_and_validate(headers=headers, checks=CHECKS).status_code == 200


def example_of(path, method):
    """Return the variables and the body that the document gives as examples of an operation."""
    item = openapi_document("1")["paths"][path]
    parameters = [one for one in (*item.get("parameters", ()), *item[method].get("parameters", ())) if "name" in one]
    content = item[method].get("requestBody", {}).get("content", {}).get("application/json", {})
    return {one["name"]: one.get("example") for one in parameters if one["in"] == "path"}, content.get("example")


@pytest.mark.parametrize(("path", "method"), [one for one in OPERATIONS if "{" in one[0]])
def test_examples_are_answered_as_documented(path, method):
    server, headers = asyncio.run(stocked_server())
    variables, body = example_of(path, method)
    given = {} if body is None else {"media_type": "application/json", "body": body}
    case = operation_of(server, path, method).Case(path_parameters=variables, **given)
    assert case.call_and_validate(headers=headers, checks=CHECKS).status_code < 500


def fuzz(path, method, mode, examples):
    server, headers = asyncio.run(stocked_server())

    @hypothesis.seed(20_251_122)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation_of(server, path, method).as_strategy(generation_mode=mode))
    def call(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    call()


def has_negative(path, method, mode):
    """Return whether there is anything to get wrong: some operations take nothing."""
    operation = openapi_document("1")["paths"][path][method]
    return mode is schemathesis.GenerationMode.POSITIVE or "parameters" in operation or "requestBody" in operation


CASES = [(path, method, mode) for path, method in OPERATIONS for mode in MODES if has_negative(path, method, mode)]


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_generated_calls(path, method, mode):
    fuzz(path, method, mode, examples=5)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_many_generated_calls(path, method, mode):
    fuzz(path, method, mode, examples=300)
