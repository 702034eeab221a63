"""Every example of a request in the reference is answered by a server."""

from __future__ import annotations

import json
import re

import pytest

from facetry.domain.catalog import PutProduct
from facetry.testing.samples import content
from tests.support import ROOT

pytestmark = pytest.mark.anyio

TEXT = (ROOT / "docs" / "search.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
BODIES = [json.loads(block) for language, block in BLOCKS if language == "json"]
TARGETS = [block.strip().removeprefix("GET ") for language, block in BLOCKS if language == "http"]
FILTERS = [line for language, block in BLOCKS if language == "filter" for line in block.splitlines()]


@pytest.fixture
async def filled(server, shop, owner):
    """Return who holds the key of a shop with the fields that the reference speaks of."""
    attributes = {"metal": "white gold", "ring style": "Halo", "made": "2024-05-31"}
    stone = {"type": "diamond", "creation": "natural", "carat": 1.5, "clarity": "VS1", "color": "D"}
    ring = content("S1", "G", name="Rose gold ring", color="Red", size="6", attributes=attributes, gemstones=(stone,))
    await server.catalog.write("shop", [PutProduct(ring)])
    made = {"attributes": [{"name": "made", "type": "date"}]}
    assert (await owner("PUT", "/v2/settings/attributes", made)).status == 200
    return owner


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_a_body(request, filled, body):
    if "group_by" in body:
        request.getfixturevalue("one_machine")
    answer = await filled("POST", "/v2/search", body)
    assert answer.status == 200, answer.body
    assert not any("error" in result for result in answer.json.get("results", ()))


@pytest.mark.parametrize("target", TARGETS)
async def test_a_target(filled, target):
    assert not set(target) & set('<>" '), "HTTP servers refuse these in a target"
    answer = await filled("GET", target)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("text", FILTERS)
async def test_a_filter(filled, text):
    await filled.search(filter=text)


def test_there_are_examples():
    assert min(len(BODIES), len(TARGETS), len(FILTERS)) >= 3
