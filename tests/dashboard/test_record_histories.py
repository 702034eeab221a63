"""Who changed what of gemstones, listings, orders and clients, as their pages tell it."""

import pytest

from facetry.domain.actor import Actor
from facetry.domain.catalog import PutProduct
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.listing import ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.order import Client, Order, OrderLine, OrderStatus, StatusDefinition
from facetry.domain.ordering import PlaceOrder, ReviseOrder
from facetry.domain.patching import ProductKey
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.tenant import ClientApiSettings
from facetry.domain.trade import Trade

pytestmark = pytest.mark.anyio

BY = Actor("user:ada@shop.example")


async def write(server, *writes, by=BY):
    receipt = await server.store.write("shop", writes, by=by)
    assert [one for one in receipt.outcomes if hasattr(one, "message")] == []


def told(shown):
    """Return the changes of a page, newest first, each with what became of its fields."""
    found = []
    for change in shown.page.select(".changes > li"):
        names = [" ".join(one.get_text(" ").split()) for one in change.select("dt, dd")]
        head = " ".join(change.select_one(".row").get_text(" ").split())
        found.append((head, dict(zip(names[::2], names[1::2], strict=True))))
    return found


async def test_an_order_tells_what_became_of_it(server, shop, viewer):
    ring = PutProduct(ProductContent(sku="R1", name="Ring", group_id="G", quantity=20))
    line = OrderLine(id=0, sku="R1", amount=2, price=12_500_000)
    order = Order(reference="N-1", currency="EUR", order_date=1_600_000_000.0, lines=(line,))
    await write(server, ring, PlaceOrder(order, Client(name="Ada", email="ada@x.test")), by=Actor("main"))
    changes = {
        "status": OrderStatus.PAID.value,
        "shipping_price": 150_000,
        "address": {"city": "York"},
        "is_gift": True,
        "due_date": 1_600_086_400.0,
        "discount_rate": 2.5,
        "comments": "<b>twice</b>",
    }
    lines = ({"id": 1, "amount": 3}, {"title": "Engraving"})
    await write(server, ReviseOrder(RecordKey(1), changes, lines))
    shown = await viewer.get("/dashboard/orders/1")
    changed, created = told(shown)
    assert created == ("Created 1 second ago main", {})
    assert changed[0] == "Changed 1 second ago ada@shop.example"
    assert changed[1] == {
        "Status": "New Paid",
        "Due": "Sep 14, 2020, 12:26 PM UTC",
        "City": "York",
        "Shipping": "€15.00",
        "Discount in percent": "2.5",
        "Notes": "<b>twice</b>",
        "Gift": "No Yes",
        "Line 1": "2 × Ring, €1,250.00 3 × Ring, €1,250.00",
        "Line 2": "1 × Engraving",
    }
    assert told(await viewer.get("/dashboard/orders/1/history")) == [changed, created]
    assert shown.page.select(".changes form") == []
    assert shown.page.find("a", string="All changes")["href"] == "/dashboard/orders/1/history"


async def test_a_gemstone_tells_what_sold_it_too(server, shop, viewer):
    stone = Gemstone(code="D/1", name="Diamond", type="diamond", quantity=5, price=1_000_000, details={"depth": 61.5})
    await write(server, PutRecord(stone))
    ring = ProductContent(sku="R1", name="Ring", group_id="G", quantity=5, gemstones=({"code": "D/1", "quantity": 2},))
    patch = {
        "price": None,
        "details.depth": 62,
        "details.own": True,
        "images": ["https://a.test/1", "https://a.test/2"],
    }
    await write(server, PutProduct(ring), PatchRecord(RecordKind.GEMSTONE, RecordKey(1), patch))
    order = Order(reference="N-1", lines=(OrderLine(id=0, sku="R1", amount=1),))
    await write(server, PlaceOrder(order), by=Actor("token"))
    sold, changed, created = told(await viewer.get("/dashboard/gemstones/D%2F1"))
    assert sold == ("Changed by an order 1 second ago Catalog API", {"Quantity": "5 3"})
    assert changed == (
        "Changed 1 second ago ada@shop.example",
        {
            "Price": "$100.00",
            "Pictures": "https://a.test/1; https://a.test/2",
            "Depth": "61.5 62",
            "own": "Yes",
        },
    )
    assert created[0] == "Created 1 second ago ada@shop.example"
    assert len(told(await viewer.get("/dashboard/gemstones/D%2F1/history"))) == 3


async def test_a_client_and_a_listing_tell_theirs_in_the_visitors_language(server, shop, viewer):
    trade = Trade(auto_refill=True)
    await write(server, PutProduct(ProductContent(sku="R1", name="R", group_id="G", quantity=5, trade=trade)))
    await write(server, PutListing({"channel": 1000}, ProductKey(sku="R1")), PutRecord(Client(name="Ada")))
    ended = {"status": ListingStatus.ENDED.value, "channel": 3000}
    client = {"type": "reseller", "discount": 5.0, "tags": ["a", "b"], "created": 0.0}
    await write(server, PutListing(ended, listing_id=1), PatchRecord(RecordKind.CLIENT, RecordKey(1), client))
    viewer.language = "de"
    listing, _ = told(await viewer.get("/dashboard/listings/1"))
    assert listing[1] == {"Kanal": "eBay Etsy", "Status": "Aktiv Beendet", "Stückzahl": "5 0"}
    (changed, fields), (created, _) = told(await viewer.get("/dashboard/clients/1"))
    assert (changed[:8], created[:8]) == ("Geändert", "Angelegt")
    assert fields == {"Art": "Normal Wiederverkäufer", "Stichwörter": "a; b", "Rabatt": "5"}


async def test_what_is_gone_keeps_its_history_and_others_have_none(server, shop, viewer, rival_owner):
    await write(server, PutRecord(Client(name="Ada")))
    await write(server, DeleteRecord(RecordKind.CLIENT, RecordKey(1)))
    shown = await viewer.get("/dashboard/clients/1/history")
    assert [head.split()[0] for head, _ in told(shown)] == ["Deleted", "Created"]
    assert shown.texts(".page__subtitle") == ["Deleted"]
    assert (await viewer.get("/dashboard/clients/1")).status == 404
    stone = Gemstone(code="D/1", name="Diamond", type="diamond")
    await write(server, PutRecord(stone), PatchRecord(RecordKind.GEMSTONE, RecordKey(1), {"code": "D/2"}))
    await write(server, DeleteRecord(RecordKind.GEMSTONE, RecordKey(1)))
    gone = await viewer.get("/dashboard/gemstones/D%2F2/history")
    assert (gone.texts("h1"), gone.texts(".page__subtitle")) == (["History of D/2"], ["Deleted"])
    assert told(gone)[1][1] == {"Code": "D/1 D/2"}
    for path in ("clients/2", "gemstones/D%2F1", "clients/x", "gemstones/none", "orders/1", "listings/1"):
        assert (await viewer.get(f"/dashboard/{path}/history")).status == 404
    assert (await rival_owner.get("/dashboard/clients/1/history")).status == 404


async def test_a_long_history_has_pages(server, shop, viewer):
    await write(server, PutRecord(Client(name="Ada", discount=0.0)))
    patches = [PatchRecord(RecordKind.CLIENT, RecordKey(1), {"discount": float(n)}) for n in range(1, 61)]
    await write(server, *patches)
    assert len(told(await viewer.get("/dashboard/clients/1"))) == 5
    first = await viewer.get("/dashboard/clients/1/history")
    rest = await viewer.get(first.page.find("a", rel="next")["href"])
    assert [len(told(page)) for page in (first, rest)] == [50, 11]
    assert told(first)[-1][1] == {"Discount": "10 11"}
    assert told(rest)[0][1] == {"Discount": "9 10"}
    assert rest.page.find("a", string="First page")["href"] == "/dashboard/clients/1/history"


async def test_records_of_before_there_was_a_history_say_that_nothing_is_known(server, shop, viewer):
    await write(server, PutRecord(Client(name="Ada")))
    await server.journal.forget("shop")
    assert "No changes are known" in (await viewer.get("/dashboard/clients/1")).words
    assert "No changes are known" in (await viewer.get("/dashboard/clients/1/history")).words


async def test_a_tenants_own_status_and_numbers_are_told_by_their_names(server, shop, viewer):
    own = StatusDefinition(12, "At the engraver", OrderStatus.IN_PRODUCTION)
    await server.tenants.set_client_api("shop", ClientApiSettings(statuses=(own,)))
    await write(server, PutRecord(Client(name="Ada")), PutRecord(Order(status=OrderStatus.IN_PRODUCTION)))
    changed = {"own_status": 12, "reference": "N-1", "customer": "K-1", "client_id": 1}
    await write(server, PatchRecord(RecordKind.ORDER, RecordKey(1), changed))
    (_, fields), _ = told(await viewer.get("/dashboard/orders/1"))
    assert fields == {
        "Order number": "N-1",
        "Client": "#1",
        "Reference": "K-1",
        "Status": "In production At the engraver",
    }
