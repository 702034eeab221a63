"""The pages of orders."""

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.channels import Channel
from facetry.domain.keeping import PutRecord
from facetry.domain.order import Address, Client, Order, OrderLine, OrderStatus, StatusDefinition
from facetry.domain.ordering import PlaceOrder, ReviseOrder
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.tenant import ClientApiSettings
from facetry.domain.user import Role
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

URL = "/dashboard/orders"
KIND = RecordKind.ORDER
HOSTILE = """<script>alert(1)</script>"'& \u202ertl\u202c """ + "w" * 300
DAY = 86_400
ADA, BEN = Client(reference="C-1", name="Ada Löw", email="ada@x.test"), Client(name="Ben", email="ben@x.test")


def placed(number, client, **fields):
    order = Order(
        reference=f"N-{number}",
        currency="EUR",
        order_date=1_600_000_000.0 - (9 - number) * DAY,
        lines=(OrderLine(id=0, sku="R1", amount=2, price=12_500_000), OrderLine(id=0, title="Postage", price=49_000)),
        **fields,
    )
    return PlaceOrder(order, client)


@pytest.fixture
async def orders(server, shop):
    """Three orders, the last one of Ben."""
    await server.catalog.do("shop", PutProduct(ProductContent(sku="R1", name="Ring", group_id="G", quantity=20)))
    address = Address(first_name="Ada", last_name="Löw", line_one="1 Mill Lane", city="York", zip="YO1", country="GB")
    first = placed(1, ADA, address=address, channel=1600, tracking_number="1Z999", shipping_price=150_000)
    await server.catalog.do("shop", first)
    await server.catalog.do("shop", placed(2, ADA, status=OrderStatus.CANCELED, channel=3000))
    await server.catalog.do("shop", placed(3, BEN, discount_rate=10.0, comments="Ring twice"))


async def stored(server, number):
    (order,) = await server.store.records("shop", KIND, [RecordKey(number)])
    return order


async def in_stock(server):
    return (await server.store.product("shop", "R1")).quantity


def numbers(shown):
    return shown.texts("tbody th")


async def test_the_list_is_newest_first(orders, viewer):
    shown = await viewer.get(URL)
    assert shown.texts("h1") == ["Orders"]
    assert numbers(shown) == ["N-3", "N-2", "N-1"]
    cells = shown.texts("tbody tr:last-child td")
    assert cells[1:] == ["Ada Löw", "3", "eBay DE", "€2,519.90", "New"]
    assert "3 orders on this page" in shown.words
    assert numbers(await viewer.get(f"{URL}?sort=oldest")) == ["N-1", "N-2", "N-3"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=N-2", ["N-2"]),
        ("q=%233", ["N-3"]),
        ("q=l%C3%B6w", ["N-1"]),
        ("q=1z999", ["N-1"]),
        ("q=r1+postage", ["N-3", "N-2", "N-1"]),
        ("q=C-1", ["N-2", "N-1"]),
        ("client=2", ["N-3"]),
        ("status=8", ["N-2"]),
        ("status=1", ["N-3", "N-1"]),
        ("status=77", []),
        ("channel=1000", ["N-1"]),
        ("channel=3000&q=N-1", []),
        ("from=2020-09-06&to=2020-09-06", ["N-2"]),
        ("from=2020-09-07", ["N-3"]),
        ("to=yesterday&status=8", ["N-2"]),
        ("q=nobody", []),
    ],
)
async def test_filters_narrow_it(orders, viewer, query, expected):
    shown = await viewer.get(f"{URL}?{query}", htmx=True)
    assert (shown.status, numbers(shown)) == (200, expected)
    assert ("No order matches" in shown.words) is not bool(expected)


async def test_what_was_found_is_told_to_those_who_hear_the_page(orders, viewer):
    assert (await viewer.get(URL)).page.select_one("#told")["role"] == "status"
    told = (await viewer.get(f"{URL}?q=N-2", htmx=True)).page.select_one("#told")
    assert (told["hx-swap-oob"], told.get_text(strip=True)) == ("innerHTML", "1 order on this page")


async def test_a_date_that_is_none_is_told_beside_its_field(orders, viewer):
    shown = await viewer.get(f"{URL}?to=yesterday")
    assert len(shown.texts("#field-to-error")) == 1


async def test_a_list_of_very_many_is_looked_through_in_parts(server, orders, viewer):
    old = [PutRecord(Order(reference=f"M-{number}", order_date=1.0)) for number in range(1_010)]
    await server.catalog.write("shop", old)
    shown = await viewer.get(f"{URL}?q=1z999", htmx=True)
    assert (numbers(shown), "No order matches" in shown.words) == ([], False)
    assert "Not everything has been looked through yet" in shown.words
    assert numbers(await viewer.get(shown.page.find("a", string="Look further")["href"])) == ["N-1"]
    # What a number names is found at once, wherever it stands.
    assert numbers(await viewer.get(f"{URL}?q=N-1"))[0] == "N-1"


async def test_an_empty_list_says_where_orders_come_from(viewer):
    assert "Orders come in through the APIs" in (await viewer.get(URL)).words


async def test_an_order_tells_all_of_it(orders, viewer):
    shown = await viewer.get(f"{URL}/1")
    assert shown.texts("h1") == ["Order N-1"]
    assert shown.texts("tbody tr") == ["Ring R1 2 €1,250.00 €2,500.00", "Postage 1 €4.90 €4.90"]
    assert [one["href"] for one in shown.page.select("tbody a")] == ["/dashboard/products/R1"]
    for text in ("Goods €2,504.90", "Shipping €15.00", "To be paid €2,519.90", "1 Mill Lane, YO1 York, GB", "1Z999"):
        assert text in shown.words
    assert shown.page.select_one("a[href='/dashboard/clients/1']") is not None
    other = await viewer.get(f"{URL}/3")
    assert "Discount €250.49" in other.words
    assert "Ring twice" in other.words


async def test_what_is_not_in_the_catalog_says_so(server, shop, viewer):
    lines = (OrderLine(id=0, sku="GONE", price=1), OrderLine(id=0, title="Engraving"))
    await server.catalog.do("shop", PlaceOrder(Order(lines=lines), takes_unknown=True))
    shown = await viewer.get(f"{URL}/1")
    assert shown.texts("h1") == ["Order #1"]
    assert shown.texts("tbody th") == ["GONE Not in the catalog", "Engraving"]
    assert shown.page.select("tbody a") == []
    assert "$0.00" in shown.words


@pytest.mark.parametrize("path", ["9", "0", "N-1", "9" * 30, "%00"])
async def test_one_that_is_not_there_is_not_found(orders, viewer, editor, path):
    assert (await viewer.get(f"{URL}/{path}")).status == 404
    assert (await editor.post(f"{URL}/{path}/status", {"status": "2"})).status == 404


async def test_its_status_changes_as_the_rules_allow(server, orders, editor):
    assert await in_stock(server) == 16
    shown = await editor.get(f"{URL}/1")
    assert len(shown.page.select("#field-status option")) == 9
    sent = shown.values("form[action$=status]") | {"status": "8"}
    done = await editor.post(f"{URL}/1/status", sent)
    assert (done.status, done.headers["location"]) == (303, f"{URL}/1")
    assert ((await stored(server, 1)).status, await in_stock(server)) == (OrderStatus.CANCELED, 18)
    assert (await stored(server, 1)).update_date == server.clock.now()
    shown = await editor.follow(done)
    assert "Saved." in shown.words
    assert shown.texts("#field-status option") == ["Canceled"]
    assert shown.page.select("form[action$=shipment]") == []
    form = shown.values("form[action$=status]")
    refused = await editor.post(f"{URL}/1/status", form | {"status": "1"})
    assert (refused.status, refused.texts("#field-status-error")) == (422, ["Is canceled, which is final."])
    assert (await editor.post(f"{URL}/1/status", form | {"status": "no such"})).status == 422
    refused = await editor.post(f"{URL}/1/shipment", form | {"tracking_number": "X"})
    assert refused.status == 422
    assert "such an order is not shipped" in refused.words
    assert (await stored(server, 1)).status is OrderStatus.CANCELED


async def test_a_tracking_number_ships_it(server, orders, editor):
    form = (await editor.get(f"{URL}/3")).values("form[action$=shipment]")
    refused = await editor.post(f"{URL}/3/shipment", form | {"carrier": "DHL"})
    assert (refused.status, refused.texts("#field-tracking_number-error")) == (422, ["Must not be empty."])
    assert refused.values("form[action$=shipment]")["carrier"] == ["DHL"]
    wrong = await editor.post(f"{URL}/3/shipment", form | {"tracking_number": "X", "ship_date": "soon"})
    assert (wrong.status, len(wrong.texts("#field-ship_date-error"))) == (422, 1)
    sent = form | {"tracking_number": "LP9", "carrier": "DHL", "ship_date": "2020-09-10"}
    assert (await editor.post(f"{URL}/3/shipment", sent)).status == 303
    order = await stored(server, 3)
    assert (order.status, order.tracking_number, order.carrier) == (OrderStatus.SHIPPED, "LP9", "DHL")
    assert order.ship_date == 1_599_696_000.0
    assert (await editor.get(f"{URL}/3")).values("form[action$=shipment]")["ship_date"] == ["2020-09-10"]


async def test_lines_may_have_parcels_of_their_own(server, orders, editor):
    selector = "form[action$=shipment]:has([name=separate])"
    form = (await editor.get(f"{URL}/3")).values(selector)
    refused = await editor.post(f"{URL}/3/shipment", form)
    assert refused.status == 422
    assert "Must have a tracking number for a line at least." in refused.words
    assert (
        await editor.post(f"{URL}/3/shipment", form | {"tracking_number.1": "A1", "carrier.1": "UPS"})
    ).status == 303
    order = await stored(server, 3)
    assert ([line.tracking_number for line in order.lines], order.status) == (["A1", ""], OrderStatus.NEW)
    shown = await editor.get(f"{URL}/3")
    assert [text.endswith(end) for text, end in zip(shown.texts("tbody tr"), ("UPS A1", "–"), strict=True)] == [
        True
    ] * 2
    form = shown.values(selector)
    assert (await editor.post(f"{URL}/3/shipment", form | {"tracking_number.2": "B2"})).status == 303
    order = await stored(server, 3)
    assert [(line.tracking_number, line.carrier) for line in order.lines] == [("A1", "UPS"), ("B2", "")]
    assert order.status is OrderStatus.SHIPPED


async def test_notes_are_kept_as_they_are_written(server, orders, editor):
    form = (await editor.get(f"{URL}/3")).values("form[action$=notes]")
    assert (await editor.post(f"{URL}/3/notes", form | {"comments": "Call\r\nfirst "})).status == 303
    assert (await stored(server, 3)).comments == "Call\nfirst"
    form = (await editor.get(f"{URL}/3")).values("form[action$=notes]")
    refused = await editor.post(f"{URL}/3/notes", form | {"comments": "x" * 10_001})
    assert (refused.status, len(refused.texts("#field-comments-error"))) == (422, 1)
    assert (await editor.post(f"{URL}/3/notes", form | {"comments": ""})).status == 303
    assert (await stored(server, 3)).comments == ""


async def test_a_lost_race_is_shown_and_overwrites_nothing(server, orders, editor):
    page = await editor.get(f"{URL}/3")
    await server.catalog.do("shop", ReviseOrder(RecordKey(3), {"status": 2}))
    for name, sent in {
        "status": {"status": "8"},
        "shipment": {"tracking_number": "X"},
        "notes": {"comments": "Y"},
    }.items():
        shown = await editor.post(f"{URL}/3/{name}", page.values(f"form[action$={name}]") | sent)
        assert shown.status == 409
        assert "Somebody else changed this meanwhile" in shown.words
        ((field, value),) = sent.items()
        assert shown.values(f"form[action$={name}]")[field][0].strip() == value
    order = await stored(server, 3)
    assert (order.status, order.tracking_number, order.comments) == (OrderStatus.PAID, "", "Ring twice")
    assert (await editor.post(f"{URL}/3/notes", {"comments": "without a tag"})).status == 409


async def test_a_viewer_looks_and_changes_nothing(server, orders, viewer):
    shown = await viewer.get(f"{URL}/3")
    assert shown.page.select("main form") == []
    assert "Ring twice" in shown.words
    for name in ("status", "shipment", "notes"):
        assert (await viewer.post(f"{URL}/3/{name}", {"status": "8"})).status == 403
    assert (await stored(server, 3)).status is OrderStatus.NEW


async def test_a_tenant_calls_statuses_and_channels_as_it_likes(server, orders, editor):
    own = StatusDefinition(12, "At the engraver", OrderStatus.IN_PRODUCTION)
    await server.tenants.set_client_api(
        "shop", ClientApiSettings(statuses=(own,), channels=(Channel(9000, "My Shop"),))
    )
    form = (await editor.get(f"{URL}/3")).values("form[action$=status]")
    assert (await editor.post(f"{URL}/3/status", form | {"status": "12"})).status == 303
    order = await stored(server, 3)
    assert (order.status, order.own_status) == (OrderStatus.IN_PRODUCTION, 12)
    shown = await editor.get(f"{URL}?status=12")
    assert numbers(shown) == ["N-3"]
    assert shown.texts("tbody tr:first-child td")[-1] == "At the engraver"
    assert numbers(await editor.get(f"{URL}?status=3")) == ["N-3"]
    assert "My Shop" in shown.texts("#field-channel option")


async def test_nobody_sees_those_of_another_tenant(orders, rival_owner):
    assert "No orders yet" in (await rival_owner.get(URL)).words
    assert (await rival_owner.get(f"{URL}/1")).status == 404


async def test_texts_of_others_are_only_texts(server, shop, editor):
    names = dict.fromkeys(Address.__struct_fields__, HOSTILE)
    line = OrderLine(id=0, sku=HOSTILE, title=HOSTILE, comment=HOSTILE, tracking_number=HOSTILE, carrier=HOSTILE)
    order = Order(
        reference="<b>&1", customer=HOSTILE, address=Address(**names), lines=(line, line), comments=HOSTILE,
        carrier=HOSTILE, tracking_number=HOSTILE, shipping_type=HOSTILE, store_name=HOSTILE, channel=4711,
    )  # fmt: skip
    await server.catalog.do("shop", PlaceOrder(order, takes_unknown=True))
    for target in (URL, f"{URL}?q=%3Cscript%3E&from=%3Cscript%3E", f"{URL}/1"):
        shown = await editor.get(target)
        assert shown.status == 200
        assert "<script>alert" not in shown.text
        assert shown.page.select("main b") == []
    assert "4711" in shown.words


async def test_the_pages_speak_german(server, orders):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    shown = await german.get(f"{URL}?q=N-1")
    assert shown.texts("h1") == ["Bestellungen"]
    assert "1 Bestellung auf dieser Seite" in shown.words
    assert shown.texts("tbody td")[-1] == "Neu"
    assert (await german.get(f"{URL}/1")).texts("h1") == ["Bestellung N-1"]


async def test_what_is_wrong_is_told_in_the_visitors_language(server, orders):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    form = (await german.get(f"{URL}/3")).values("form[action$=shipment]")
    refused = await german.post(f"{URL}/3/shipment", form | {"carrier": "DHL"})
    assert refused.texts("#field-tracking_number-error") == ["Darf nicht leer sein."]
