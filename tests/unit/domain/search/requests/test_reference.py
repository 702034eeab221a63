"""Every example of the reference is read, every key of a request is explained in it."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Kind, Schema
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.facets import FacetType
from facetry.domain.search.requests.parameters import read_parameters
from facetry.domain.search.requests.search import KEYS, read_search
from tests.support import ROOT

# What follows is about answers.
TEXT = (ROOT / "docs" / "search.md").read_text("utf-8").partition("\n## Answer")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
KNOWN = {"attributes.metal", "attributes.ring style", "gemstones.type", "gemstones.creation"}
CONTEXT = SearchContext(schema=Schema([AttributeDefinition("made", Kind.DATE)]), known=lambda name: name in KNOWN)


def examples(language):
    return [block for found, block in BLOCKS if found == language]


@pytest.mark.parametrize("body", examples("json"))
def test_an_example_of_a_body_is_read(body):
    assert read_search(json.loads(body), CONTEXT).query.limit in {10, 20, 100}


@pytest.mark.parametrize("line", examples("http"))
def test_an_example_of_parameters_is_read(line):
    method, url = line.strip().split(" ", 1)
    assert (method, urlsplit(url).path) == ("GET", "/v2/search")
    pairs = parse_qsl(urlsplit(url).query, strict_parsing=True)
    assert read_search(read_parameters(pairs), CONTEXT).query != read_search({}, CONTEXT).query


@pytest.mark.parametrize("line", [line for block in examples("filter") for line in block.splitlines()])
def test_an_example_of_a_filter_is_read(line):
    assert typed(parse(line), CONTEXT.schema, CONTEXT.known)


def test_the_reference_has_examples_of_all_kinds():
    assert {language for language, _ in BLOCKS} == {"json", "http", "filter"}
    assert (len(examples("json")), len(examples("http")), len(examples("filter"))) == (14, 3, 3)


@pytest.mark.parametrize("name", sorted({*KEYS, *BUILT_IN, *(kind.value for kind in FacetType)}))
def test_every_key_and_field_is_explained(name):
    assert f"`{name}`" in TEXT
