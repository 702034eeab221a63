"""Addresses of clusters: ``opensearch://user:password@host:port,host:port/PREFIX?tls=true&ca=FILE``."""

from __future__ import annotations

import re
import ssl
from urllib.parse import parse_qsl, unquote

import msgspec

from facetry.domain.errors import SettingError
from facetry.engines.lucene.mapping import DEFAULT_SHARDS

DEFAULT_PREFIX = "facetry"
DEFAULT_PORT = 9200
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z]+)://(?:(?P<user>[^@/:]*):(?P<password>[^@/]*)@)?(?P<hosts>[^/?@]+)"
    r"(?:/(?P<prefix>[^?]*))?(?:\?(?P<options>.*))?"
)
_PREFIX = re.compile(r"[a-z][a-z0-9_-]{0,99}")
_OPTIONS = frozenset({"tls", "ca", "shards"})
_HOST = re.compile(r"([^\s:\[\]]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_SHARDS = re.compile(r"[1-9][0-9]{0,2}")


class Address(msgspec.Struct, frozen=True):
    """Where a cluster is.

    Attributes:
        nodes: Their URLs.
        credentials: User and password, None where nobody asks for them.
        prefix: What the names of all indexes begin with.
        authorities: Path of a file of certificates to trust; None for those of the system.
        shards: How many an index is made with.
    """

    nodes: tuple[str, ...]
    credentials: tuple[str, str] | None
    prefix: str
    authorities: str | None
    shards: int = DEFAULT_SHARDS


def read_address(url: str, scheme: str) -> Address:
    """Return the address that a URL of this scheme says.

    Raises:
        SettingError: It says none.
    """
    found = _ADDRESS.fullmatch(url)
    if not found or found["scheme"] != scheme:
        raise SettingError(f"must be like {scheme}://host:9200/{DEFAULT_PREFIX}")
    options = dict(parse_qsl(found["options"] or "", keep_blank_values=True))
    prefix = found["prefix"] or DEFAULT_PREFIX
    if not _PREFIX.fullmatch(prefix) or not options.keys() <= _OPTIONS or options.get("tls", "true") not in _TRUTH:
        raise SettingError(f"must end like {DEFAULT_PREFIX}?tls=true&ca=FILE, the name in small letters")
    shards = options.get("shards", str(DEFAULT_SHARDS))
    if not _SHARDS.fullmatch(shards):
        raise SettingError("must have 1 to 999 shards")
    _check_authorities(options.get("ca"))
    is_safe = "ca" in options or options.get("tls") == "true"
    return Address(
        nodes=tuple(_node(host, is_safe=is_safe) for host in found["hosts"].split(",")),
        credentials=None if found["user"] is None else (unquote(found["user"]), unquote(found["password"])),
        prefix=prefix,
        authorities=options.get("ca"),
        shards=int(shards),
    )


_TRUTH = frozenset({"true", "false"})


def _check_authorities(path: str | None) -> None:
    """Refuse what the driver would stumble over, each in its own way."""
    if path is None:
        return
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        raise SettingError(f"names {path} with ca, where no certificates can be read") from None


def _node(host: str, *, is_safe: bool) -> str:
    if not _HOST.fullmatch(host):
        raise SettingError("must name servers as HOST or HOST:PORT")
    port = "" if re.search(r":\d+$", host) else f":{DEFAULT_PORT}"
    return f"{'https' if is_safe else 'http'}://{host}{port}"
