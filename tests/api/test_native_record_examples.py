"""Every example of the operations on gemstones, listings, orders and clients does what its operation says."""

from __future__ import annotations

import pytest

from facetry.api.native import openapi_records
from facetry.api.native.openapi import openapi_document
from tests.api.server import product

pytestmark = pytest.mark.anyio

ORDER = [
    *("addGemstone", "getGemstone", "listGemstones", "putGemstone", "patchGemstone", "changeGemstoneStock"),
    *("deleteGemstone", "putGemstone", "addListing", "getListing", "listListings", "patchListing", "deleteListing"),
    *("addClient", "getClient", "listClients", "patchClient", "deleteClient"),
    *("addOrder", "getOrder", "listOrders", "patchOrder", "shipOrder"),
]


def operations():
    """Yield operation id, method, path with the examples of its variables, and body, of each operation."""
    for path, item in openapi_records.paths().items():
        variables = {one["name"]: one["example"] for one in item.get("parameters", ())}
        for method, operation in item.items():
            if method != "parameters":
                content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                yield operation["operationId"], (method.upper(), path.format(**variables), content.get("example"))


async def test_they_work_one_after_the_other(owner, shop):
    await shop.post(product("SOL-14K-6", quantity=5))
    calls = dict(operations())
    assert set(calls) == set(ORDER)
    answers = [await owner(*calls[name]) for name in ORDER]
    statuses = dict(zip(ORDER, [answer.status for answer in answers], strict=True))
    new = {"addGemstone", "putGemstone", "addListing", "addClient", "addOrder"}
    gone = {"deleteGemstone", "deleteListing", "deleteClient"}
    assert statuses == {name: 201 if name in new else 204 if name in gone else 200 for name in ORDER}
    order = answers[-1].json
    assert (order["status"], order["total"], len(order["lines"])) == ("shipped", 1155, 2)


async def test_answers_have_what_their_schemas_say(owner, shop):
    schemas = openapi_document("1")["components"]["schemas"]
    await shop.post(product("SOL-14K-6", quantity=5))
    calls = dict(operations())
    for name in ("addGemstone", "addListing", "addClient", "addOrder"):
        answer = (await owner(*calls[name])).json
        schema = schemas[name.removeprefix("add")]
        assert set(schema["required"]) <= set(answer) <= set(schema["properties"]), name
        assert "client" not in schema["properties"]


def test_what_is_written_may_be_null_and_nothing_else_than_there_is():
    made = openapi_records.schemas()
    fields = made["GemstoneFields"]
    assert fields["additionalProperties"] is False
    assert {"type": "null"} in fields["properties"]["shape"]["anyOf"]
    assert made["Gemstone"]["properties"]["shape"] == {"type": "string"}
    assert made["Order"]["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/OrderLine"}
    assert made["OrderFields"]["properties"]["client"]["anyOf"][0] == {"$ref": "#/components/schemas/ClientFields"}
