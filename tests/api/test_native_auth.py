"""Who is let into ``/v2``, and what a key may do there."""

from __future__ import annotations

import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.application.tenants import NewTenant, Rotation
from facetry.domain.tenant import Scope
from tests.api.server import KeyHolder, problem_of, product

pytestmark = pytest.mark.anyio

SEARCH = "/v2/search?limit=0"
OF_THE_OWNER = [
    ("GET", "/v2/settings/search"),
    ("PUT", "/v2/settings/search"),
    ("GET", "/v2/settings/attributes"),
    ("PUT", "/v2/settings/attributes"),
    ("GET", "/v2/attributes"),
]
SOME_BODY = {"attributes": []}


async def status(server, headers):
    return (await server.call("GET", SEARCH, headers=headers)).status


async def test_every_key_of_a_tenant_and_its_token_may_search(server, shop):
    keys = await server.tenants.keys("shop")
    for key in (keys.api_key, keys.access_key, keys.search_key, shop.headers["x-access-token"]):
        assert await status(server, {"authorization": f"Bearer {key}"}) == 200
        assert await status(server, {"authorization": f"bearer   {key} "}) == 200
    assert await status(server, shop.headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer  "},
        {"authorization": "Basic c2hvcDphcGkta2V5LW9mLXNob3A="},
        {"authorization": "api-key-of-shop"},
    ],
)
async def test_without_a_key_nobody_comes_in(server, shop, headers):
    answer = await server.call("GET", SEARCH, headers=headers)
    problem = problem_of(answer, 401)
    assert problem["code"] == "not_authenticated"
    assert problem["detail"] == "there is no key; send one as Authorization: Bearer KEY"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "key", ["wrong", "api-key-of-shop2", "API-KEY-OF-SHOP", "shop", "é", "a.b.c", "x" * 5000, "\x7f", "a b"]
)
async def test_a_wrong_key_is_refused_and_not_repeated(server, shop, key):
    answer = await server.call("GET", SEARCH, headers={"authorization": f"Bearer {key}"})
    assert problem_of(answer, 401)["detail"] == "the key or token is not valid, or not any more"
    assert key.encode() not in answer.body or key in {"shop", "a b"}
    assert await status(server, {"x-access-token": key}) == 401


async def test_a_key_as_token_header_is_a_key_too(server, shop):
    assert await status(server, {"x-access-token": "api-key-of-shop"}) == 200


async def test_the_token_header_counts_before_the_key_beside_it(server, shop, rival):
    await shop.post(product("S1", "S"))
    both = {**rival.headers, "authorization": "Bearer api-key-of-shop"}
    for _ in range(3):
        answer = await server.call("GET", SEARCH, headers=both)
        assert answer.json["total"] == 0
    both = {"x-access-token": "wrong", "authorization": "Bearer api-key-of-shop"}
    assert await status(server, both) == 401


@pytest.mark.parametrize(("method", "path"), OF_THE_OWNER)
async def test_the_search_key_may_only_search(owner, front, method, path):
    before = await owner("GET", "/v2/settings/search")
    problem = problem_of(await front(method, path, SOME_BODY if method == "PUT" else None), 403)
    assert (problem["code"], problem["detail"]) == ("not_permitted", "this key may only search")
    assert await owner("GET", "/v2/settings/search") == before._replace(headers={**before.headers, **_id_of(problem)})


def _id_of(problem):
    """Return the header of the request that follows the problem's."""
    number = int(problem["request_id"], 16) + 1
    return {"x-request-id": f"{number:032x}"}


async def test_no_key_opens_the_catalog_api(server, shop):
    await shop.post(product("S1", "S"))
    keys = await server.tenants.keys("shop")
    targets = ["/catalog/v1/products/S1", "/search/v1/search?q=ring"]
    for target in targets:
        for _ in range(2):
            assert (await shop("GET", target)).status == 200
        for key in (keys.api_key, keys.access_key, keys.search_key):
            holder = KeyHolder(server, key)
            await holder.search()
            for answer in (
                await holder("GET", target),
                await server.call("GET", target, headers={"x-access-token": key}),
            ):
                assert answer.json["apiResponseKeySuccess"] is False


async def test_what_was_kept_for_one_caller_is_not_given_to_another(server, shop, owner, front):
    await shop.post(product("S1", "S", active=False))
    await shop.post(product("S2", "S"))
    for _ in range(3):
        assert (await shop("GET", SEARCH)).json["total_products"] == 2
        assert (await owner("GET", SEARCH)).json["total_products"] == 2
        assert (await front("GET", SEARCH)).json["total_products"] == 1
        assert (await KeyHolder(server, "wrong")("GET", SEARCH)).status == 401


@pytest.mark.parametrize(
    ("what", "ended"),
    [
        (Rotation.API_KEY, {"api_key", "token"}),
        (Rotation.ACCESS_KEY, {"access_key"}),
        (Rotation.SEARCH_KEY, {"search_key"}),
        (Rotation.TOKEN_KEYS, set()),
    ],
)
async def test_a_replaced_key_ends_at_once(server, shop, what, ended):
    keys = await server.tenants.keys("shop")
    holders = {name: KeyHolder(server, getattr(keys, name)) for name in ("api_key", "access_key", "search_key")}
    holders["token"] = KeyHolder(server, shop.headers["x-access-token"])
    for holder in holders.values():
        for _ in range(2):
            assert (await holder("GET", SEARCH)).status == 200
    await server.tenants.rotate("shop", [what])
    after = {name: (await holder("GET", SEARCH)).status for name, holder in holders.items()}
    assert after == {name: 401 if name in ended else 200 for name in holders}
    again = await server.tenants.keys("shop")
    for key in (again.api_key, again.access_key, again.search_key):
        assert (await KeyHolder(server, key)("GET", SEARCH)).status == 200


async def test_keys_of_a_disabled_tenant_end_at_once_and_come_back(server, owner, front):
    for active, expected in ((True, 200), (False, 401), (True, 200)):
        await server.tenants.set_active("shop", active=active)
        for holder in (owner, front):
            assert (await holder("GET", SEARCH)).status == expected


async def test_keys_of_a_deleted_tenant_do_not_open_its_successor(server, shop, owner, front):
    assert (await owner("GET", SEARCH)).status == (await front("GET", SEARCH)).status == 200
    await server.tenants.delete("shop")
    assert (await owner("GET", SEARCH)).status == (await front("GET", SEARCH)).status == 401
    await server.tenants.create(NewTenant(name="Heir", id="shop", api_key="another-api-key"))
    assert (await owner("GET", SEARCH)).status == (await front("GET", SEARCH)).status == 401
    assert (await KeyHolder(server, "another-api-key")("GET", SEARCH)).status == 200


async def test_nobody_may_guess_for_long(server, owner):
    assert [(await owner("GET", SEARCH)).status for _ in range(2)] == [200, 200]
    answers = [await KeyHolder(server, f"guess-{n}")("GET", SEARCH) for n in range(301)]
    assert [answer.status for answer in answers] == [401] * 300 + [429]
    problem = problem_of(answers[-1], 429)
    assert problem["detail"] == "too many failed attempts, try again in 1 s"
    assert answers[-1].headers["retry-after"] == "1"
    # Who was known before is let in all the same.
    assert (await owner("GET", SEARCH)).status == 200
    server.clock.time += 0.2
    assert [(await KeyHolder(server, "guess")("GET", SEARCH)).status for _ in range(3)] == [401, 401, 429]


async def test_a_known_key_is_not_looked_up_again(server, shop, owner, front):
    for _ in range(2):
        assert (await owner("GET", SEARCH)).status == (await front("GET", SEARCH)).status == 200
    asked = []
    by_key = server.store.tenant_by_key

    async def counting(digest):
        asked.append(digest)
        return await by_key(digest)

    server.store.tenant_by_key = counting
    for _ in range(5):
        assert (await owner("GET", SEARCH)).status == (await front("GET", SEARCH)).status == 200
        await shop.post(product("S1", "S"))
    assert asked == []


async def test_a_key_is_verified_anew_where_its_tenant_changes_meanwhile(server, shop):
    by_key = server.tenants.by_key
    pending = [Rotation.ACCESS_KEY]

    async def with_a_change_after(key):
        found = await by_key(key)
        if pending:
            await server.tenants.rotate("shop", [pending.pop()])
        return found

    server.tenants.by_key = with_a_change_after
    keys = await server.tenants.keys("shop")
    assert (await KeyHolder(server, keys.access_key)("GET", SEARCH)).status == 401


SCOPED = [
    (Scope.READ, "GET", "/v2/settings/search", 200),
    (Scope.READ, "GET", SEARCH, 200),
    (Scope.READ, "PUT", "/v2/settings/attributes", 403),
    (Scope.WRITE, "PUT", "/v2/settings/attributes", 200),
    (Scope.WRITE, "GET", "/v2/settings/search", 403),
    (Scope.ORDERS, "GET", SEARCH, 403),
]


@pytest.mark.parametrize(("scope", "method", "path", "expected"), SCOPED)
async def test_an_access_key_may_do_what_its_scopes_say(server, shop, owner, scope, method, path, expected):
    key = (await server.access_keys.create("shop", NewAccessKey(name="k", scopes=(scope,)))).secret
    for _ in range(2):
        # What is kept for those who may is not for those who may not.
        assert (await owner("GET", SEARCH)).status == 200
        answer = await KeyHolder(server, key)(method, path, SOME_BODY if method == "PUT" else None)
        assert answer.status == expected
    if expected == 403:
        missing = {"GET": "read", "PUT": "write"}[method]
        assert problem_of(answer, 403)["detail"] == f"this key does not have the scope {missing}"


async def test_an_access_key_ends_when_it_expires_or_is_disabled(server, shop):
    made = await server.access_keys.create("shop", NewAccessKey(name="k", expires=server.clock.time + 60))
    holder = KeyHolder(server, made.secret)
    assert (await holder("GET", SEARCH)).status == 200
    for disabled, expected in ((True, 401), (False, 200)):
        await server.access_keys.set_disabled("shop", made.key.id, disabled=disabled)
        assert (await holder("GET", SEARCH)).status == expected
    server.clock.time += 60
    assert (await holder("GET", SEARCH)).status == 401


async def test_the_use_of_an_access_key_is_noted(server, shop):
    made = await server.access_keys.create("shop", NewAccessKey(name="k"))
    server.clock.time += 50
    await KeyHolder(server, made.secret)("GET", "/v2/settings/search")
    assert [shown.last_used for shown in await server.access_keys.list("shop")] == [None, server.clock.time]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v2/search", "GET, HEAD, POST"),
        ("POST", "/v2/settings/search", "GET, HEAD, PUT"),
        ("OPTIONS", "/v2/attributes", "GET, HEAD"),
    ],
)
async def test_a_path_says_which_methods_it_takes(owner, method, path, allow):
    answer = await owner(method, path)
    assert (problem_of(answer, 405)["code"], answer.headers["allow"]) == ("method_not_allowed", allow)
