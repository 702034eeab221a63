"""Addresses of clusters."""

from __future__ import annotations

import ssl

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
        ("opensearch://one/x?shards=6", Address(("http://one:9200",), None, "x", None, 6)),
        ("opensearch://one/x?tls=false", Address(("http://one:9200",), None, "x", None)),
        ("opensearch://[::1]:9200", Address(("http://[::1]:9200",), None, "facetry", None)),
    ],
)
def test_an_address_is_read(url, address):
    assert read_address(url, "opensearch") == address


@pytest.mark.parametrize(
    "url",
    ["elasticsearch://one", "opensearch://", "one:9200", *(f"opensearch://one{end}" for end in ("/Shop", "/a/b"))]
    + [f"opensearch://one/x?{options}" for options in ("tls=yes", "other=1", "tls=", "shards=0", "shards=six")]
    + [f"opensearch://{hosts}/x" for hosts in (":9200", "one,", "one two", "one:port", "[::1")],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SettingError, match=r"^must "):
        read_address(url, "opensearch")


def test_certificates_are_read_before_they_are_needed(tmp_path):
    store = ssl.get_default_verify_paths().cafile
    if store:
        address = Address(("https://one:9200",), None, "x", store)
        assert read_address(f"opensearch://one/x?ca={store}", "opensearch") == address
    empty = tmp_path / "ca.pem"
    for _ in range(2):
        with pytest.raises(SettingError, match=r"^names .*ca\.pem with ca, where no certificates can be read$"):
            read_address(f"opensearch://one/x?ca={empty}", "opensearch")
        empty.write_text("no certificate")
