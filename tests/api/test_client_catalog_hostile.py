"""Odd values, echoes and orders of calls that could damage products, gemstones, listings and batches."""

import pytest

from facetry.engines.sqlite.opening import open_store
from tests.api.server import Server

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "sqlite"])
async def server(request, tmp_path, anyio_backend):
    store = await open_store(tmp_path, owner=True) if request.param == "sqlite" else None
    server = Server(store=store)
    yield server
    await server.store.close()


def ring(sku, /, **fields):
    return {"sku": sku, "title": f"Ring {sku}", "type": "ring", **fields}


async def only(office, sku, *names):
    (found,) = await office.ok("product_search", {"sku": sku, "fields": list(names)})
    return {name: found[name] for name in names}


@pytest.mark.parametrize("name", ["metals", "gemstones", "variations"])
@pytest.mark.parametrize("raw", [{}, [], "", None])
async def test_an_empty_list_of_objects_may_be_written_as_an_empty_object(office, name, raw):
    await office.ok("product_import", ring("A", **{name: raw}))
    await office.ok("product_update", {"sku": "A", name: raw})
    assert await only(office, "A", name) == {name: []}


@pytest.mark.parametrize("name", ["metals", "gemstones", "variations"])
@pytest.mark.parametrize("raw", [0, False])
async def test_what_is_no_list_of_objects_is_refused(office, name, raw):
    data = await office.refused(302 if name == "variations" else 303, "product_import", ring("A", **{name: raw}))
    assert ("missing" if name == "variations" else "errors") in data
    assert await office.ok("product_search") == []


@pytest.mark.parametrize(
    ("action", "raw"),
    [
        ("replace", 0),
        ("append", 0),
        ("update", 0),
        *((name, False) for name in ("replace", "append", "update", "remove")),
    ],
)
async def test_no_action_takes_what_is_no_list_of_objects(office, action, raw):
    await office.ok("product_import", ring("A", metals=[{"name": "gold"}]))
    await office.refused(303, "product_update", {"sku": "A", "metals": raw}, actions={"metals": action})
    assert await only(office, "A", "metals") == {"metals": [{"name": "gold"}]}


async def test_the_price_of_a_variation_is_in_the_currency_that_it_names(office):
    own = {"sku": "A-6", "field": "size", "value": "6", "price": "99 EUR"}
    await office.ok("product_import", ring("A", price=100, variations=[own]))
    assert await only(office, "A-6", "price", "currency") == {"price": 99, "currency": "EUR"}
    assert await only(office, "A", "price", "currency") == {"price": 100, "currency": "USD"}
