"""What a URL says of servers, and the client for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from facetry.domain.errors import SettingError
from facetry.engines.redis.client import Client, Driver

DEFAULT_PREFIX = "facetry"
_PORT, _SENTINEL_PORT = 6379, 26379
_OPTIONS = frozenset({"ca", "prefix", "replicas", "sentinel_password", "tls"})
# What is left of a call that nobody waits for any more ends by these.
_SOCKET_SECONDS = 1.0


class Place(NamedTuple):
    """What a URL says.

    Attributes:
        scheme: ``redis``, ``rediss``, ``redis+unix``, ``redis+sentinel`` or ``redis+cluster``.
        hosts: Where servers, or sentinels, are.
        path: What follows: a number of a database, the name of a master, the path of a socket.
        user: Who logs in; empty for the server's default.
        password: With what; empty for nothing.
        options: Everything else, by name.
    """

    scheme: str
    hosts: tuple[tuple[str, int], ...]
    path: str
    user: str
    password: str
    options: dict[str, str]


def open_client(url: str) -> Client:
    """Return a client for the servers that a URL names; connects when it is first used.

    ``redis://[USER:PASSWORD@]HOST[:PORT][/DB]``, ``rediss://`` with TLS, ``redis+unix:///PATH``,
    ``redis+sentinel://HOST[:PORT],.../MASTER[/DB]`` and ``redis+cluster://HOST[:PORT],...``, with the
    options ``tls=true``, ``ca=FILE``, ``prefix=NAME`` (of keys), ``replicas=N`` (that must confirm a change) and
    ``sentinel_password``.

    Raises:
        SettingError: The URL says nothing that is known; the message holds no password.
    """
    place = read_url(url)
    opened = _OPENED.get(place.scheme)
    if opened is None:
        raise SettingError(f"cache: {place.scheme}: is not known; one of {', '.join(sorted(_OPENED))}")
    has_replicas = place.scheme in ("redis+sentinel", "redis+cluster")
    replicas = _number(place.options.get("replicas", str(int(has_replicas))), "replicas")
    driver, *asked = opened(place)
    return Client(driver, place.options.get("prefix", DEFAULT_PREFIX), replicas, asked)


def read_url(url: str) -> Place:
    """Return what a URL says.

    Raises:
        SettingError: It is none, or an option is unknown.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SettingError("cache: a server is written HOST or HOST:PORT") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        # What stands before an @ may be the end of a password.
        named = "an option" if "@" in parts.query else f"option {unknown[0]}"
        raise SettingError(f"cache: {named} is not known; one of {', '.join(sorted(_OPTIONS))}")
    if options.get("tls", "true") not in ("true", "false"):
        raise SettingError("cache: tls must be true or false")
    who, _, where = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    port = _SENTINEL_PORT if parts.scheme == "redis+sentinel" else _PORT
    hosts = tuple(_host(text, port) for text in where.split(",")) if where else ()
    return Place(parts.scheme, hosts, _path(parts), unquote(user), unquote(password), options)


def _path(parts: SplitResult) -> str:
    return parts.path if parts.scheme == "redis+unix" else unquote(parts.path.strip("/"))


def _host(text: str, default_port: int) -> tuple[str, int]:
    """Return host and port; an IPv6 address stands in brackets."""
    host, _, port = text.rpartition(":")
    if not host or port.endswith("]"):
        host, port = text, str(default_port)
    if not host or not (port.isascii() and port.isdigit()):
        raise SettingError("cache: a server is written HOST or HOST:PORT")
    return host.strip("[]"), int(port)


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SettingError(f"cache: {name} must be a number")
    return int(text)


def _one_host(place: Place) -> tuple[str, int]:
    if len(place.hosts) != 1:
        raise SettingError(f"cache: {place.scheme}: names one server; several are redis+sentinel: or redis+cluster:")
    return place.hosts[0]


def _some_hosts(place: Place) -> Sequence[tuple[str, int]]:
    if not place.hosts:
        raise SettingError(f"cache: {place.scheme}: names no server")
    return place.hosts


def _common(place: Place) -> dict[str, Any]:
    """Return what every connection is told."""
    told: dict[str, Any] = {
        "username": place.user or None,
        "password": place.password or None,
        "socket_timeout": _SOCKET_SECONDS,
        "socket_connect_timeout": _SOCKET_SECONDS,
        "protocol": 2,
    }
    if place.scheme == "rediss" or place.options.get("tls") == "true":
        told["ssl"] = True
        if "ca" in place.options:
            told["ssl_ca_certs"] = place.options["ca"]
    return told


def _once_more() -> Retry:
    """Return what makes a call that finds its connection closed try a new one, at once."""
    return Retry(NoBackoff(), 1)


def _single(place: Place) -> tuple[Driver]:
    host, port = _one_host(place)
    database = _number(place.path or "0", "the database")
    return (Redis(host=host, port=port, db=database, retry=_once_more(), **_common(place)),)


def _unix(place: Place) -> tuple[Driver]:
    if not place.path:
        raise SettingError("cache: redis+unix: names no socket")
    return (Redis(unix_socket_path=place.path, retry=_once_more(), **_common(place)),)


def _of_sentinels(place: Place) -> tuple[Redis, ...]:
    """Return the driver of the master, and those of the sentinels."""
    master, _, database = place.path.partition("/")
    if not master:
        raise SettingError("cache: redis+sentinel: names no master; write redis+sentinel://HOST,HOST/MASTER")
    common = _common(place)
    asked = {**common, "username": None, "password": place.options.get("sentinel_password")}
    # This part of the driver has no types.
    sentinel: Any = Sentinel(list(_some_hosts(place)), sentinel_kwargs=asked, **common)  # type: ignore[no-untyped-call]
    driver: Redis = sentinel.master_for(master, db=_number(database or "0", "the database"), retry=_once_more())
    return driver, *sentinel.sentinels


def _cluster(place: Place) -> tuple[Driver]:
    if place.path:
        raise SettingError("cache: redis+cluster: a cluster has no databases")
    nodes = [ClusterNode(host, port) for host, port in _some_hosts(place)]
    return (
        RedisCluster(startup_nodes=nodes, require_full_coverage=False, retry=Retry(NoBackoff(), 2), **_common(place)),
    )


_OPENED: dict[str, Callable[[Place], tuple[Any, ...]]] = {
    "redis": _single,
    "rediss": _single,
    "redis+unix": _unix,
    "redis+sentinel": _of_sentinels,
    "redis+cluster": _cluster,
}
