"""Generated calls of every operation of the OpenAPI document: no 500, and every answer as documented."""

import asyncio
from urllib.parse import quote

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from facetry.api.catalog import samples
from facetry.api.catalog.openapi import openapi_document
from tests.api.server import Server, product

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (path, method)
    for path, operations in openapi_document("1")["paths"].items()
    for method in operations
    if method != "parameters"
]


async def stocked_server():
    server = Server()
    _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    await client.post(product("1", "1", attributes={"a": 1}, currency="EUR"))
    await client.post(product("0", "0"))
    order = {"orderID": "O", "customerID": "C", "productQuantity": {"1": 1}, "productPrice": {"1": 2}}
    await client("POST", "/order/v1/orders", order)
    return server, client.headers


def asgi(server):
    """Return the server for a caller that knows no raw paths."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await server.app({**scope, "raw_path": quote(scope["path"]).encode()}, receive, send)

    return app


GOOD_CALLS = [
    ("/admin/v1/customers/login", "get", {"query": {"id": "shop", "apiKey": "api-key-of-shop"}}, "token"),
    ("/admin/v1/customers/login", "post", {"body": {"id": "shop", "apiKey": "api-key-of-shop"}}, "token"),
    ("/catalog/v1/products", "post", {"body": product("2", color="Red", attributes={"a": [1]})}, "reponse"),
    ("/catalog/v1/products", "put", {"body": product("1", "2")}, "message"),
    ("/catalog/v1/products/{SKU}", "get", {"path_parameters": {"SKU": "1"}}, "_id"),
    ("/catalog/v1/products/{SKU}", "delete", {"path_parameters": {"SKU": "1"}}, "success"),
    ("/catalog/v1/productgroups/{PGID}", "get", {"path_parameters": {"PGID": "1"}}, "products"),
    ("/catalog/v1/productgroups/{PGID}", "delete", {"path_parameters": {"PGID": "1"}}, "success"),
    ("/order/v1/orders", "post", {"body": samples.ORDER_INPUT | {"productQuantity": {"1": 1}}}, "response"),
    ("/order/v1/orders/{ID}", "get", {"path_parameters": {"ID": "O"}}, "response"),
    ("/order/v1/orders/{ID}", "delete", {"path_parameters": {"ID": "O"}}, "response"),
    ("/order/v1/orders/customers/{CID}", "get", {"path_parameters": {"CID": "C"}}, "response"),
    ("/order/v1/orders/customer/{CID}", "delete", {"path_parameters": {"CID": "C"}}, "response"),
    (
        "/order/v1/orders/{ID}/updatestatus/{STATUS}",
        "put",
        {"path_parameters": {"ID": "O", "STATUS": "SHIPPED"}},
        "response",
    ),
    ("/search/v1/search", "get", {"query": {"q": "ring", "facets": "true", "debug": "true"}}, "debug"),
]


@pytest.mark.parametrize(("path", "method", "parts", "key"), GOOD_CALLS, ids=lambda part: str(part)[:30])
def test_good_calls_answer_as_documented(path, method, parts, key):
    server, token = asyncio.run(stocked_server())
    operation = schemathesis.openapi.from_asgi("/docs/openapi.json", asgi(server))[path][method]
    media_type = "application/json" if "body" in parts else None
    reply = operation.Case(media_type=media_type, **parts).call_and_validate(headers=token, checks=CHECKS)
    assert reply.json().get("success", True) is True
    assert key in reply.json()


def fuzz(path, method, mode, examples):
    server, token = asyncio.run(stocked_server())
    operation = schemathesis.openapi.from_asgi("/docs/openapi.json", asgi(server))[path][method]

    @hypothesis.seed(20_251_122)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        case.call_and_validate(headers=token, checks=CHECKS)

    call()


MODES = list(schemathesis.GenerationMode)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_generated_calls(path, method, mode):
    fuzz(path, method, mode, examples=8)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_many_generated_calls(path, method, mode):
    fuzz(path, method, mode, examples=300)
