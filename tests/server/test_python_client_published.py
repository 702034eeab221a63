"""The Python clients of the two published APIs."""

from __future__ import annotations

import time

import pytest

from facetry.client.catalog_api import AsyncCatalogApi, CatalogApi
from facetry.client.client_api import AsyncClientApi, ClientApi
from facetry.client.errors import ActionError, CatalogApiError
from tests.api.server import product
from tests.program import Program, done, new_tenant

RING = {"sku": "R-1", "title": "Ring", "type": "ring", "price": 9.5, "quantity": 3}
LIMITED = {"FACETRY_CLIENT_API_LIMITS": "product_sold=2/10"}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "data"
    with Program(folder, "--search", "memory:", env=LIMITED) as program:
        yield program


@pytest.fixture(scope="module")
def url(program):
    return f"http://127.0.0.1:{program.port}"


@pytest.fixture
def keys(program):
    return new_tenant(program.data)


@pytest.fixture
def catalog(url, keys):
    with CatalogApi(url, keys["id"], keys["apiKey"]) as client:
        yield client


@pytest.fixture
def office(url, keys):
    with ClientApi(url, keys["accessKey"]) as client:
        yield client


@pytest.fixture
def anyio_backend():
    return "asyncio"


def order(reference, customer="C-7"):
    return {"orderID": reference, "customerID": customer, "productQuantity": {"S1": 1}, "productPrice": {"S1": 9.5}}


def test_products_of_the_catalog_api(catalog):
    assert catalog.create_product(product("S1"))["response"]["sku"] == "S1"
    with pytest.raises(CatalogApiError) as caught:
        catalog.create_product(product("S1"))
    assert (caught.value.status, caught.value.code) == (200, "INVALID")
    assert caught.value.message == "Product with SKU S1 already exists, please use PUT to update it ..."
    assert catalog.put_product(product("S1", name="New name"))["message"] == "Product Updated"
    assert catalog.product("S1")["name"] == "New name"
    assert catalog.group(catalog.product("S1")["groupID"])["name"] == "New name"
    assert catalog.search("new", facets=True, from_=0, size=1)["hits"]["total"]["value"] == 1
    assert catalog.delete_product("S1")["success"] is True
    with pytest.raises(CatalogApiError, match="does not exist"):
        catalog.delete_group("G1")


def test_broken_rules_of_the_catalog_api(catalog):
    with pytest.raises(CatalogApiError) as caught:
        catalog.put_product(product("S1", regularPrice="dear"))
    assert (caught.value.status, [one["param"] for one in caught.value.errors]) == (422, ["regularPrice"])
    assert caught.value.message.startswith("regularPrice: ")


def test_orders_of_the_catalog_api(catalog):
    catalog.create_product(product("S1", quantity=5))
    for reference in ("W/1", "W2"):
        catalog.create_order(order(reference))
    assert catalog.order("W/1")["response"]["orderID"] == "W/1"
    assert len(catalog.orders_of("C-7")["response"]) == 2
    assert catalog.update_order_status("W2", "CANCELED")["message"] == "Order Updated"
    assert catalog.delete_order("W2")["response"] == {"orderIDs": ["W2"]}
    assert catalog.delete_orders_of("C-7")["response"] == {"orderIDs": ["W/1"]}


def test_a_token_renews_itself(program, url, keys, catalog):
    catalog.create_product(product("S1"))
    assert catalog.login().count(".") == 2
    catalog._token = "a token that is good no more"
    assert catalog.product("S1")["sku"] == "S1"
    assert catalog._token.count(".") == 2
    done("tenant", "rotate", keys["id"], "--yes", "--data", program.data)
    with pytest.raises(CatalogApiError, match="Invalid credentials"):
        catalog.product("S1")


@pytest.mark.anyio
async def test_the_catalog_api_awaited(url, keys, anyio_backend):
    async with AsyncCatalogApi(url, keys["id"], keys["apiKey"]) as catalog:
        await catalog.create_product(product("S1"))
        assert (await catalog.product("S1"))["sku"] == "S1"


def test_actions_of_the_client_api(office):
    made = office.call("product_import", RING)
    assert (made.code, made.failed, len(made.request_id)) == (100, [], 32)
    assert office.call("product_search", {"sku": "R-1"}).data[0]["sku"] == "R-1"


def test_a_part_of_a_list_may_fail(office):
    reply = office.call("product_import", [RING, {"sku": "R-2"}])
    assert (reply.code, [entry.code for entry in reply.entries]) == (302, [100, 302])
    (failed,) = reply.failed
    assert (failed.index, "title" in failed.fields["missing"]) == (1, True)
    assert failed.message.startswith("Partial Content in Data")


def test_failures_of_the_client_api(url, office):
    with pytest.raises(ActionError) as caught:
        office.call("no_such_action")
    assert (caught.value.code, caught.value.message[:16], len(caught.value.request_id)) == (200, "Action Not Found", 32)
    with pytest.raises(ActionError) as caught:
        office.call("product_import", {"sku": "R-2"})
    assert (caught.value.code, "title" in caught.value.data["missing"]) == (302, True)
    with ClientApi(url, "no key") as nobody, pytest.raises(ActionError) as caught:
        nobody.call("product_search", {"sku": "R-1"})
    assert caught.value.code == 102


def test_full_buckets_are_waited_for(office):
    office.call("product_import", {**RING, "quantity": 50})
    begun = time.monotonic()
    for number in range(6):
        sale = {"sku": "R-1", "quantity": 1, "sold_action": "revise", "order_ref": f"A-{number}"}
        assert office.call("product_sold", sale, is_repeatable=True).code == 100
    assert time.monotonic() - begun >= 0.2
    (left,) = office.call("product_search", {"sku": "R-1", "fields": ["quantity"]}).data
    assert int(left["quantity"]) == 44


@pytest.mark.anyio
async def test_the_client_api_awaited(url, keys, anyio_backend):
    async with AsyncClientApi(url, keys["accessKey"]) as office:
        await office.call("product_import", RING)
        assert (await office.call("product_search", {"sku": "R-1"})).data[0]["sku"] == "R-1"
