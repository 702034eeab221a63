"""Requests: paths, parameters, bodies."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from facetry.client.exchange import encoded, path_of, target_of


@pytest.mark.parametrize(
    ("segments", "path"),
    [
        (("RING/6",), "/RING%2F6"),
        (("a b", 7), "/a%20b/7"),
        (("id:5",), "/id:5"),
        (("%2F",), "/%252F"),
        (("é",), "/%C3%A9"),
    ],
)
def test_segments_are_encoded(segments, path):
    assert path_of(*segments) == path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (True, "true"),
        ("a b", "a+b"),
        (1.5, "1.5"),
        (["a", "b"], "a%2Cb"),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), "2026-11-22T10%3A00%3A00Z"),
    ],
)
def test_parameters(value, text):
    assert target_of("/x", {"a": value}) == f"/x?a={text}"


@pytest.mark.parametrize("value", [None, "", (), [], False])
def test_what_is_not_said_is_left_out(value):
    assert target_of("/x", {"a": value}) == "/x"


def test_decimals_are_numbers():
    assert encoded({"price": Decimal("12.50")}) == b'{"price":12.50}'
