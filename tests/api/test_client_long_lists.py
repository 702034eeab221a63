"""Long lists about orders through the Client API: each has an end, and none changes what a short one says."""

import pytest

from facetry.api.client import orders
from facetry.api.client.order_filters import MOST
from facetry.domain.order_rules import MAX_LINES
from tests.api.server import product

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", ["order_id", "status"])
async def test_a_filter_names_so_many_at_most(office, name):
    for many in ([1] * (MOST + 1), "1," * MOST):
        refused = await office.refused(303, "orders_export", {name: many})
        assert refused == {"errors": [{"path": name, "message": f"must be at most {MOST} values"}]}
    assert await office.ok("orders_export", {name: [1] * MOST}) == []


async def test_an_order_that_is_named_often_is_given_once(office):
    await office.ok("order_import", [{"products": [{"sku": "X"}]}, {"products": [{"sku": "X"}]}])
    found = await office.ok("orders_export", {"order_id": [2, 1, 2, 2, 7, 1] * 500})
    assert [order["order_id"] for order in found] == [2, 1]


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("order_import", {}),
        ("order_update", {"order_id": 1}),
        ("order_set_separate_tracking_numbers", {"order_id": 1}),
    ],
)
async def test_an_order_has_so_many_lines_at_most(office, action, key):
    lines = [{"sku": "X", "order_product_id": 1, "tracking_number": "T"}] * (MAX_LINES + 1)
    if action != "order_set_separate_tracking_numbers":
        lines = [{"sku": "X"}] * (MAX_LINES + 1)
    refused = await office.refused(303, action, {**key, "products": lines})
    assert {"path": "products", "message": f"must be at most {MAX_LINES}"} in refused["errors"]


async def test_a_list_is_written_in_several_steps_and_answered_in_its_order(shop, office, monkeypatch):
    monkeypatch.setattr(orders, "CHUNK", 2)
    await shop.post(product("R1", "R1", quantity=3))
    orders_sent = [{"products": [{"sku": "R1"}], "order_unique": str(at)} for at in range(5)]
    orders_sent[1]["channel"] = "none such"
    told = await office.refused(302, "order_import", [*orders_sent, *orders_sent[:1]])
    assert [one["index"] for one in told] == [0, 1, 2, 3, 4, 5]
    assert [one["result"]["code"] for one in told] == [100, 303, 100, 100, 303, 303]
    assert [one.get("order_unique") for one in told] == ["0", None, "2", "3", None, None]
    assert (await shop.product("R1")).json["quantity"] == 0
