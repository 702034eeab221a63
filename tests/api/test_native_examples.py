"""Every example of products and groups in the OpenAPI document of ``/v2`` does what its operation says."""

from __future__ import annotations

import re

import pytest

from facetry.api.native.openapi_products import paths
from tests.support import ROOT

pytestmark = pytest.mark.anyio

METHODS = ("put", "get", "patch", "post", "delete")
ORDER = [
    *("putProduct", "getProduct", "getProductById", "listProducts", "listGroups", "getGroup", "patchProduct"),
    *("changeStock", "deleteProduct", "putProduct", "deleteGroup"),
]


def operations():
    """Yield operation id, method, path with the examples of its variables, and body, of each operation."""
    for path, item in paths().items():
        variables = {one["name"]: one["example"] for one in item.get("parameters", ())}
        for method in METHODS:
            operation = item.get(method)
            if operation is not None:
                content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                yield operation["operationId"], (method.upper(), path.format(**variables), content.get("example"))


async def test_they_work_one_after_the_other(owner):
    calls = dict(operations())
    assert set(calls) == set(ORDER)
    statuses = []
    for name in ORDER:
        method, target, body = calls[name]
        if name == "putProduct" and statuses:
            target = target.replace("SOL-14K-6", "another")
        answer = await owner(method, target, body)
        assert answer.status in {200, 201, 204}, (name, answer.body)
        statuses.append(answer.status)
    assert (statuses.count(201), statuses.count(204)) == (2, 1)


async def test_the_product_of_the_reference_is_stored_as_it_stands_there(owner):
    text = (ROOT / "docs" / "native-api.md").read_text("utf-8")
    example = next(block for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL) if '"variation"' in block)
    parent = {"name": "Solitaire 14k", "group_id": "SOL"}
    assert (await owner("PUT", "/v2/products/SOL-14K", parent)).status == 201
    answer = await owner("PUT", "/v2/products/SOL-14K-6", example.replace('"id": 17, ', "").encode())
    assert answer.status == 201
    shown = answer.json
    assert shown["variation"] == {"parent": "SOL-14K", "field": "size", "value": "6"}
    assert (shown["metals"][0]["purity"], shown["price"], shown["gemstones"][0]["code"]) == (585, 1100, "D-1007")
