"""The buckets of limited actions, as callers see them."""

import msgspec
import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import ClientApiSettings, Scope
from tests.api.client_actions import echoing_server, status_of
from tests.api.server import AccessKeyHolder

pytestmark = pytest.mark.anyio

HEADERS = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "ratelimit-policy"}


@pytest.fixture
async def server(make_server, anyio_backend):
    server = make_server(kind=echoing_server)
    await server.add_tenant("Shop", id="shop", access_key="access-of-shop")
    return server


@pytest.fixture
async def office(server):
    return AccessKeyHolder(server, "access-of-shop")


async def set_buckets(server, **buckets):
    record = await server.tenants.get("shop")
    settings = msgspec.structs.replace(record.settings, client_api=ClientApiSettings(buckets=buckets))
    await server.store.replace_tenant(msgspec.structs.replace(record, settings=settings))


async def test_only_limited_actions_tell_of_limits(office):
    assert not HEADERS & set((await office("echo_back", 1)).headers)
    assert not HEADERS & set((await office("zzz", 1)).headers)
    assert set((await office("echo_slowly", 1)).headers) >= HEADERS


async def test_headers_count_down(office, server):
    told = []
    for _ in range(3):
        headers = (await office("echo_slowly", 1)).headers
        told.append([headers[name] for name in sorted(HEADERS)])
    assert told == [
        ['"echo_slowly";r=39;t=1', '"echo_slowly";q=40;w=20', "40", "39", "1"],
        ['"echo_slowly";r=38;t=1', '"echo_slowly";q=40;w=20', "40", "38", "1"],
        ['"echo_slowly";r=37;t=2', '"echo_slowly";q=40;w=20', "40", "37", "2"],
    ]
    server.clock.time += 1.5
    assert (await office("echo_slowly", 1)).headers["x-ratelimit-remaining"] == "39"


async def test_a_full_bucket_refuses(office, server):
    assert [status_of(await office("echo_slowly", 1))[0] for _ in range(41)] == [100] * 40 + [105]
    refused = await office("echo_slowly", 1)
    assert status_of(refused) == (105, "Rate limit exceeded: try again in 1 s")
    assert refused.json["data"] == []
    assert refused.headers["retry-after"] == "1"
    assert [refused.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["40", "0", "20"]
    assert (await office("echo_slowly", 1, http_errors=1)).status == 429
    server.clock.time += 1
    assert [status_of(await office("echo_slowly", 1))[0] for _ in range(3)] == [100, 100, 105]


async def test_data_of_a_refused_call_is_not_read(office):
    for _ in range(40):
        await office("echo_slowly", 1)
    assert status_of(await office("echo_slowly", "{oops"))[0] == 105
    assert status_of(await office("zzz", "{oops"))[0] == 200


async def test_a_call_that_fails_fills_the_bucket_too(office):
    for remaining in (39, 38):
        answer = await office("echo_slowly", "{oops")
        assert (status_of(answer)[0], answer.headers["x-ratelimit-remaining"]) == (301, str(remaining))


async def test_a_call_without_the_scope_fills_nothing(office, server):
    made = await server.access_keys.create("shop", NewAccessKey(name="k", scopes=(Scope.READ,)))
    answer = await AccessKeyHolder(server, made.secret)("echo_slowly", 1)
    assert status_of(answer)[0] == 103
    assert not HEADERS & set(answer.headers)


async def test_each_key_has_its_own_bucket(office, server):
    other = AccessKeyHolder(server, (await server.access_keys.create("shop", NewAccessKey(name="k"))).secret)
    for _ in range(40):
        await office("echo_slowly", 1)
    assert status_of(await office("echo_slowly", 1))[0] == 105
    assert (await other("echo_slowly", 1)).headers["x-ratelimit-remaining"] == "39"


async def test_a_tenant_may_have_buckets_of_its_own(office, server):
    await set_buckets(server, echo_slowly=Bucket(2, 0.5), echo_back=Bucket(1, 0.1))
    assert [status_of(await office("echo_slowly", 1))[0] for _ in range(3)] == [100, 100, 105]
    assert [status_of(await office("echo_back", 1))[0] for _ in range(2)] == [100, 105]
    refused = await office("echo_back", 1)
    assert (refused.headers["retry-after"], refused.headers["ratelimit-policy"]) == ("10", '"echo_back";q=1;w=10')


async def test_who_obeys_the_headers_is_never_refused(office, server):
    """For a minute: it waits for as long as is told whenever nothing remains."""
    await set_buckets(server, echo_slowly=Bucket(5, 0.7))
    end, calls = server.clock.time + 60, 0
    while server.clock.time < end:
        answer = await office("echo_slowly", 1)
        assert status_of(answer)[0] == 100
        calls += 1
        is_full = answer.headers["x-ratelimit-remaining"] == "0"
        server.clock.time += int(answer.headers["x-ratelimit-reset"]) if is_full else 0.01
    assert calls >= 35


async def test_who_waits_for_retry_after_gets_through(office, server):
    await set_buckets(server, echo_slowly=Bucket(3, 0.3))
    for _ in range(30):
        answer = await office("echo_slowly", 1)
        if status_of(answer)[0] == 105:
            server.clock.time += int(answer.headers["retry-after"])
            assert status_of(await office("echo_slowly", 1))[0] == 100


async def test_who_is_greedy_gets_size_and_leak_times_time(office, server):
    begun, good = server.clock.time, 0
    while server.clock.time <= begun + 60:
        good += status_of(await office("echo_slowly", 1))[0] == 100
        server.clock.time += 0.125
    assert good == 40 + 2 * 60
