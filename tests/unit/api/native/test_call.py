"""Headers of a call of ``/v2``."""

from __future__ import annotations

import pytest

from facetry.api.native.call import Call
from facetry.api.native.conditions import condition_of
from facetry.api.native.writes import idempotency_key
from facetry.domain.errors import MalformedBodyError
from facetry.domain.patching import ProductKey
from facetry.http.exchange import SCOPE_KEY, Exchange
from tests.api.server import scope_of

TAGS = ('"00000000000000aa"', '"00000000000000bb.USD"')


async def nothing():
    """Stand for a body that is never read."""


def call(*headers, method="PUT"):
    scope = scope_of(method, "/v2/products/A")
    scope["headers"] = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope[SCOPE_KEY] = Exchange("id", 0.0, "")
    return Call(scope, nothing, "/v2/products/A")


def test_a_header_that_is_sent_twice_is_a_list():
    twice = call(("if-match", TAGS[0]), ("accept", "a/b"), ("if-match", TAGS[1]))
    assert twice.header(b"if-match") == f"{TAGS[0]}, {TAGS[1]}"
    assert condition_of(twice, ProductKey(sku="A")).tags == ("00000000000000aa", "00000000000000bb")
    assert (twice.header(b"accept"), twice.header(b"content-type")) == ("a/b", None)


def test_of_two_keys_none_counts():
    with pytest.raises(MalformedBodyError, match="1 to 200 visible ASCII characters"):
        idempotency_key(call(("idempotency-key", "a"), ("idempotency-key", "b")))


def test_a_condition_is_not_widened_by_another_one():
    with pytest.raises(MalformedBodyError, match="If-Match must be the ETag of an answer"):
        condition_of(call(("if-match", TAGS[0]), ("if-match", "*")), ProductKey(sku="A"))


@pytest.mark.parametrize(("given", "expected"), [("*", None), (' "7" ', 7), ('W/"7"', 7)])
def test_a_version_is_that_of_an_answer(given, expected):
    assert call(("if-match", given)).expected_version() == expected
    assert call().expected_version() is None


@pytest.mark.parametrize("given", ["", "7", '"7", "8"', '"x"', '"1234567890123456789"', '"\u00b2"'])
def test_no_other_version_is_taken(given):
    with pytest.raises(MalformedBodyError, match="If-Match must be the ETag of an answer"):
        call(("if-match", given)).expected_version()
