"""Addresses of clusters: ``opensearch://user:password@host:port,host:port/PREFIX?tls=true&ca=FILE``."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

import msgspec

from facetry.domain.errors import SettingError

DEFAULT_PREFIX = "facetry"
DEFAULT_PORT = 9200
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z]+)://(?:(?P<user>[^@/:]*):(?P<password>[^@/]*)@)?(?P<hosts>[^/?@]+)"
    r"(?:/(?P<prefix>[^?]*))?(?:\?(?P<options>.*))?"
)
_PREFIX = re.compile(r"[a-z][a-z0-9_-]{0,99}")
_OPTIONS = frozenset({"tls", "ca"})


class Address(msgspec.Struct, frozen=True):
    """Where a cluster is.

    Attributes:
        nodes: Their URLs.
        credentials: User and password, None where nobody asks for them.
        prefix: What the names of all indexes begin with.
        authorities: Path of a file of certificates to trust; None for those of the system.
    """

    nodes: tuple[str, ...]
    credentials: tuple[str, str] | None
    prefix: str
    authorities: str | None


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
    is_safe = "ca" in options or options.get("tls") == "true"
    return Address(
        nodes=tuple(_node(host, is_safe=is_safe) for host in found["hosts"].split(",")),
        credentials=None if found["user"] is None else (unquote(found["user"]), unquote(found["password"])),
        prefix=prefix,
        authorities=options.get("ca"),
    )


_TRUTH = frozenset({"true", "false"})


def _node(host: str, *, is_safe: bool) -> str:
    port = "" if re.search(r":\d+$", host) else f":{DEFAULT_PORT}"
    return f"{'https' if is_safe else 'http'}://{host}{port}"
