"""The Client API as a process assembles it from its settings."""

import pytest

from facetry.application.gemstones import Gemstones
from facetry.application.records import Records
from facetry.bootstrap.client_api import open_client_api, tenant_bucket
from facetry.bootstrap.service import open_service
from facetry.domain.errors import SettingError
from facetry.domain.leaky_bucket import Bucket
from facetry.http.verified import VerifiedTokens
from facetry.settings import Settings

pytestmark = pytest.mark.anyio


async def opened(**wish):
    settings = Settings(store="memory:", search="memory:", **wish)
    async with open_service(settings) as service:
        return open_client_api(
            service, VerifiedTokens(service.clock), service.limiter, Gemstones(Records(service.store), service.relay)
        )


async def test_limits_of_the_settings_are_documented(anyio_backend):
    page = (await opened(client_api_limits=("product_search=7/0.5",))).page
    assert "scope: <code>read</code>; limited: 7 calls at once, then 0.5 a second" in page
    assert "limited: 7 calls" not in (await opened()).page


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (
            {"client_api_limits": ("product_serch=1/1",)},
            "setting client_api_limits: there is no action 'product_serch'; did you mean product_search",
        ),
        (
            {"trusted_proxies": ("a.example",)},
            "setting trusted_proxies must be addresses or networks, 'a.example' is none",
        ),
    ],
)
async def test_settings_that_cannot_be_used(wish, message, anyio_backend):
    with pytest.raises(SettingError) as refused:
        await opened(**wish)
    assert refused.value.message.startswith(message)


def test_the_bucket_of_a_tenant():
    assert tenant_bucket(Settings(tenant_limit="2000/500")) == Bucket(2000, 500.0)
