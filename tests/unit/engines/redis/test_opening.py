import pytest
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.sentinel import SentinelConnectionPool

from facetry.domain.errors import SettingError
from facetry.engines.redis.opening import open_client, read_url

pytestmark = pytest.mark.anyio


def told(client):
    """Return what the driver tells each connection."""
    return client.driver.connection_pool.connection_kwargs


async def test_a_single_server(anyio_backend):
    client = open_client("redis://cache/3")
    assert isinstance(client.driver, Redis)
    assert {name: told(client)[name] for name in ("host", "port", "db", "password")} == {
        "host": "cache",
        "port": 6379,
        "db": 3,
        "password": None,
    }
    assert (client.prefix, client.replicas) == ("facetry", 0)


async def test_who_logs_in_may_have_any_characters(anyio_backend):
    client = open_client("rediss://us%40er:p%2Fw%3A@[::1]:7000?ca=/ca.pem&prefix=shop&replicas=2")
    assert {name: told(client)[name] for name in ("host", "port", "username", "password", "ssl_ca_certs")} == {
        "host": "::1",
        "port": 7000,
        "username": "us@er",
        "password": "p/w:",
        "ssl_ca_certs": "/ca.pem",
    }
    assert client.driver.connection_pool.connection_class.__name__ == "SSLConnection"
    assert (client.prefix, client.replicas) == ("shop", 2)


async def test_a_socket(anyio_backend):
    assert told(open_client("redis+unix:///run/redis.sock"))["path"] == "/run/redis.sock"


async def test_sentinels(anyio_backend):
    client = open_client("redis+sentinel://:secret@a,b:5000/main/2?sentinel_password=other&tls=true")
    pool = client.driver.connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    assert (pool.service_name, pool.connection_kwargs["password"], pool.connection_kwargs["db"]) == (
        "main",
        "secret",
        2,
    )
    assert [
        (one.connection_pool.connection_kwargs["host"], one.connection_pool.connection_kwargs["port"])
        for one in pool.sentinel_manager.sentinels
    ] == [("a", 26379), ("b", 5000)]
    assert pool.sentinel_manager.sentinels[0].connection_pool.connection_kwargs["password"] == "other"
    assert client.replicas == 1


async def test_a_cluster(anyio_backend):
    client = open_client("redis+cluster://a:1,b:2?tls=true&replicas=0")
    assert isinstance(client.driver, RedisCluster)
    assert sorted(client.driver.nodes_manager.startup_nodes) == ["a:1", "b:2"]
    assert client.replicas == 0


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("memcached://a", "cache: memcached: is not known"),
        ("redis://user:secret@a?timeuot=3", "option timeuot is not known"),
        ("redis://:12?secret@a", "an option is not known"),
        ("rediss://:secret@a?tls=maybe", "tls must be true or false"),
        ("redis://:secret@[::1", "a server is written HOST or HOST:PORT"),
        ("redis://:secret@a:²", "a server is written HOST or HOST:PORT"),
        ("redis://user:secret@a,b", "names one server"),
        ("redis://user:secret@", "names one server"),
        ("redis://:secret@a:b", "a server is written HOST or HOST:PORT"),
        ("redis:", "names one server"),
        ("redis://:secret@a/b", "the database must be a number"),
        ("redis://:secret@a?replicas=-1", "replicas must be a number"),
        ("redis+unix:", "names no socket"),
        ("redis+sentinel://:secret@a", "names no master"),
        ("redis+sentinel:///main", "names no server"),
        ("redis+cluster://:secret@a/1", "a cluster has no databases"),
    ],
)
def test_what_a_url_cannot_say_is_named_without_secrets(url, message):
    with pytest.raises(SettingError, match=message) as caught:
        open_client(url)
    assert "secret" not in str(caught.value)


def test_a_url_is_read_as_it_is_written():
    place = read_url("redis+sentinel://u:p@a:1,[::1]/m%20m/1?prefix=x")
    assert place.hosts == (("a", 1), ("::1", 26379))
    assert (place.scheme, place.path, place.user, place.password) == ("redis+sentinel", "m m/1", "u", "p")
    assert place.options == {"prefix": "x"}
