"""Lines of a bulk are read as single calls are, however quickly."""

from __future__ import annotations

import pytest

from facetry.api.native.bulk_reading import BulkReader
from facetry.domain.as_read import AsRead
from facetry.domain.catalog import PutProduct, Refused
from facetry.domain.tenant import TenantSettings


def read(line):
    return BulkReader(TenantSettings()).read(line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"sku":"A","sku":"B","name":"Ring"}',
        b'{"sku":"A","sku" :"B","name":"Ring"}',
        b'{"sku":"A","sku"\t:"B","name":"Ring"}',
        b'{"sku":"A","s\\u006bu":"B","name":"Ring"}',
        b'{"sku":"A","name":"Ring","attributes":{"a":1,"a":2}}',
        b'{"op":"upsert","product":{"sku":"A","name":"Ring","name":"Band"}}',
        b'{"op":"upsert","product":{"sku":"A","name":"Ring"},"product":{"sku":"B","name":"Ring"}}',
        b'{"op":"delete","op":"upsert","product":{"sku":"A","name":"Ring"}}',
        b'{"op":"delete","sku":"A","sku":"B"}',
        b'{"sku":"A","name":"x","name":"y","images":["https://a/b"]}',
        b'{"sku":"A","name" :"x: y","name":"z"}',
    ],
)
def test_a_key_that_stands_twice_is_refused(line):
    _, refused = read(line)
    assert isinstance(refused, Refused)
    assert refused.code == "malformed_body"
    assert refused.message.endswith("stands twice in one object")


@pytest.mark.parametrize(
    "line",
    [
        b'{"sku":"A","name":"Ring","attributes":{"a":1,"b":[true,2]}}',
        b'{"op":"upsert","product":{"sku":"A","name":"Ring"}}',
        b'{"sku":"A","name":"Ring","description":"gold: 14k","images":["https://a/b","http://c"]}',
        b'{"op" : "upsert","product" : {"sku" : "A","name" : "Ring"}}',
        b'{"sku":"A","name":"Ring","description":"\\"x\\":1, \\"x\\":2 : 3"}',
    ],
)
def test_what_only_looks_like_it_is_not(line):
    sku, write = read(line)
    assert isinstance(write, PutProduct)
    assert (sku, write.content.sku, write.content.name) == ("A", "A", "Ring")


@pytest.mark.parametrize("price", [b"1e305", b"-1e305", b"1e-320", b"100000000001", b"0", b"-0.0", b"0.00001"])
def test_prices_that_are_none_are_refused(price):
    _, refused = read(b'{"sku":"A","name":"Ring","regular_price":%b}' % price)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.fields["field"]) == ("invalid_value", "regular_price")


@pytest.mark.parametrize(
    "line",
    [
        b'{"sku":"\\ud800","name":"Ring"}',
        b'{"op":"delete","sku":"\\uDfff"}',
        b'{"sku":"A","name":"Ring","attributes":{"\\ud800":1}}',
        b'{"op":"patch","sku":"A","changes":{"metals":[{"\\ud800":1}]}}',
    ],
)
def test_half_a_character_is_refused_and_not_repeated(line):
    sku, refused = read(line)
    assert sku == ""
    assert isinstance(refused, Refused)
    assert (refused.code, refused.message) == ("invalid_value", "must hold valid Unicode only")


@pytest.mark.parametrize(
    "escapes", [b"\\ud800", b"\\udc00", b"\\ud800\\u0041", b"\\udc00\\ud800", b"\\ud800\\ud800", b"x\\udfff"]
)
@pytest.mark.parametrize(
    "place", [b'"name":"%b"', b'"name":"R","attributes":{"a":["%b"]}', b'"name":"R","images":["%b"]']
)
def test_only_what_can_be_stored_is_taken_to_be(escapes, place):
    _, refused = read(b'{"sku":"A",%b}' % (place % escapes))
    assert isinstance(refused, Refused)
    assert refused.code == "invalid_value"


def test_numbers_without_an_end_are_not_taken():
    _, refused = read(b'{"sku":"A","name":"Ring","attributes":{"a":[1,1e999]}}')
    assert isinstance(refused, Refused)
    assert refused.code == "malformed_body"
    _, write = read(b'{"sku":"A","name":"Ring","attributes":{"a":[1,1e99]}}')
    assert isinstance(write, PutProduct)
    assert write.as_read == AsRead(currency="USD", is_storable=True)


def test_escapes_of_whole_characters_are_taken():
    sku, write = read(b'{"sku":"\\u00e9\\ud83d\\udc8d","name":"Ring","quantity_alert":1}')
    assert isinstance(write, PutProduct)
    assert sku == "\u00e9\U0001f48d"
