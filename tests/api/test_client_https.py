"""The HTTPS rule of the Client API, of the server and of a tenant."""

import msgspec
import pytest

from facetry.domain.tenant import ClientApiSettings, HttpsRule
from tests.api.client_actions import echoing_server, status_of

pytestmark = pytest.mark.anyio

TARGET = "/client/V1/?auth=access-of-shop&action=echo_back&data=1"
PROXY = "198.51.100.7"


@pytest.fixture
def made(make_server, anyio_backend):
    """Return what makes a server with a shop and a rule for HTTPS."""

    async def make(https):
        server = make_server(kind=echoing_server, https=https)
        await server.add_tenant("Shop", id="shop", access_key="access-of-shop")
        return server

    return make


async def code(server, target=TARGET, **options):
    return status_of(await server.call("GET", target, **options))[0]


async def test_plain_calls_are_refused_before_anything_is_looked_at(made):
    server = await made(HttpsRule.AUTO)
    for target in (TARGET, "/client/V1/", "/client/V1?auth=wrong"):
        assert await code(server, target) == 101
    assert await code(server, scheme="https") == 100
    assert await code(server, peer="127.0.0.1") == 100
    assert await code(server, peer=PROXY, headers={"x-forwarded-proto": "https"}) == 100
    assert await code(server, headers={"x-forwarded-proto": "https"}) == 101


async def test_a_refusal_of_plain_http_may_have_a_status(made):
    server = await made(HttpsRule.ALWAYS)
    answer = await server.call("GET", f"{TARGET}&http_errors=1")
    assert (answer.status, status_of(answer)) == (403, (101, "Non HTTPS call: send the call over HTTPS"))


async def test_a_tenant_may_want_https_where_the_server_does_not(made):
    server = await made(HttpsRule.NEVER)
    assert await code(server) == 100
    record = await server.tenants.get("shop")
    own = ClientApiSettings(require_https=HttpsRule.ALWAYS, http_errors=True)
    settings = msgspec.structs.replace(record.settings, client_api=own)
    await server.store.replace_tenant(msgspec.structs.replace(record, settings=settings))
    refused = await server.call("GET", TARGET)
    assert refused.status == 403
    assert status_of(refused) == (101, "Non HTTPS call: send the call over HTTPS, the account wants that")
    assert await code(server, scheme="https") == 100
    assert await code(server, "/client/V1/?auth=wrong") == 102
    plain = await server.call("GET", f"{TARGET}&http_errors=0")
    assert (plain.status, status_of(plain)[0]) == (200, 101)
