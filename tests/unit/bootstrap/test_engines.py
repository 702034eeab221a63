import sys
from contextlib import AsyncExitStack

import pytest

from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Tenants
from facetry.bootstrap import indexes
from facetry.bootstrap.caches import open_messenger, open_rate_limiter
from facetry.bootstrap.engine_urls import calls_at_once, group_limit
from facetry.bootstrap.indexes import index_check, open_index
from facetry.bootstrap.master_key import open_vault
from facetry.bootstrap.service import open_service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.errors import SettingError, StoreBusyError
from facetry.engines.mapped.rate_limiter import MappedRateLimiter
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.engines.memory.shared_marks import NoMarks
from facetry.settings import Settings
from tests.unit.application.shop import SetClock

pytestmark = pytest.mark.anyio

SHARED = "mongodb://u:secret@127.0.0.1:1/db"


async def test_each_process_with_an_index_of_its_own_has_a_folder(tmp_path, anyio_backend, monkeypatch):
    settings = Settings(store=SHARED, data=tmp_path / "data")
    monkeypatch.setattr(indexes, "MOST_INDEXES", 2)
    async with AsyncExitStack() as first:
        await open_index(settings, StoreRole.PEER, first, is_searched=True)
        async with AsyncExitStack() as second:
            await open_index(settings, StoreRole.PEER, second, is_searched=True)
            async with AsyncExitStack() as third:
                with pytest.raises(StoreBusyError, match="2 processes have an index"):
                    await open_index(settings, StoreRole.PEER, third, is_searched=True)
        async with AsyncExitStack() as again:
            await open_index(settings, StoreRole.PEER, again, is_searched=True)
    names = {file.name for file in settings.data.iterdir() if file.name.endswith(".lock")}
    assert names == {"index.lock", "index-1.lock"}
    assert settings.data.stat().st_mode & 0o077 == 0


async def test_who_does_not_search_needs_no_folder(tmp_path, anyio_backend):
    async with AsyncExitStack() as stack:
        settings = Settings(store=SHARED, data=tmp_path / "data")
        index = await open_index(settings, StoreRole.PEER, stack, is_searched=False)
        assert type(index) is MemorySearchIndex
    assert not settings.data.exists()
    assert await index_check(settings)("t") == ()


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        ({"store": "memory:"}, MemoryRateLimiter),
        ({"store": SHARED}, MemoryRateLimiter),
        ({"store": SHARED, "workers": 2}, MappedRateLimiter),
        ({}, MappedRateLimiter),
    ],
)
async def test_buckets_lie_where_several_processes_need_them(tmp_path, wish, kind, anyio_backend):
    limiter = open_rate_limiter(Settings(data=tmp_path, **wish), SetClock())
    assert type(limiter) is kind
    await limiter.close()
    assert [file.name for file in tmp_path.iterdir()] == (["buckets"] if kind is MappedRateLimiter else [])


async def test_without_a_cache_server_nothing_is_told(tmp_path, anyio_backend):
    async with AsyncExitStack() as stack:
        assert type(open_messenger(Settings(data=tmp_path), stack).marks) is NoMarks


@pytest.mark.parametrize(
    ("wish", "driver", "told"),
    [
        ({"store": SHARED}, "facetry.engines.mongodb.opening", "setting store: mongodb needs the extra scale-out"),
        (
            {"search": "opensearch://a"},
            "facetry.engines.opensearch.opening",
            "setting search: opensearch needs the extra scale-out",
        ),
        (
            {"search": "elasticsearch://a"},
            "facetry.engines.elasticsearch.opening",
            "setting search: elasticsearch needs the extra scale-out",
        ),
        ({"cache": "redis://a"}, "facetry.engines.redis.opening", "setting cache: redis needs the extra scale-out"),
    ],
)
async def test_a_driver_that_is_not_installed_is_named(tmp_path, monkeypatch, wish, driver, told, anyio_backend):
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(SettingError) as refused:
        async with open_service(Settings(data=tmp_path, **wish)):
            pass
    assert refused.value.message == f"{told}: pip install 'facetry[scale-out]'"


async def test_an_address_that_says_none_is_told(tmp_path, anyio_backend):
    with pytest.raises(SettingError, match=r"^setting search must be like opensearch://host:9200/facetry$"):
        async with open_service(Settings(data=tmp_path, search="opensearch://")):
            pass


@pytest.mark.parametrize(
    ("wish", "limit"),
    [
        ({}, 0),
        ({"search": "opensearch://a"}, 5000),
        ({"search": "elasticsearch://a", "max_group_products": 0}, 0),
        ({"max_group_products": 7}, 7),
    ],
)
def test_how_many_products_a_group_may_have(wish, limit):
    assert group_limit(Settings(**wish)) == limit


@pytest.mark.parametrize(
    ("wish", "calls"),
    [
        ({}, 4),
        ({"search": "memory:"}, 4),
        ({"search": "opensearch://one:9200"}, 64),
        ({"store": "mongodb://one/x"}, 64),
    ],
)
def test_calls_that_wait_for_others_need_less_of_this_process(wish, calls):
    assert calls_at_once(Settings(**wish)) == calls


async def test_the_key_that_a_store_keeps_has_to_fit(anyio_backend):
    keys = [bytes(32), b"x" * 32]

    async def kept():
        return keys[0]

    store = MemoryCatalogStore()
    vault = await open_vault(Settings(store=SHARED), store, kept)
    await Tenants(store, vault, SetClock()).create(NewTenant(name="Shop", id="t"))
    sealed = (await store.tenant("t")).api_key_sealed
    assert (await open_vault(Settings(store=SHARED), store, kept)).open(sealed) == Vault(keys[0]).open(sealed)
    keys.reverse()
    told = r"the master key is not the one that the keys in mongodb://\*\*\*@127.0.0.1:1/db were stored under"
    with pytest.raises(SettingError, match=told):
        await open_vault(Settings(store=SHARED), store, kept)
    with pytest.raises(SettingError, match=told):
        await open_vault(Settings(store=SHARED, master_key="ab" * 32), store, kept)
