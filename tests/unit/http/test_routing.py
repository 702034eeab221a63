"""Templates of paths, and which of them fits."""

from __future__ import annotations

import pytest

from facetry.api.native.routing import Route
from facetry.domain.errors import MalformedBodyError
from facetry.domain.tenant import Scope
from facetry.http.routing import Routes, decoded_variables


async def handle(call):
    raise NotImplementedError


TEMPLATES = [
    ("GET", "/v2/products"),
    ("POST", "/v2/products:bulk"),
    ("GET", "/v2/products/{sku}"),
    ("PUT", "/v2/products/{sku}"),
    ("GET", "/v2/products/id:{id}"),
    ("GET", "/v2/products/{sku}/history"),
    ("POST", "/v2/products/{sku}/history/{id}/undo"),
    ("GET", "/v2/a.b/{x}"),
    ("GET", "/v2/searches/top"),
    ("GET", "/v2/searches/{id}"),
]
ROUTES = Routes([Route(method, template, handle, Scope.READ) for method, template in TEMPLATES])


@pytest.mark.parametrize(
    ("path", "template", "variables"),
    [
        ("/v2/products", "/v2/products", {}),
        ("/v2/products:bulk", "/v2/products:bulk", {}),
        ("/v2/products/R1", "/v2/products/{sku}", {"sku": "R1"}),
        ("/v2/products/R%2F1", "/v2/products/{sku}", {"sku": "R/1"}),
        ("/v2/products/%252F", "/v2/products/{sku}", {"sku": "%2F"}),
        ("/v2/products/id:17", "/v2/products/id:{id}", {"id": "17"}),
        ("/v2/products/id%3A17", "/v2/products/{sku}", {"sku": "id:17"}),
        ("/v2/products/a/history/7/undo", "/v2/products/{sku}/history/{id}/undo", {"sku": "a", "id": "7"}),
        ("/v2/searches/top", "/v2/searches/top", {}),
        ("/v2/searches/stop", "/v2/searches/{id}", {"id": "stop"}),
    ],
)
def test_the_template_that_says_most_of_a_path_fits(path, template, variables):
    match = ROUTES.find(path)
    assert (match.template, decoded_variables(match)) == (template, variables)


@pytest.mark.parametrize(
    "path", ["/v2", "/v2/products/", "/v2/products/a/b", "/v2/aXb/1", "/v2/products/id:", "/v2//a"]
)
def test_other_paths_are_none(path):
    match = ROUTES.find(path)
    assert match is None or match.template == "/v2/products/{sku}"
    assert match is None or path == "/v2/products/id:"


def test_a_path_says_which_methods_it_takes():
    assert ROUTES.find("/v2/products/R1").allowed == "GET, HEAD, PUT"
    assert ROUTES.find("/v2/products:bulk").allowed == "POST"


@pytest.mark.parametrize("raw", ["%", "%zz", "%FF"])
def test_a_variable_that_is_no_text_is_refused(raw):
    with pytest.raises(MalformedBodyError, match="the path must"):
        decoded_variables(ROUTES.find(f"/v2/products/{raw}"))
