import pytest

from facetry.application.client_limits import DEFAULT_BUCKET, ClientLimits
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import ClientApiSettings
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.testing.rate_limiter import SetClock

SERVER, OWN = Bucket(10, 1.0), Bucket(2, 0.5)
NOTHING_SET = ClientApiSettings()


@pytest.fixture
def limits():
    return ClientLimits(MemoryRateLimiter(SetClock()), {"product_sold": SERVER}, ["product_update_listings"])


def test_a_tenants_own_bucket_counts_before_the_servers(limits):
    own = ClientApiSettings(buckets={"product_sold": OWN, "order_search": OWN})
    assert limits.bucket(NOTHING_SET, "product_sold") == SERVER
    assert limits.bucket(NOTHING_SET, "product_update_listings") == DEFAULT_BUCKET
    assert limits.bucket(NOTHING_SET, "order_search") is None
    assert limits.bucket(own, "product_sold") == limits.bucket(own, "order_search") == OWN


@pytest.mark.anyio
async def test_levels_are_those_of_each_key_and_to_look_fills_nothing(limits):
    own = ClientApiSettings(buckets={"order_search": OWN})
    for _ in range(3):
        await limits.take("t", "main", "product_sold", SERVER)
    for _ in range(2):
        found = await limits.levels("t", own, "main")
    assert [(one.name, one.bucket, one.used) for one in found] == [
        ("order_search", OWN, 0),
        ("product_sold", SERVER, 3),
        ("product_update_listings", DEFAULT_BUCKET, 0),
    ]
    assert [one.used for one in await limits.levels("t", own, "other")] == [0, 0, 0]
    assert [one.used for one in await limits.levels("other", NOTHING_SET, "main")] == [0, 0]
