"""Keys that are there and are none, through the Client API: wrong, which is not the same as missing."""

import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("sku", "message"),
    [
        ("..", "must not be a dot segment"),
        ("x" * 51, "must have 1 to 50 characters"),
        ("a\nb", "must not contain control characters"),
    ],
)
@pytest.mark.parametrize("name", ["sku", "catalog_code"])
async def test_a_sku_that_none_can_have_is_wrong(office, name, sku, message):
    refused = await office.refused(303, "product_import", {name: sku, "title": "Ring", "type": "ring"})
    assert refused == {"errors": [{"path": name, "message": message}]}
    refused = await office.refused(302, "product_import", {name: sku, "title": "Ring"})
    assert refused == {"missing": ["type"]}


async def test_a_variation_with_such_a_sku_is_wrong(office):
    variation = {"sku": "..", "field": "size", "value": "7"}
    data = {"sku": "R1", "title": "Ring", "type": "ring", "variations": [variation]}
    refused = await office.refused(303, "product_import", data)
    assert refused == {"errors": [{"path": "variations[0].sku", "message": "must not be a dot segment"}]}


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("order_update", {"status": 2}),
        ("order_set_tracking_number", {"tracking_number": "T"}),
        ("order_set_separate_tracking_numbers", {"products": [{"order_product_id": 1, "tracking_number": "T"}]}),
    ],
)
async def test_an_order_id_that_is_none_is_wrong(office, action, data):
    refused = await office.refused(303, action, {"order_id": "x", **data})
    assert refused == {"errors": [{"path": "order_id", "message": "must be a number"}]}
