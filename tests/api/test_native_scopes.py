"""What each kind of key may do on each route of ``/v2``, by the reference that lists them all."""

from __future__ import annotations

import re

import pytest

from facetry.api.native.openapi import openapi_document
from facetry.application.access_keys import NewAccessKey
from facetry.domain.tenant import Scope
from tests.api.server import KeyHolder, problem_of

pytestmark = pytest.mark.anyio

METHODS = ("get", "head", "put", "post", "patch", "delete")
OPERATIONS = [
    (method.upper(), path)
    for path, operations in openapi_document("0.0.0")["paths"].items()
    for method in METHODS
    if method in operations or (method == "head" and "get" in operations)
]
READING_POSTS = {"/v2/search", "/v2/events"}
SHOP_FRONT = {*READING_POSTS, "/v2/suggest"}


def needed(method, path):
    """Return the scope that a call must need."""
    if method in {"GET", "HEAD"} or path in READING_POSTS:
        return Scope.READ
    kind = path.split("/")[2]
    return {"orders": Scope.ORDERS, "clients": Scope.ORDERS, "listings": Scope.LISTINGS}.get(kind, Scope.WRITE)


async def called(holder, method, path):
    """Call an operation with a body that says nothing, on a thing that is not there."""
    body = b"{}" if method in {"PUT", "POST", "PATCH"} else None
    return await holder(method, re.sub(r"\{\w+\}", "1", path), body, headers={"content-type": "application/json"})


async def test_the_reference_lists_every_route_and_no_other(server):
    known = [(route.method, route.template) for route in server.native_routes]
    assert sorted(known) == sorted(one for one in OPERATIONS if one[0] != "HEAD")


@pytest.mark.parametrize("scope", [*Scope])
async def test_a_key_does_what_its_scope_says_and_nothing_else(server, shop, scope):
    key = await server.access_keys.create("shop", NewAccessKey(name="k", scopes=(scope,)))
    holder = KeyHolder(server, key.secret)
    for method, path in OPERATIONS:
        answer, wanted = await called(holder, method, path), needed(method, path)
        assert (answer.status == 403) == (scope is not wanted), (method, path, answer.body)
        if answer.status == 403 and method != "HEAD":
            assert problem_of(answer, 403)["detail"] == f"this key does not have the scope {wanted.value}"


async def test_the_search_key_does_what_shop_fronts_do(front):
    for method, path in OPERATIONS:
        answer = await called(front, method, path)
        assert (answer.status == 403) == (path not in SHOP_FRONT), (method, path, answer.body)


async def test_nobody_does_anything_without_a_key(server, shop):
    for method, path in OPERATIONS:
        answer = await called(KeyHolder(server, "nobody"), method, path)
        assert answer.status in {401, 429}, (method, path, answer.body)
