"""The documentation page: complete without any other server, and in step with the routes."""

import re

import pytest

from facetry.api.catalog.openapi import openapi_document
from facetry.api.catalog.rules import PRODUCT_FIELDS
from facetry.api.native.openapi import openapi_document as native_document
from facetry.api.native.problems import KINDS
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.requests.search import KEYS
from facetry.domain.search.rules import SearchRules
from tests.api.server import product

pytestmark = pytest.mark.anyio


async def test_the_page_and_everything_it_asks_for(server):
    page = await server.call("GET", "/docs")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
    assert sorted(set(wanted)) == [
        "/docs",
        "/docs/client",
        "/docs/static/page.js",
        "/docs/static/swagger-ui-5.35.0/swagger-ui-bundle.js",
        "/docs/static/swagger-ui-5.35.0/swagger-ui.css",
        "/docs?api=v2",
        "data:,",
    ]
    for path in wanted[1:]:
        reply = await server.call("GET", path)
        assert (reply.status, reply.headers["x-content-type-options"]) == (200, "nosniff")
        kept_for_good = "immutable" in reply.headers["cache-control"]
        assert kept_for_good == ("swagger-ui" in path)
    script = (await server.call("GET", "/docs/static/page.js")).body
    assert b"/docs/openapi.json" in script
    assert b"/docs/v2.json" in script


async def test_the_page_may_not_reach_out(server):
    policy = (await server.call("GET", "/docs")).headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "http" not in policy


async def test_the_document(server):
    reply = await server.call("GET", "/docs/openapi.json")
    assert reply.headers["content-type"] == "application/json"
    assert reply.json == openapi_document("0.0.0")
    assert reply.json["openapi"] == "3.1.0"
    properties = reply.json["components"]["schemas"]["ProductInput"]["properties"]
    assert list(properties) == [field.name for field in PRODUCT_FIELDS]


async def test_the_document_of_v2(server):
    reply = await server.call("GET", "/docs/v2.json")
    assert reply.json == native_document("0.0.0")
    assert reply.json["openapi"] == "3.1.0"
    schemas = reply.json["components"]["schemas"]
    assert set(schemas["Search"]["properties"]) == KEYS
    assert list(schemas["Rules"]["properties"]) == list(SearchRules.__struct_fields__)
    assert list(schemas["AttributeDefinition"]["properties"]) == list(AttributeDefinition.__struct_fields__)
    assert set(reply.json["components"]["responses"]) >= {f"Problem{kind.status}" for kind in KINDS.values()}


async def test_there_is_nothing_else(server):
    for path in ("/docs/static", "/docs/static/vendor/README.md", "/docs/static/..%2Froutes.py", "/docs/x"):
        assert (await server.call("GET", path)).status == 404


def refs(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from refs(part)


@pytest.mark.parametrize("document", [openapi_document("1"), native_document("1")])
async def test_every_reference_leads_somewhere(document):
    targets = set(refs(document))
    assert targets
    for target in targets:
        _, part, kind, name = target.split("/")
        assert name in document[part][kind]


@pytest.mark.parametrize("document", [openapi_document("1"), native_document("1")])
async def test_every_operation_is_routed_and_every_route_documented(server, shop, document):
    """A method of a path is documented exactly where the path takes it."""
    await shop.post(product("1"))
    for path, operations in document["paths"].items():
        reply = await shop("TRACE", path.replace("{SKU}", "1").replace("{PGID}", "1").replace("{STATUS}", "SHIPPED"))
        documented = {method.upper() for method in operations} - {"PARAMETERS"}
        assert set(reply.headers["allow"].split(", ")) - {"HEAD"} == documented
