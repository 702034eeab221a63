"""Which coding a client prefers."""

from __future__ import annotations

import pytest

from facetry.http.codings import chosen_coding, compressed, is_compressible


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"", "identity"),
        (b"gzip", "gzip"),
        (b"x-gzip", "gzip"),
        (b"GZIP", "gzip"),
        (b"zstd", "zstd"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip;q=1.0, zstd;q=0.5", "gzip"),
        (b"gzip ; q=0.5 , zstd ; q=0.4", "gzip"),
        (b"gzip;q=0.001", "gzip"),
        (b"deflate, br", "identity"),
        (b"*", "zstd"),
        (b"*;q=0.1", "zstd"),
        (b"zstd;q=0, *", "gzip"),
        (b"zstd;q=0, gzip;q=0", "identity"),
        (b"*;q=0", "identity"),
        (b"identity;q=0, gzip;q=0.1", "gzip"),
        (b"identity;q=0", "identity"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"identity;q=0.5, gzip", "gzip"),
        (b"gzip;q=2", "identity"),
        (b"gzip;q=nan", "identity"),
        (b"gzip;q=abc", "identity"),
        (b"gzip;level=9", "identity"),
        (b",,;q=1,", "identity"),
        (b"\xff\xfe, gzip", "gzip"),
        (b"br, " * 1000 + b"gzip", "gzip"),
    ],
)
def test_the_preferred_coding_wins(accepted, coding):
    assert chosen_coding(accepted) == coding


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/problem+json", True),
        ("TEXT/html", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("font/woff2", False),
        ("application/octet-stream", False),
    ],
)
def test_text_is_compressible(media_type, expected):
    assert is_compressible(media_type) is expected


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_the_same_body_gives_the_same_bytes(coding):
    assert compressed(b"a" * 5000, coding) == compressed(b"a" * 5000, coding)
