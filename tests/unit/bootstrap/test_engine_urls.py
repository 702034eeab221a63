import sys

import pytest

from facetry.bootstrap.engine_urls import check_engines, driver_of, is_shared, masked
from facetry.domain.errors import SettingError
from facetry.settings import Settings

MONGO = "mongodb://one,two/facetry?replicaSet=r"


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"search": "opensearch://127.0.0.1:9200"},
        {"cache": "redis://127.0.0.1"},
        {"store": MONGO},
        {"store": "mongodb+srv://cluster.example/facetry", "search": "elasticsearch://a:9200,b:9200/shop"},
        {"store": MONGO, "search": "opensearch://a:9200", "cache": "redis+sentinel://a:1,b:2/main/0"},
        {"store": MONGO, "cache": "redis+cluster://a:1", "background": False},
        {"store": "memory:", "search": "memory:"},
    ],
)
def test_engines_that_work_together(wish):
    check_engines(Settings(**wish))


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (
            {"store": "postgres://user:secret@host/db"},
            "setting store: no engine for 'postgres'; there is sqlite:, memory:, mongodb:, mongodb+srv:",
        ),
        ({"store": "mongodb:host"}, "setting store: no engine for 'mongodb'"),
        ({"store": "sqlite:folder"}, "setting store: sqlite: takes no address; setting data says where it lies"),
        ({"search": "solr://a"}, "setting search: no engine for 'solr'"),
        ({"cache": "memcached://a"}, "setting cache: no engine for 'memcached'"),
        ({"store": "memory:", "search": "opensearch://a"}, "setting search: an index that lasts needs a store"),
        ({"store": "memory:", "cache": "redis://a"}, "setting cache: a store of one process, memory:, needs no cache"),
        ({"background": False}, "setting background must be true where the store is sqlite:"),
    ],
)
def test_engines_that_do_not(wish, message):
    with pytest.raises(SettingError) as refused:
        check_engines(Settings(**wish))
    assert refused.value.message.startswith(message)
    assert "secret" not in refused.value.message


def test_what_is_shared():
    assert is_shared(Settings(store=MONGO))
    assert not is_shared(Settings(search="opensearch://a"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:", "sqlite:"),
        ("mongodb://u:p@one,two/db?replicaSet=r", "mongodb://***@one,two/db?replicaSet=r"),
        ("mongodb://u:p@ss/w@one/db", "mongodb://***@one/db"),
        ("redis://:p@a:1/0", "redis://***@a:1/0"),
        (
            "mongodb://a/db?tls=true&tlsCertificateKeyFilePassword=p&w=1",
            "mongodb://a/db?tls=true&tlsCertificateKeyFilePassword=***&w=1",
        ),
    ],
)
def test_secrets_are_not_shown(url, shown):
    assert masked(url) == shown


def test_a_missing_driver_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymongo", None)
    with (
        pytest.raises(SettingError) as refused,
        driver_of("store", "mongodb://u:p@a"),
    ):
        import pymongo  # noqa: F401 - its absence is what is tried
    told = "setting store: mongodb needs the extra scale-out: pip install 'facetry[scale-out]'"
    assert refused.value.message == told
