"""The published calls about orders, one after the other in one shop: every answer key by key in its order."""

import json
from pathlib import Path

import pytest

from tests.api.server import product

CALLS = json.loads((Path(__file__).parent / "orders.json").read_text("utf-8"))["calls"]


@pytest.mark.anyio
async def test_every_call_is_answered_as_published(shop):
    for sku, quantity in (("9398474", 3), ("9398111", 1)):
        await shop.post(product(sku, sku, quantity=quantity))
    for call in CALLS:
        reply = await shop(*call["request"])
        assert reply.status == call.get("status", 200), call["says"]
        # Compared as text, so that the order of keys counts.
        assert json.dumps(reply.json) == json.dumps(call["answer"]), call["says"]
        for sku, quantity in call.get("stock", {}).items():
            assert (await shop.product(sku)).json["quantity"] == quantity, call["says"]


def test_every_call_says_what_it_shows():
    assert {frozenset(call) - {"status", "stock"} for call in CALLS} == {frozenset({"says", "request", "answer"})}
