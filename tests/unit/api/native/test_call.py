"""Headers of a call of ``/v2``."""

from __future__ import annotations

import re
import time

import pytest

from facetry.api.native.call import Call
from facetry.api.native.conditions import condition_of, expected_version, named_versions
from facetry.api.native.writes import idempotency_key
from facetry.domain.errors import MalformedBodyError, OutdatedError
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
    with pytest.raises(MalformedBodyError, match="If-Match must be a list of ETags"):
        condition_of(call(("if-match", TAGS[0]), ("if-match", "*")), ProductKey(sku="A"))


@pytest.mark.parametrize("given", ['"x"', '"a,b", W/""', ',"0123456789abcdeg" ,, "00000000000000ac/2",', '"\u00b2"'])
def test_a_tag_of_nothing_of_ours_is_no_things_tag(given):
    tags = condition_of(call(("if-match", given)), ProductKey(sku="A")).tags
    assert tags
    assert not any(re.fullmatch("[0-9a-f]{16}", tag) for tag in tags)


@pytest.mark.parametrize("given", ["", ",", "x", '"a" "b"', '"a', 'a"', 'w/"a"', '"a b"', '"a"b"', '"a", *', '"a";'])
def test_what_is_no_list_of_tags_is_refused(given):
    for read in (lambda one: condition_of(one, ProductKey(sku="A")), named_versions):
        with pytest.raises(MalformedBodyError, match="If-Match must be a list of ETags"):
            read(call(("if-match", given)))


def test_a_long_header_is_read_at_once():
    long = '"' + '", "'.join(["x" * 16] * 50_000) + '"'
    begun = time.monotonic()
    assert len(condition_of(call(("if-match", long)), ProductKey(sku="A")).tags) == 50_000
    with pytest.raises(MalformedBodyError):
        condition_of(call(("if-match", "," * 500_000)), ProductKey(sku="A"))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("given", "expected"), [("*", None), (' "7" ', 7), ('W/"7"', 7), ('"6", "7"', 7), ('"x","7-gzip"', 7)]
)
def test_a_version_is_that_of_an_answer(given, expected):
    assert expected_version(named_versions(call(("if-match", given))), 7) == expected
    assert expected_version(named_versions(call()), 7) is None


@pytest.mark.parametrize("given", ['"6"', '"6", "8"', '"x"', '"07"', '"77"', '"1234567890123456789"', '"\u00b2"'])
def test_no_other_version_is_taken(given):
    with pytest.raises(OutdatedError):
        expected_version(named_versions(call(("if-match", given))), 7)
