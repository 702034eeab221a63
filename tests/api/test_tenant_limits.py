"""How many calls a tenant may make on the Catalog API and on ``/v2``, where an operator limits them."""

import re

import pytest

from facetry.domain.leaky_bucket import Bucket
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.http.tenant_limits import TenantLimits
from tests.api.server import AccessKeyHolder, KeyHolder, SetClock, problem_of, product

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
async def server(make_server, clock, anyio_backend):
    return make_server(limits=TenantLimits(MemoryRateLimiter(clock), Bucket(3, 0.5)))


@pytest.fixture
async def shop(server):
    return (await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop"))[1]


async def test_the_catalog_api_refuses_in_its_own_form(shop, clock):
    assert (await shop.post(product("1"))).headers["ratelimit"] == '"tenant";r=2;t=2'
    assert (await shop.product("1")).status == 200
    assert (await shop.search(q="x")).headers["ratelimit-policy"] == '"tenant";q=3;w=6'
    refused = await shop.post(product("2"))
    assert refused.status == 429
    assert refused.headers["retry-after"] == "2"
    assert refused.json == {
        "success": False,
        "code": "INVALID",
        "message": "Too many calls, try again in 2 s",
        "requestId": refused.headers["x-request-id"],
    }
    clock.time += 2
    assert (await shop.product("2")).json["code"] == "INVALID"


async def test_kept_answers_are_counted_too(shop, server, clock):
    await shop.post(product("1"))
    assert [(await shop.product("1")).status for _ in range(2)] == [200, 200]
    refused = await shop.product("1")
    assert (refused.status, refused.json["message"]) == (
        429,
        "Too many calls, the header RateLimit says when there is room again",
    )
    assert [refused.headers[name] for name in ("ratelimit", "retry-after")] == ['"tenant";r=0;t=6', "2"]
    clock.time += 2
    kept = await shop.product("1")
    assert (kept.status, kept.headers["ratelimit"]) == (200, '"tenant";r=0;t=6')
    assert (await shop.product("1")).status == 429


async def test_v2_refuses_in_its_own_form(shop, server):
    owner = KeyHolder(server, "api-key-of-shop")
    assert [(await owner("GET", f"/v2/search?q={n}")).status for n in range(3)] == [200] * 3
    refused = await owner("GET", "/v2/search?q=x")
    problem = problem_of(refused, 429)
    assert (problem["code"], problem["detail"]) == ("rate_limited", "try again in 2 s")
    assert refused.headers["retry-after"] == "2"
    kept = await owner("GET", "/v2/search?q=0")
    assert problem_of(kept, 429)["code"] == "rate_limited"


async def test_every_route_of_v2_tells_how_full_the_bucket_is(shop, server, clock):
    owner = KeyHolder(server, "api-key-of-shop")
    for route in server.native_routes:
        clock.time += 60
        target = re.sub(r"\{\w+\}", "1", route.template)
        body = {} if route.method in {"POST", "PUT", "PATCH"} else None
        answers = [await owner(route.method, target, body) for _ in range(4)]
        told = [(answer.headers["ratelimit"], answer.headers["ratelimit-policy"]) for answer in answers]
        policy = '"tenant";q=3;w=6'
        # The one that is refused tells that there is room for none, and when for the next one.
        assert told == [(f'"tenant";r={left};t={6 - 2 * left}', policy) for left in (2, 1, 0, 0)], (route, told)
        assert problem_of(answers[3], 429)["code"] == "rate_limited"
        assert ["retry-after" in answer.headers for answer in answers] == [False] * 3 + [True]
    for method, target, status in (("GET", "/v2/nothing", 404), ("DELETE", "/v2/search", 405)):
        answer = await owner(method, target)
        assert (answer.status, "ratelimit" in answer.headers) == (status, False)


async def test_all_credentials_of_a_tenant_fill_one_bucket_and_other_tenants_have_their_own(shop, server):
    owner = KeyHolder(server, "api-key-of-shop")
    front = KeyHolder(server, (await server.tenants.keys("shop")).search_key)
    rival = (await server.add_tenant("Rival"))[1]
    assert (await owner("GET", "/v2/search?q=x")).headers["ratelimit"] == '"tenant";r=2;t=2'
    assert (await front("GET", "/v2/search?q=x")).headers["ratelimit"] == '"tenant";r=1;t=4'
    assert (await shop.search(q="x")).headers["ratelimit"] == '"tenant";r=0;t=6'
    assert (await shop.search(q="x")).status == 429
    assert (await rival.search(q="x")).status == 200


async def test_who_is_not_known_fills_nothing(shop, server):
    for _ in range(5):
        bad = await server.call("GET", "/v2/search?q=x", headers={"authorization": "Bearer nobody"})
        assert (bad.status, "ratelimit" in bad.headers) == (401, False)
        await server.call("GET", "/search/v1/search?q=x", headers={"x-access-token": "nobody"})
    assert (await shop.search(q="x")).headers["ratelimit"] == '"tenant";r=2;t=2'


async def test_logins_and_the_client_api_are_not_counted(shop, server):
    office = AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)
    for _ in range(5):
        login = await server.call("GET", "/admin/v1/customers/login?id=shop&apiKey=api-key-of-shop")
        assert (login.status, "ratelimit" in login.headers) == (200, False)
        answer = await office("product_search", {"sku": "x"})
        assert (answer.json["status"]["code"], "ratelimit" in answer.headers) == (100, False)


async def test_nothing_is_counted_where_nobody_asked_for_it(make_server, anyio_backend):
    server = make_server()
    _, shop = await server.add_tenant("Shop")
    for _ in range(50):
        answer = await shop.search(q="x")
        assert (answer.status, "ratelimit" in answer.headers) == (200, False)
