from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.query import CountLevel
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.facets import read_facets
from facetry.domain.search.requests.kept_facets import KeptFacets
from facetry.domain.search.requests.keys import Keys

METAL = {"field": "metal", "size": 5}


@pytest.fixture
def kept():
    return KeptFacets(limit=2)


def read(kept, *asked, schema=Schema(), known=("attributes.metal",), level=CountLevel.GROUP):  # noqa: B008 - never changed
    context = SearchContext(schema=schema, known=known.__contains__, kept_facets=kept)
    keys = Keys({"facets": list(asked)}, "", frozenset({"facets"}))
    return read_facets(keys, context, level)


def test_equal_lists_are_read_once(kept):
    schema = Schema()
    first = read(kept, METAL, "price", schema=schema)
    assert [facet.name for facet in first] == ["metal", "price"]
    assert read(kept, dict(METAL), "price", schema=schema) is first
    assert read(kept, METAL, schema=schema) == first[:1]


def test_levels_and_types_are_kept_apart(kept):
    schema, dated = Schema(), Schema([AttributeDefinition("metal", Kind.DATE)])
    group = read(kept, METAL, schema=schema)
    assert read(kept, METAL, schema=schema, level=CountLevel.PRODUCT)[0].level is CountLevel.PRODUCT
    assert read(kept, METAL, schema=schema) is group
    assert read(kept, METAL, schema=dated)[0].field.kind is Kind.DATE


def test_a_field_that_is_gone_is_an_error_again(kept):
    schema = Schema()
    first = read(kept, METAL, schema=schema)
    for _ in range(2):
        with pytest.raises(SearchError, match="there is no field 'metal'"):
            read(kept, METAL, schema=schema, known=())
    assert read(kept, METAL, schema=schema) == first


def test_those_that_were_asked_for_last_are_kept(kept):
    schema = Schema()
    brand, color = read(kept, "brand", schema=schema), read(kept, "color", schema=schema)
    assert read(kept, "brand", schema=schema) is brand
    read(kept, "size", schema=schema)
    assert read(kept, "brand", schema=schema) is brand
    assert read(kept, "color", schema=schema) is not color


@pytest.mark.parametrize("name", ["\ud800", 2**70, object(), "b" * 10_000])
def test_what_is_no_json_or_too_long_is_read_each_time(kept, name):
    for _ in range(2):
        with pytest.raises(SearchError) as error:
            read(kept, "price", {"field": "price", "name": name})
        assert error.value.pointer == "/facets/1/name"
