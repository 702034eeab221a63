"""Gemstones, listings, orders, clients and quotas through the Python client, against a real server."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from facetry.client import (
    ChangedMeanwhileError,
    Client,
    ConflictError,
    Facetry,
    Gemstone,
    InvalidRequestError,
    Listing,
    NotFoundError,
    Order,
    OrderLine,
    Product,
)
from facetry.client.types.record import Address, Certificate
from facetry.domain.quotas import Quotas, Usage
from tests.program import Program, new_tenant

STONE = Gemstone(
    code="D/7",
    name="Round 0.50",
    type="diamond",
    carat=0.5,
    quantity=2,
    price=Decimal("1450.5"),
    certificate=Certificate(lab="GIA", number="2141438167"),
    details={"depth": 61.9},
)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("records") / "data", "--search", "memory:") as program:
        yield program


@pytest.fixture
def client(program):
    keys = new_tenant(program.data)
    with Facetry(f"http://127.0.0.1:{program.port}", keys["apiKey"]) as client:
        client.products.put(Product(sku="A", name="Ring", quantity=5, regular_price=Decimal(100)))
        yield client


def told(entries):
    return [
        (one.by, one.action, one.reason, [(change.pointer, change.before, change.after) for change in one.changes])
        for one in entries
    ]


def test_gemstones(client):
    made = client.gemstones.add(STONE)
    assert (made.id, made.code, made.price, made.certificate) == (1, "D/7", Decimal("1450.5"), STONE.certificate)
    assert client.gemstones.get("D/7") == made
    with pytest.raises(ConflictError):
        client.gemstones.add(STONE)
    changed = client.gemstones.patch("D/7", {"color": "G"}, if_match=made.etag)
    assert (changed.color, changed.details["depth"]) == ("G", 61.9)
    with pytest.raises(ChangedMeanwhileError) as caught:
        client.gemstones.put(STONE, if_match=made.etag)
    assert caught.value.current["color"] == "G"
    assert client.gemstones.put(changed).etag == changed.etag
    assert client.gemstones.change_stock("D/7", -1, reason="lost").quantity == 1
    assert told(client.gemstones.history("D/7", page_size=1)) == [
        ("api_key", "stock", "lost", [("/quantity", 2, 1)]),
        ("api_key", "update", "", [("/color", None, "G")]),
        ("api_key", "create", "", []),
    ]
    client.gemstones.put(Gemstone(code="R", name="Ruby", type="ruby"), only_new=True)
    assert [one.code for one in client.gemstones.each({"type": "diamond"})] == ["D/7"]
    assert [one.code for one in client.gemstones.page(limit=1, after="1").items] == ["R"]
    client.gemstones.delete("D/7")
    with pytest.raises(NotFoundError):
        client.gemstones.get("D/7")


def test_listings(client):
    made = client.listings.add(Listing(sku="A", channel=1100, external_id="x", quantity=0))
    assert (made.id, made.product_id, made.price, made.quantity, made.status) == (1, 1, Decimal(100), 0, "active")
    assert client.listings.patch(1, {"price": Decimal("99.5")}).price == Decimal("99.5")
    assert [one.id for one in client.listings.each({"sku": "A", "status": "active"})] == [1]
    client.listings.delete(1)
    (deleted,) = next(client.listings.history(1)).changes
    assert (deleted.pointer, deleted.before["sku"], deleted.after) == ("", "A", None)
    assert told(client.listings.history(1))[1:] == [
        ("api_key", "update", "", [("/price", 100, 99.5)]),
        ("api_key", "create", "", []),
    ]
    assert [*client.listings.each()] == []


def test_orders(client):
    date = datetime(2026, 11, 22, 10, tzinfo=UTC)
    wish = Order(
        reference="W-1",
        client=Client(reference="C-7", name="Ada", email="ada@example.com"),
        order_date=date,
        address=Address(city="London", country="GB"),
        shipping_price=Decimal(15),
        lines=(OrderLine(sku="A", amount=2, price=Decimal("90.5")),),
    )
    made = client.orders.add(wish)
    assert (made.id, made.client_id, made.customer, made.total, made.order_date) == (1, 1, "C-7", Decimal(196), date)
    assert client.products.get("A").quantity == 3
    assert client.orders.get(1) == made
    assert [one.id for one in client.orders.each({"reference": "W-1", "date_from": date})] == [1]
    assert client.orders.ship(1, tracking_number="JD0146", carrier="DHL", ship_date=date).status == "shipped"
    assert client.orders.patch(1, {"status": "canceled"}).status == "canceled"
    assert client.products.get("A").quantity == 5
    shipped = [
        ("/tracking_number", None, "JD0146"),
        ("/carrier", None, "DHL"),
        ("/ship_date", None, "2026-11-22T10:00:00Z"),
    ]
    assert told(client.orders.history(1)) == [
        ("api_key", "update", "", [("/status", "shipped", "canceled")]),
        ("api_key", "update", "", [("/status", "new", "shipped"), *shipped]),
        ("api_key", "create", "", []),
    ]
    with pytest.raises(ConflictError) as caught:
        client.orders.add(Order(lines=(OrderLine(sku="A", amount=6),)))
    assert caught.value.code == "insufficient_stock"
    assert not hasattr(client.orders, "delete")


def test_clients(client):
    made = client.clients.add(Client(name="Ada", email="ada@example.com", tags=("vip",)))
    assert (made.id, made.type, made.tags) == (1, "regular", ("vip",))
    changed = client.clients.patch(1, {"discount": 5, "tags": None}, if_match=made.etag)
    assert (changed.discount, changed.tags) == (5, ())
    assert [one.id for one in client.clients.each({"email": "ADA@example.com"})] == [1]
    with pytest.raises(InvalidRequestError):
        client.clients.add(Client())
    assert told(client.clients.history(1)) == [
        ("api_key", "update", "", [("/tags", ["vip"], []), ("/discount", None, 5)]),
        ("api_key", "create", "", []),
    ]
    client.clients.delete(1)
    with pytest.raises(NotFoundError):
        next(client.clients.history(2))


def test_changes_bring_records(client):
    since = client.changes.revision()
    client.gemstones.add(STONE)
    client.orders.add(Order(lines=(OrderLine(sku="A"),)))
    client.gemstones.delete("D/7")
    page = client.changes.page(since)
    assert ([one.id for one in page.orders], [(one.kind, one.id) for one in page.gone]) == ([1], [("gemstone", 1)])


def test_quotas(client):
    shown = client.settings.quotas()
    assert shown.quotas == Quotas()
    assert isinstance(shown.used, Usage)
    assert (shown.used.products, shown.used.bytes > 0) == (1, True)
