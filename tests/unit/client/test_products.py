"""Calls about products: what they send."""

import json
from decimal import Decimal

import pytest

from facetry.client.products import Products
from facetry.client.types.product import FieldChange, Product, StoredProduct
from tests.unit.client.driving import Driven, answer, kept

STORED = {"sku": "A", "id": 7, "name": "Ring", "price": 12.5, "regular_price": 12.5}


def called(name, *arguments, outcomes=(), **options):
    products = kept(Products)
    getattr(products, name)(*arguments, **options)
    return Driven(products.flow, *outcomes)


def test_a_product_has_the_tag_of_its_answer():
    done = called("get", "A/1", min_revision=5, outcomes=[answer(STORED, etag='"t"')])
    assert done.sent[0].target == "/v2/products/A%2F1?min_revision=5"
    assert done.result == StoredProduct(
        sku="A", id=7, name="Ring", price=Decimal("12.5"), regular_price=Decimal("12.5"), etag='"t"'
    )


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({}, {}),
        ({"if_match": '"t"'}, {"if-match": '"t"'}),
        ({"only_new": True}, {"if-none-match": "*"}),
        ({"idempotency_key": "k"}, {"idempotency-key": "k"}),
    ],
)
def test_what_is_said_of_a_write(options, headers):
    (request,) = called("put", Product(sku="A", name="Ring"), **options).sent
    given = {
        name: text for name, text in request.headers.items() if name in {"if-match", "if-none-match"} or text == "k"
    }
    assert given == headers
    assert (request.method, request.target, json.loads(request.body)) == (
        "PUT",
        "/v2/products/A",
        {"sku": "A", "name": "Ring"},
    )


def test_history_comes_page_by_page():
    entry = {"id": 3, "revision": 3, "time": "2026-11-22T10:00:00.123Z", "by": "main", "action": "patch"}
    changed = {**entry, "changes": [{"pointer": "/color", "from": "Red"}]}
    done = called(
        "history", "A", page_size=1, outcomes=[answer({"items": [changed], "next": "c"}), answer({"items": [entry]})]
    )
    assert [request.target for request in done.sent] == [
        "/v2/products/A/history?limit=1",
        "/v2/products/A/history?limit=1&after=c",
    ]
    assert [one.changes for one in done.items] == [(FieldChange("/color", "Red"),), ()]


def test_undoing_may_leave_nothing():
    done = called("undo", "A", 3, force=True, outcomes=[answer(None, 204)])
    assert (done.sent[0].target, done.result) == ("/v2/products/A/history/3/undo?force=true", None)
    assert called("undo", "A", 3, outcomes=[answer(STORED)]).result.sku == "A"
