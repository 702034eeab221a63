"""Every read of ``/v2`` holds the revision that it is asked to hold, or says that there is none such."""

from __future__ import annotations

import re

import pytest

from facetry.api.native.openapi import openapi_document
from tests.api.server import problem_of, product

pytestmark = pytest.mark.anyio

READS = {path: item["get"] for path, item in openapi_document("0.0.0")["paths"].items() if "get" in item}


@pytest.fixture
async def revision(owner, shop):
    await shop.post(product("1"))
    return (await owner("GET", "/v2/changes")).json["revision"]


@pytest.mark.parametrize("path", READS)
async def test_every_read_takes_it(owner, revision, path):
    target = re.sub(r"\{\w+\}", "1", path)
    assert (await owner("GET", f"{target}?min_revision={revision}")).status in {200, 404}
    for method in ("GET", "HEAD"):
        answer = await owner(method, f"{target}?min_revision={revision + 1}")
        assert answer.status == 409, (method, answer.body)
    problem = problem_of(await owner("GET", f"{target}?min_revision={revision + 1}"), 409)
    assert (problem["code"], problem["revision"]) == ("revision_not_reached", revision + 1)
    for wrong in ("-1", "x", "", "1.0", "9" * 20):
        assert (await owner("GET", f"{target}?min_revision={wrong}")).status == 400, wrong


@pytest.mark.parametrize("path", READS)
def test_the_reference_says_so(path):
    names = [parameter.get("name") for parameter in READS[path]["parameters"]]
    assert "min_revision" in names
    assert "409" in READS[path]["responses"]


async def test_one_that_is_reached_while_it_is_asked_for_is_not_refused_from_memory(owner, shop, revision):
    target = f"/v2/suggest?q=ring&min_revision={revision + 1}"
    assert (await owner("GET", target)).status == 409
    await shop.post(product("2"))
    answer = await owner("GET", target)
    assert answer.status == 200
    assert (await owner("GET", target)).body == answer.body
