"""The pages of clients."""

import pytest

from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.order import Client, Order, OrderLine
from facetry.domain.ordering import PlaceOrder
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

URL = "/dashboard/clients"
KIND = RecordKind.CLIENT
HOSTILE = """<script>alert(1)</script>"'& \u202ertl\u202c """ + "w" * 300
DAY = 86_400


@pytest.fixture
async def clients(server, shop):
    """Ada with an order, Ben, and a reseller."""
    ada = Client(reference="C-1", name="Ada Löw", email="Ada@x.test", phone="+44 1", country_code="GB", tags=("vip",))
    ben = Client(name="Ben", email="ben@x.test", updated=1_600_000_000.0 - DAY)
    trade = Client(reference="C-3", company="Trade Ltd", type="reseller", discount=12.5, comments="Net 30")
    await server.catalog.write("shop", [PutRecord(one) for one in (ada, ben, trade)])
    order = Order(reference="N-1", client_id=1, currency="EUR", lines=(OrderLine(id=0, title="Ring", price=10_000),))
    await server.catalog.do("shop", PlaceOrder(order))


async def stored(server, number):
    (client,) = await server.store.records("shop", KIND, [RecordKey(number)])
    return client


def names(shown):
    return shown.texts("tbody th")


async def test_the_list_is_newest_first(clients, viewer):
    shown = await viewer.get(URL)
    assert shown.texts("h1") == ["Clients"]
    assert names(shown) == ["Trade Ltd Reseller", "Ben", "Ada Löw"]
    assert shown.texts("tbody tr:last-child td") == ["Ada@x.test", "+44 1", "GB", "C-1", "–"]
    assert shown.texts("tbody tr:nth-child(2) td")[-1] == "1 day ago"
    assert "3 clients on this page" in shown.words
    assert names(await viewer.get(f"{URL}?sort=oldest"))[0] == "Ada Löw"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=l%C3%B6w+ada", ["Ada Löw"]),
        ("q=C-3", ["Trade Ltd Reseller"]),
        ("q=ADA%40x.test", ["Ada Löw"]),
        ("q=%40x.test", ["Ben", "Ada Löw"]),
        ("q=VIP", ["Ada Löw"]),
        ("q=2", ["Ben"]),
        ("type=reseller", ["Trade Ltd Reseller"]),
        ("type=regular&q=trade", []),
    ],
)
async def test_filters_narrow_it(clients, viewer, query, expected):
    shown = await viewer.get(f"{URL}?{query}", htmx=True)
    assert (shown.status, names(shown)) == (200, expected)
    assert ("No client matches" in shown.words) is not bool(expected)


async def test_an_empty_list_says_who_becomes_a_client(viewer):
    assert "Whoever orders becomes a client." in (await viewer.get(URL)).words


async def test_a_client_is_shown_with_the_orders(server, clients, viewer):
    shown = await viewer.get(f"{URL}/1")
    assert shown.texts("h1") == ["Ada Löw"]
    assert shown.texts("#orders tbody tr") == ["N-1 – – €1.00 New"]
    assert [one["href"] for one in shown.page.select("#orders tbody a")] == ["/dashboard/orders/1"]
    assert shown.page.find("a", string="All orders of this client") is None
    other = await viewer.get(f"{URL}/3")
    assert other.texts("h1") == ["Trade Ltd"]
    for text in ("Discount 12.5 %", "Net 30", "No orders yet"):
        assert text in other.words
    await server.catalog.write("shop", [PlaceOrder(Order(client_id=1)) for _ in range(20)])
    shown = await viewer.get(f"{URL}/1")
    assert len(shown.texts("#orders tbody tr")) == 20
    whole = await viewer.get(shown.page.find("a", string="All orders of this client")["href"])
    assert (len(whole.texts("tbody tr")), whole.texts(".page__subtitle a")[0]) == (21, "Ada Löw")


@pytest.mark.parametrize("path", ["9", "0", "C-1", "9" * 30])
async def test_one_that_is_not_there_is_not_found(clients, editor, path):
    assert (await editor.get(f"{URL}/{path}")).status == 404
    assert (await editor.get(f"{URL}/{path}/edit")).status == 404
    assert (await editor.post(f"{URL}/{path}/edit", {})).status == 404


async def test_an_edit_changes_what_was_changed(server, clients, editor):
    form = (await editor.get(f"{URL}/1/edit")).values("form.form")
    assert (form["email"], form["tags"], form["type"]) == (["Ada@x.test"], ["vip"], ["regular"])
    sent = form | {"tags": "vip, trade", "discount": "5%", "phone": "", "address": "1 Mill Lane\r\nYork"}
    refused = await editor.post(f"{URL}/1/edit", sent)
    assert (refused.status, len(refused.texts("#field-discount-error"))) == (422, 1)
    done = await editor.post(f"{URL}/1/edit", sent | {"discount": "5", "reference": "C-9"})
    assert (done.status, done.headers["location"]) == (303, f"{URL}/1")
    client = await stored(server, 1)
    assert (client.tags, client.discount, client.phone) == (("vip", "trade"), 5.0, "")
    assert (client.name, client.email, client.address) == ("Ada Löw", "Ada@x.test", "1 Mill Lane\nYork")
    assert client.updated == server.clock.now()
    # Orders tell the reference that their client has by now.
    (order,) = await server.store.records("shop", RecordKind.ORDER, [RecordKey(1)])
    assert order.customer == "C-9"


async def test_what_cannot_be_stored_is_told_beside_its_field(server, clients, editor):
    form = (await editor.get(f"{URL}/2/edit")).values("form.form")
    for wrong in ({"reference": "C-1"}, {"country_code": "Britain"}, {"type": "friend"}, {"reference": "a\x01"}):
        shown = await editor.post(f"{URL}/2/edit", form | wrong)
        ((field, value),) = wrong.items()
        assert shown.status == 422
        assert [one["name"] for one in shown.page.select("[aria-invalid]")] == [field]
        if field != "type":
            assert shown.values("form.form")[field] == [value]
    assert (await stored(server, 2)).reference == ""


async def test_a_lost_race_is_shown_and_overwrites_nothing(server, clients, editor):
    form = (await editor.get(f"{URL}/1/edit")).values("form.form")
    await server.catalog.do("shop", PatchRecord(KIND, RecordKey(1), {"phone": "+44 2"}))
    shown = await editor.post(f"{URL}/1/edit", form | {"name": "Mine"})
    assert shown.status == 409
    assert shown.texts("table tbody tr") == ["Name Ada Löw Mine", "Phone +44 2 +44 1"]
    assert (await stored(server, 1)).name == "Ada Löw"


async def test_a_client_who_has_not_ordered_can_be_deleted(server, clients, editor):
    assert (await editor.get(f"{URL}/1")).page.select("form[action$=delete]") == []
    form = (await editor.get(f"{URL}/2")).values("form[action$=delete]")
    assert (await editor.post(f"{URL}/1/delete", form)).status == 409
    done = await editor.post(f"{URL}/2/delete", form, htmx=True)
    assert (done.status, done.headers["hx-redirect"]) == (204, URL)
    assert await stored(server, 2) is None
    assert "The client was deleted." in (await editor.get(URL)).words


async def test_a_client_with_orders_cannot_be_deleted(server, clients, editor):
    form = (await editor.get(f"{URL}/2")).values("form[action$=delete]")
    await server.catalog.do("shop", PlaceOrder(Order(client_id=2)))
    refused = await editor.post(f"{URL}/2/delete", form)
    assert (refused.status, refused.texts("h1")) == (409, ["Something else needs it"])


async def test_a_viewer_looks_and_changes_nothing(server, clients, viewer):
    assert (await viewer.get(f"{URL}/2")).page.select("main form, main a[href$='/edit']") == []
    assert (await viewer.get(f"{URL}/2/edit")).status == 403
    for name in ("edit", "delete"):
        assert (await viewer.post(f"{URL}/2/{name}", {"name": "x"})).status == 403
    assert (await stored(server, 2)).name == "Ben"


async def test_nobody_sees_those_of_another_tenant(clients, rival_owner):
    assert "No clients yet" in (await rival_owner.get(URL)).words
    assert (await rival_owner.get(f"{URL}/1")).status == 404


async def test_texts_of_others_are_only_texts(server, shop, editor):
    texts = ("name", "username", "company", "email", "phone", "country", "country_code", "address", "comments")
    client = Client(reference="<b>&1", tags=(HOSTILE,), **dict.fromkeys(texts, HOSTILE))
    await server.catalog.do("shop", PutRecord(client))
    for target in (URL, f"{URL}?q=%3Cscript%3E&type=%3Cb%3E", f"{URL}/1", f"{URL}/1/edit"):
        shown = await editor.get(target)
        assert shown.status == 200
        assert "<script>alert" not in shown.text
        assert shown.page.select("main b") == []


async def test_the_pages_speak_german(server, clients):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    shown = await german.get(f"{URL}?q=ben")
    assert shown.texts("h1") == ["Kunden"]
    assert "1 Kunde auf dieser Seite" in shown.words
    assert (await german.get(f"{URL}/2/edit")).texts("h1") == ["Ben bearbeiten"]
