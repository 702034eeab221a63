"""Access keys of the Client API: scopes, ends, rotation, guesses, and what other surfaces make of them."""

import json

import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.application.tenants import Rotation
from facetry.domain.tenant import Scope
from tests.api.client_actions import echoing_server, status_of
from tests.api.server import AccessKeyHolder

pytestmark = pytest.mark.anyio

NOT_VALID = (102, "Authentication Failed: the access key is not valid, or not any more")
DISABLED = (103, "Unauthorized Request: the access key is disabled")
INACTIVE = (103, "Unauthorized Request: the account is not active")


@pytest.fixture
async def server(make_server, anyio_backend):
    server = make_server(kind=echoing_server)
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop", access_key="access-of-shop")
    return server


async def status(server, key, action="echo_back", **options):
    return status_of(await AccessKeyHolder(server, key)(action, 1, **options))


async def test_only_access_keys_open_the_client_api(server):
    keys = await server.tenants.keys("shop")
    assert await status(server, keys.access_key) == (100, "OK")
    for key in (keys.api_key, keys.search_key, "nobody's", "x" * 5000, "é"):
        headers = {"content-type": "application/json"}
        body = b'{"action":"echo_back","auth":' + json.dumps(key).encode() + b"}"
        assert status_of(await server.call("POST", "/client/V1", headers=headers, body=body)) == NOT_VALID


async def test_a_key_may_do_what_its_scopes_say(server):
    for scopes, allowed in [
        ((Scope.READ,), {"echo_back"}),
        ((Scope.WRITE,), {"echo_needed_data"}),
        ((Scope.LISTINGS, Scope.READ), {"echo_back", "echo_nothing", "echo_slowly"}),
        ((Scope.ORDERS,), set()),
    ]:
        key = (await server.access_keys.create("shop", NewAccessKey(name="k", scopes=scopes))).secret
        for action in ("echo_back", "echo_needed_data", "echo_nothing", "echo_slowly"):
            code, message = await status(server, key, action)
            assert (code == 100) is (action in allowed)
            if code != 100:
                assert code == 103
                assert message.startswith("Unauthorized Request: the access key lacks the scope ")
        assert (await status(server, key, "zzz"))[0] == 200


async def test_a_key_ends_at_its_time(server):
    end = server.clock.time + 100
    key = (await server.access_keys.create("shop", NewAccessKey(name="k", expires=end))).secret
    server.clock.time = end - 0.5
    assert await status(server, key) == (100, "OK")
    server.clock.time = end
    assert await status(server, key) == NOT_VALID


async def test_a_disabled_key_is_told_apart_from_an_unknown_one(server):
    made = await server.access_keys.create("shop", NewAccessKey(name="k"))
    for key_id, secret in [(made.key.id, made.secret), ("main", "access-of-shop")]:
        assert await status(server, secret) == (100, "OK")
        await server.access_keys.set_disabled("shop", key_id, disabled=True)
        assert await status(server, secret) == DISABLED
        await server.access_keys.set_disabled("shop", key_id, disabled=False)
        assert await status(server, secret) == (100, "OK")
    await server.access_keys.delete("shop", made.key.id)
    assert await status(server, made.secret) == NOT_VALID


async def test_keys_of_a_tenant_that_is_not_active(server):
    assert await status(server, "access-of-shop") == (100, "OK")
    await server.tenants.set_active("shop", active=False)
    assert await status(server, "access-of-shop") == INACTIVE
    await server.tenants.set_active("shop", active=True)
    assert await status(server, "access-of-shop") == (100, "OK")
    await server.tenants.delete("shop")
    assert await status(server, "access-of-shop") == NOT_VALID


async def test_both_secrets_are_good_while_a_rotation_overlaps(server):
    for key_id, old in [
        ("main", "access-of-shop"),
        *[(made.key.id, made.secret) for made in [await server.access_keys.create("shop", NewAccessKey(name="k"))]],
    ]:
        new = (await server.access_keys.rotate("shop", key_id, overlap_seconds=3600)).secret
        assert [await status(server, key) for key in (old, new)] == [(100, "OK")] * 2
        server.clock.time += 3600
        assert [await status(server, key) for key in (old, new)] == [NOT_VALID, (100, "OK")]


async def test_without_an_overlap_the_old_secret_ends_at_once(server):
    assert await status(server, "access-of-shop") == (100, "OK")
    new = (await server.access_keys.rotate("shop", "main")).secret
    assert [await status(server, key) for key in ("access-of-shop", new)] == [NOT_VALID, (100, "OK")]
    newer = (await server.tenants.rotate("shop", [Rotation.ACCESS_KEY])).access_key
    assert [await status(server, key) for key in (new, newer)] == [NOT_VALID, (100, "OK")]


async def test_no_header_is_taken_for_a_key_that_was_good_before(server):
    scoped = (await server.access_keys.create("shop", NewAccessKey(name="k"))).secret
    assert await status(server, scoped) == (100, "OK")
    refused = await server.call("GET", "/v2/search?q=x", headers={"authorization": f"\naccess {scoped}"})
    assert refused.status == 401


async def test_the_last_use_is_known(server):
    made = await server.access_keys.create("shop", NewAccessKey(name="k"))
    assert made.last_used is None
    server.clock.time += 50
    await status(server, made.secret)
    await status(server, made.secret, "zzz")
    assert [shown.last_used for shown in await server.access_keys.list("shop")] == [None, server.clock.time]


async def test_a_use_by_an_earlier_tenant_of_the_same_name_is_not_told(server):
    await status(server, "access-of-shop")
    assert [shown.last_used for shown in await server.access_keys.list("shop")] == [server.clock.time]
    await server.tenants.delete("shop")
    server.clock.time += 50
    await server.add_tenant("Shop", id="shop")
    assert [shown.last_used for shown in await server.access_keys.list("shop")] == [None]


async def test_nobody_may_guess_for_long(server):
    made = await server.access_keys.create("shop", NewAccessKey(name="k"))
    assert await status(server, "access-of-shop") == (100, "OK")
    codes = [(await status(server, f"guess {number}")) for number in range(301)]
    assert codes[:300] == [NOT_VALID] * 300
    assert codes[300] == (102, "Authentication Failed: too many failed attempts, try again in 1 s")
    refused = await AccessKeyHolder(server, made.secret)("echo_back", 1)
    assert (status_of(refused)[0], refused.headers["retry-after"]) == (102, "1")
    assert await status(server, "access-of-shop") == (100, "OK"), "a key that was good before is let in"
    server.clock.time += 1
    assert await status(server, made.secret) == (100, "OK")


async def test_behind_a_proxy_guesses_hold_up_only_who_guesses(server):
    made = await server.access_keys.create("shop", NewAccessKey(name="k"))

    async def told(key, address):
        headers = {"content-type": "application/json", "x-forwarded-for": f"203.0.113.5, {address}"}
        body = json.dumps({"action": "echo_back", "auth": key, "data": 1}).encode()
        return status_of(await server.call("POST", "/client/V1", headers=headers, body=body, peer="198.51.100.7"))

    codes = [await told(f"guess {number}", "192.0.2.66") for number in range(301)]
    assert [code == NOT_VALID for code in codes] == [True] * 300 + [False]
    assert (await told(made.secret, "192.0.2.66"))[0] == 102
    assert await told(made.secret, "192.0.2.77") == (100, "OK")


async def test_a_known_key_is_not_looked_up_again(server):
    assert await status(server, "access-of-shop") == (100, "OK")
    looked_up = []
    find = server.store.tenant_by_key

    async def counting(digest):
        looked_up.append(digest)
        return await find(digest)

    server.store.tenant_by_key = counting
    assert [await status(server, "access-of-shop") for _ in range(5)] == [(100, "OK")] * 5
    assert looked_up == []


async def test_a_key_is_verified_anew_where_its_tenant_changes_meanwhile(server):
    find = server.store.tenant_by_key
    changes = [False, True]

    async def changing(digest):
        found = await find(digest)
        if changes:
            await server.tenants.set_active("shop", active=changes.pop(0))
        return found

    server.store.tenant_by_key = changing
    assert await status(server, "access-of-shop") == (100, "OK")
    assert changes == []


async def test_tenants_do_not_share_keys(server):
    await server.add_tenant("Rival", id="rival", access_key="access-of-rival")
    for _ in range(2):
        for key in ("access-of-shop", "access-of-rival"):
            assert await status(server, key) == (100, "OK")
    shown = {tenant: [one.secret for one in await server.access_keys.list(tenant)] for tenant in ("shop", "rival")}
    assert shown == {"shop": ["access-of-shop"], "rival": ["access-of-rival"]}
