"""The pages of gemstones."""

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.errors import IndexAwayError, IndexBehindError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from tests.api.server import Server
from tests.dashboard.server import visitor
from tests.unit.application.shop import FragileIndex

pytestmark = pytest.mark.anyio

URL = "/dashboard/gemstones"
KIND = RecordKind.GEMSTONE
HOSTILE = """<script>alert(1)</script>"'& \u202ertl\u202c """ + "w" * 300


@pytest.fixture
async def stones(server, shop):
    """Three diamonds and a ruby."""
    await server.catalog.write(
        "shop",
        [
            PutRecord(
                Gemstone(
                    code="D-1",
                    name="Round Diamond",
                    type="diamond",
                    shape="round",
                    carat=1.0,
                    color="D",
                    clarity="IF",
                    quantity=1,
                    price=50_000_000,
                )
            ),
            PutRecord(
                Gemstone(
                    code="D-2",
                    name="Oval Diamond",
                    type="diamond",
                    shape="oval",
                    carat=0.5,
                    color="G",
                    clarity="VS2",
                    quantity=0,
                    price=12_345_000,
                )
            ),
            PutRecord(
                Gemstone(
                    code="D-3",
                    name="Round Diamond",
                    type="diamond",
                    shape="round",
                    carat=0.3,
                    color="J",
                    clarity="SI1",
                    quantity=4,
                    price=4_000_000,
                )
            ),
            PutRecord(Gemstone(code="R/1 #a", name="Ruby", type="ruby", carat=2.0, color="Pigeon Blood", quantity=1)),
        ],
    )


async def stored(server, code):
    (stone,) = await server.store.records("shop", KIND, [RecordKey(code=code)])
    return stone


def codes(shown):
    return shown.texts("tbody th")


async def test_the_list_is_newest_first(stones, viewer):
    shown = await viewer.get(URL)
    assert shown.status == 200
    assert shown.texts("h1") == ["Gemstones"]
    assert codes(shown) == ["R/1 #a", "D-3", "D-2", "D-1"]
    assert shown.texts("tbody tr:last-child td") == [
        "Round Diamond",
        "Diamond",
        "Round",
        "1",
        "D",
        "IF",
        "$5,000.00",
        "1",
    ]
    assert "4 gemstones on this page" in shown.words
    assert codes(await viewer.get(f"{URL}?sort=oldest")) == ["D-1", "D-2", "D-3", "R/1 #a"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=round", ["D-3", "D-1"]),
        ("q=d-2", ["D-2"]),
        ("type=ruby", ["R/1 #a"]),
        ("type=Diamonds&shape=RB", ["D-3", "D-1"]),
        ("carat_from=1/2", ["R/1 #a", "D-2", "D-1"]),
        ("carat_from=0,4&carat_to=1", ["D-2", "D-1"]),
        ("color_from=D&color_to=H", ["D-2", "D-1"]),
        ("clarity_from=VS2", ["D-2", "D-1"]),
        ("clarity_to=SI1&color_from=nonsense", ["D-3"]),
        ("price_from=1,000&price_to=2000", ["D-2"]),
        ("stock=1&type=diamond&sort=oldest", ["D-1", "D-3"]),
        ("q=nothing", []),
    ],
)
async def test_filters_narrow_it(stones, viewer, query, expected):
    shown = await viewer.get(f"{URL}?{query}", htmx=True)
    assert (shown.status, codes(shown)) == (200, expected)
    assert shown.page.select("html") == []
    if expected:
        assert f"{len(expected)} gemstone{'s' * (len(expected) > 1)} found" in shown.words
    else:
        assert "No gemstone matches" in shown.words


async def test_a_filter_that_cannot_be_read_says_so(stones, viewer):
    shown = await viewer.get(f"{URL}?carat_from=heavy&price_to=5+EUR&shape=<b>&q=d-1")
    assert [one.parent["class"] for one in shown.page.select(".field__error")] == [["field"]] * 2 + [["field"]]
    assert "Is in EUR, but prices of gemstones are in USD" in shown.words
    assert shown.page.select_one("#field-shape option[selected]")["value"] == "<b>"
    assert shown.page.select_one("details.disclosure").has_attr("open")
    assert codes(shown) == ["D-1"]


async def test_an_empty_catalog_says_what_gemstones_are(viewer, editor):
    shown = await viewer.get(URL)
    assert "No gemstones yet" in shown.words
    assert shown.page.select("a[href$='/new']") == []
    assert len((await editor.get(URL)).page.select("a[href$='/new']")) == 2


async def test_pages_of_a_long_list_lead_to_each_other(server, shop, viewer):
    await server.catalog.write(
        "shop", [PutRecord(Gemstone(code=f"S-{number:03}", name="Stone", type="ruby")) for number in range(120)]
    )
    for query in ("", "?q=stone"):
        first = await viewer.get(URL + query)
        assert codes(first) == [f"S-{number:03}" for number in range(119, 69, -1)]
        second = await viewer.get(first.page.select_one("a[rel=next]")["href"])
        assert codes(second) == [f"S-{number:03}" for number in range(69, 19, -1)]
        assert codes(await viewer.get(second.page.select_one("a[rel=prev]")["href"])) == codes(first)
        third = await viewer.get(second.page.select_one("a[rel=next]")["href"])
        assert codes(third) == [f"S-{number:03}" for number in range(19, -1, -1)]
        assert third.page.select("a[rel=next]") == []
        assert codes(await viewer.get(third.page.find("a", string="To the first page")["href"])) == codes(first)


async def test_a_gemstone_tells_in_which_products_it_is(server, stones, viewer):
    parts = ({"code": "D-1"}, {"code": "d-1"}), ({"code": "d-1"},), ({"code": "D-2"},), ({"code": "D-1"},)
    for at, gemstones in enumerate(parts):
        content = ProductContent(
            sku=f"R/{at}",
            name=f"Ring {at}",
            group_id=f"G{at}",
            regular_price=9_900_000,
            quantity=3,
            gemstones=gemstones,
        )
        await server.catalog.do("shop", PutProduct(content))
    shown = await viewer.get(f"{URL}/D-1")
    assert shown.texts("h1") == ["Round Diamond"]
    assert sorted(shown.texts("#products tbody th")) == ["R/0", "R/3"]
    assert sorted(one["href"] for one in shown.page.select("#products tbody a")) == [
        "/dashboard/products/R%2F0",
        "/dashboard/products/R%2F3",
    ]
    assert shown.texts("#products tbody td")[:3] == ["Ring 0", "$990.00", "3"]
    assert "In no product" in (await viewer.get(f"{URL}/R%2F1%20%23a")).words
    assert (await viewer.get(f"{URL}/d-9")).status == 404


async def test_a_gemstone_is_shown_while_the_search_is_away(anyio_backend):
    index = FragileIndex()
    server = Server(index=index)
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    await server.catalog.do("shop", PutRecord(Gemstone(code="D-1", name="Round Diamond", type="diamond")))
    index.failure = IndexAwayError("away")
    with pytest.raises(IndexBehindError):
        await server.catalog.do("shop", PutProduct(ProductContent(sku="R", name="Ring", group_id="G")))
    shown = await (await visitor(server, "shop", Role.VIEWER)).get(f"{URL}/D-1")
    assert (shown.status, shown.texts("h1")) == (200, ["Round Diamond"])
    assert "The search does not answer just now" in shown.words


async def test_a_gemstone_is_made_and_read_as_the_trade_writes_it(server, shop, editor):
    form = (await editor.get(f"{URL}/new")).values("form.form")
    assert (form["quantity"], form["is_real"], form["tag"]) == (["1"], ["on"], [""])
    sent = form | {
        "code": "new",
        "name": "A stone",
        "type": "lab diamond",
        "shape": "RB",
        "carat": "1/2 ct",
        "color": "g-h",
        "price": "$1,500",
        "depth": "61.5%",
        "origin": "Botswana",
        "images": "https://x.test/1\r\n\r\nhttps://x.test/2",
    }
    done = await editor.post(f"{URL}/new", sent)
    assert (done.status, done.headers["location"]) == (303, f"{URL}/%6Eew")
    stone = await stored(server, "new")
    assert (stone.type, stone.creation, stone.shape, stone.carat, stone.color) == (
        "diamond",
        "lab grown",
        "round",
        0.5,
        "H",
    )
    assert (stone.price, stone.quantity, stone.is_real, stone.is_unique) == (15_000_000, 1, True, False)
    assert stone.details == {"depth": 61.5, "origin": "Botswana", "color_range": "G-H"}
    assert stone.images == ("https://x.test/1", "https://x.test/2")
    shown = await editor.follow(done)
    assert "Saved." in shown.words
    assert shown.texts("h1") == ["A stone"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "D-1"}, "code"),
        ({"name": " "}, "name"),
        ({"carat": "much"}, "carat"),
        ({"color": "purple-ish"}, "color"),
        ({"clarity": "dirty"}, "clarity"),
        ({"price": "5 EUR"}, "price"),
        ({"price": "9" * 14}, "price"),
        ({"quantity": "-1"}, "quantity"),
        ({"images": "x" * 10_001}, "images"),
        ({"images": "x\n" * 1_001}, "images"),
    ],
)
async def test_what_cannot_be_stored_is_told_beside_its_field(server, stones, editor, wrong, field):
    sent = {"code": "D-9", "name": "A stone", "type": "diamond", "quantity": "1"} | wrong
    shown = await editor.post(f"{URL}/new", sent)
    assert shown.status == 422
    assert [one["name"] for one in shown.page.select("[aria-invalid]")] == [field]
    assert len(shown.texts(f"#field-{field}-error")) == 1
    values = shown.values("form.form")
    assert {name: values[name][0].strip() for name in sent} == {name: value.strip() for name, value in sent.items()}
    assert await stored(server, "D-9") is None


async def test_an_edit_changes_what_was_changed_and_nothing_else(server, stones, editor):
    before = await stored(server, "D-2")
    form = (await editor.get(f"{URL}/D-2/edit")).values("form.form")
    assert (form["price"], form["carat"], form["color"]) == (["1234.5"], ["0.5"], ["G"])
    done = await editor.post(f"{URL}/D-2/edit", form | {"code": "D-22", "quantity": "7", "shape": ""})
    assert (done.status, done.headers["location"]) == (303, f"{URL}/D-22")
    after = await stored(server, "D-22")
    assert (after.id, after.quantity, after.shape, after.price) == (before.id, 7, None, before.price)
    same = await editor.post(f"{URL}/D-22/edit", (await editor.get(f"{URL}/D-22/edit")).values("form.form"))
    assert "Nothing was changed." in (await editor.follow(same)).words


async def test_a_lost_race_is_shown_and_overwrites_nothing(server, stones, editor):
    form = (await editor.get(f"{URL}/D-2/edit")).values("form.form")
    await server.catalog.do("shop", PatchRecord(KIND, RecordKey(code="D-2"), {"quantity": 3}))
    shown = await editor.post(f"{URL}/D-2/edit", form | {"price": "999", "name": "Mine"})
    assert shown.status == 409
    assert "Somebody else changed this meanwhile" in shown.words
    assert shown.texts("table tbody tr") == ["Name Oval Diamond Mine", "In stock 3 0", "Price 1234.5 999"]
    assert (await stored(server, "D-2")).name == "Oval Diamond"
    # Who sends it again has seen what it was.
    done = await editor.post(f"{URL}/D-2/edit", shown.values("form.form"))
    assert done.status == 303
    assert [(await stored(server, "D-2")).price, (await stored(server, "D-2")).quantity] == [9_990_000, 0]


async def test_a_gemstone_is_deleted_unless_a_product_has_it(server, stones, editor):
    await server.catalog.do(
        "shop", PutProduct(ProductContent(sku="R", name="Ring", group_id="G", gemstones=({"code": "D-1"},)))
    )
    shown = await editor.get(f"{URL}/D-1")
    refused = await editor.post(f"{URL}/D-1/delete", shown.values("form[action$=delete]"))
    assert (refused.status, refused.texts("h1")) == (409, ["Something else needs it"])
    form = (await editor.get(f"{URL}/D-2")).values("form[action$=delete]")
    await server.catalog.do("shop", PatchRecord(KIND, RecordKey(code="D-2"), {"quantity": 3}))
    assert (await editor.post(f"{URL}/D-2/delete", form)).status == 409
    assert (await editor.post(f"{URL}/D-2/delete", {})).status == 409
    assert await stored(server, "D-2") is not None
    form = (await editor.get(f"{URL}/D-2")).values("form[action$=delete]")
    done = await editor.post(f"{URL}/D-2/delete", form)
    assert (done.status, done.headers["location"]) == (303, URL)
    assert await stored(server, "D-2") is None
    assert (await editor.post(f"{URL}/D-2/delete", form)).status == 404


async def test_a_viewer_looks_and_changes_nothing(server, stones, viewer):
    shown = await viewer.get(f"{URL}/D-1")
    assert shown.page.select("main form, main a[href$='/edit']") == []
    for path in ("new", "D-1/edit", "D-1/delete"):
        assert (await viewer.post(f"{URL}/{path}", {"code": "D-1", "name": "x"})).status == 403
    for path in ("new", "D-1/edit"):
        assert (await viewer.get(f"{URL}/{path}")).status == 403
    assert (await stored(server, "D-1")).name == "Round Diamond"


async def test_nobody_sees_those_of_another_tenant(stones, rival_owner):
    assert "No gemstones yet" in (await rival_owner.get(URL)).words
    assert (await rival_owner.get(f"{URL}/D-1")).status == 404
    assert (await rival_owner.get(f"{URL}?q=round")).texts("tbody th") == []


async def test_texts_of_others_are_only_texts(server, shop, editor):
    stone = Gemstone(
        code='<b>"x"</b>', name=HOSTILE, type=HOSTILE, color=HOSTILE, clarity=HOSTILE, certificate_lab=HOSTILE,
        details={HOSTILE: HOSTILE}, images=('https://x.test/"onerror="x',),
    )  # fmt: skip
    await server.catalog.do("shop", PutRecord(stone))
    listed = await editor.get(f"{URL}?q=%3Cscript%3E&type=%3Cscript%3E")
    for shown in (await editor.get(URL), listed, await editor.get(f"{URL}/%3Cb%3E%22x%22%3C%2Fb%3E")):
        assert shown.status == 200
        assert "<script>alert" not in shown.text
        assert shown.page.select("[onerror], main b") == []
    form = await editor.get(f"{URL}/%3Cb%3E%22x%22%3C%2Fb%3E/edit")
    assert form.values("form.form")["name"] == [HOSTILE.strip()]


async def test_the_pages_speak_german(server, stones):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    shown = await german.get(f"{URL}?q=oval")
    assert shown.texts("h1") == ["Edelsteine"]
    assert "1 Edelstein gefunden" in shown.words
    assert "1.234,50\xa0$" in shown.text
    assert (await german.get(f"{URL}/new")).texts("h1") == ["Neuer Edelstein"]


async def test_what_is_wrong_is_told_in_the_visitors_language(server, stones):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    shown = await german.get("/dashboard/gemstones?carat_from=x")
    assert shown.texts(".field__error") == ["Muss ein Gewicht in Karat sein, etwa 0.5, 1/2 ct oder 50 pts."]
