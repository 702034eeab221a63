"""Both clients have the same methods, and types that the checker reads."""

import tomllib

import pytest

from facetry.client.catalog_api import AsyncCatalogApi, CatalogApi
from facetry.client.client_api import AsyncClientApi, ClientApi
from facetry.client.facetry import AsyncFacetry, Facetry
from facetry.client.methods import Iteration, Method, Steps
from tests.support import ROOT
from tests.unit.client import typed_example

EXAMPLE = "tests/unit/client/typed_example.py"
PARTS = [
    "products",
    "groups",
    "gemstones",
    "listings",
    "orders",
    "clients",
    "settings",
    "changes",
    "imports",
    "journals",
]


def methods(kind):
    return {name for name in dir(kind) if isinstance(getattr(kind, name), Method | Steps | Iteration)}


@pytest.fixture
def clients():
    blocking = Facetry("http://127.0.0.1:1", "k")
    yield blocking, AsyncFacetry("http://127.0.0.1:1", "k")
    blocking.close()


def test_both_have_the_same_methods(clients):
    blocking, awaited = clients
    assert methods(type(blocking)) == methods(type(awaited)) >= {"search", "hits", "suggest"}
    for part in PARTS:
        assert methods(type(getattr(blocking, part))) == methods(type(getattr(awaited, part))) != set()
    for section in ("search", "attributes", "catalog"):
        one, other = getattr(blocking.settings, section), getattr(awaited.settings, section)
        assert methods(type(one)) == methods(type(other)) == {"get", "put", "preview", "versions"}
    assert methods(CatalogApi) == methods(AsyncCatalogApi) >= {"product", "login"}
    assert methods(ClientApi) == methods(AsyncClientApi) == {"call"}


def test_methods_say_what_they_do(clients):
    blocking, _ = clients
    kinds = [type(blocking), *(type(getattr(blocking, part)) for part in PARTS), CatalogApi, ClientApi]
    for kind in kinds:
        for name in methods(kind):
            assert getattr(kind, name).__doc__, f"{kind.__name__}.{name}"
    assert blocking.products.get.__name__ == "get"
    assert blocking.products.get.__doc__ == "Return the product with a SKU."


def test_the_page_names_every_method(clients):
    blocking, _ = clients
    text = (ROOT / "docs" / "python-client.md").read_text("utf-8")
    kinds = [type(blocking), *(type(getattr(blocking, part)) for part in PARTS)]
    missing = {name for kind in kinds for name in methods(kind) if f"`{name}`" not in text}
    assert missing == set()


def test_the_type_checker_reads_the_example():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert EXAMPLE in settings["files"]
    assert settings["strict"] is True
    assert callable(typed_example.blocking)
