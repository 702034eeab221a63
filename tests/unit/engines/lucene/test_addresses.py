"""Addresses of clusters."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SettingError
from facetry.engines.lucene.addresses import Address, read_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("opensearch://one", Address(("http://one:9200",), None, "facetry", None)),
        ("opensearch://one:1,two/shop", Address(("http://one:1", "http://two:9200"), None, "shop", None)),
        ("opensearch://a:b%40c@one:1/", Address(("http://one:1",), ("a", "b@c"), "facetry", None)),
        ("opensearch://one?tls=true", Address(("https://one:9200",), None, "facetry", None)),
        ("opensearch://one/x?ca=/etc/ca.pem", Address(("https://one:9200",), None, "x", "/etc/ca.pem")),
        ("opensearch://one/x?tls=false", Address(("http://one:9200",), None, "x", None)),
        ("opensearch://[::1]:9200", Address(("http://[::1]:9200",), None, "facetry", None)),
    ],
)
def test_an_address_is_read(url, address):
    assert read_address(url, "opensearch") == address


@pytest.mark.parametrize(
    "url",
    ["elasticsearch://one", "opensearch://", "one:9200", *(f"opensearch://one{end}" for end in ("/Shop", "/a/b"))]
    + [f"opensearch://one/x?{options}" for options in ("tls=yes", "other=1", "tls=")],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SettingError, match=r"^must "):
        read_address(url, "opensearch")
