"""Every read of the Catalog API by the router and by the layer of hot reads: the same status, headers and bytes."""

from __future__ import annotations

import pytest

from tests.api.server import Server, product

pytestmark = pytest.mark.anyio

TARGETS = [
    "/catalog/v1/products/P1",
    "/catalog/v1/products/P1/",
    "/catalog/v1/products/missing",
    "/catalog/v1/products/a%2Fb",
    "/catalog/v1/productgroups/G1",
    "/catalog/v1/productgroups/P1",
    "/catalog/v1/productgroups/missing",
    "/search/v1/search?q=ring",
    "/search/v1/search?q=ring&facets=true",
    "/search/v1/search?facets=true&q=ring&qfield=name&size=3",
    "/search/v1/search?q=nothing",
]
CONDITIONS = [
    {},
    {"accept-encoding": "gzip"},
    {"accept-encoding": "zstd"},
    {"accept-encoding": "gzip;q=0.5, zstd;q=0.1, *;q=0"},
    {"if-none-match": "*"},
    {"if-none-match": '"other"', "accept-encoding": "br"},
]


async def filled(server):
    _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop", label="ffaabbccdd")
    for number in range(1, 13):
        text = "a ring of gold " * 20
        await client.post(product(f"P{number}", group=f"G{number % 3}", description=text, color=f"c{number}"))
    await client.post(product("a/b", group="slash"))
    return client


def without_request_id(given):
    headers = list(given.headers.items())
    assert headers[-1][0] == "x-request-id"
    return given.status, headers[:-1], given.body


def hits(server):
    return server.app._hits._values[0]


@pytest.fixture
async def server(anyio_backend):
    return Server()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_router_and_hot_layer_answer_alike(server, target, method):
    client = await filled(server)
    for condition in CONDITIONS:
        # The cache begins empty, so the first read is the router's and the second the layer's.
        server.app._hot._cache.forget("shop")
        before = hits(server)
        routed = await client(method, target, headers=condition)
        assert hits(server) == before
        kept = [await client(method, target, headers=condition) for _ in range(2)]
        assert hits(server) == before + 2
        for given in kept:
            assert without_request_id(given) == without_request_id(routed), condition


@pytest.mark.parametrize("target", TARGETS)
async def test_a_tag_makes_both_answer_304(server, target):
    client = await filled(server)
    for coding in ("identity", "gzip", "zstd"):
        tag = (await client("GET", target, headers={"accept-encoding": coding})).headers["etag"]
        condition = {"if-none-match": tag, "accept-encoding": coding}
        server.app._hot._cache.forget("shop")
        routed = await client("GET", target, headers=condition)
        kept = await client("GET", target, headers=condition)
        # How long a search took is part of its answer, so only one and the same answer has the same tag.
        if "/search/" not in target:
            assert routed.status == 304
        if routed.status == 304:
            assert without_request_id(kept) == without_request_id(routed)
