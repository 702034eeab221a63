"""Edits of many products: chosen, looked at, done, stopped and gone on with."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from facetry.application.bulk_edits import LOST_SECONDS
from facetry.application.product_history import ProductHistory
from facetry.domain.errors import IndexBehindError
from facetry.domain.product import ProductContent
from facetry.domain.user import Role
from tests.api.server import Server
from tests.dashboard.server import visitor
from tests.unit.application.shop import FragileIndex

pytestmark = pytest.mark.anyio

EDIT, EDITS = "/dashboard/catalog/edit", "/dashboard/catalog/edits"


@pytest.fixture
async def full(server, shop):
    for at in range(12):
        product = ProductContent(
            sku=f"S{at:02}",
            name=f"ring {at}",
            group_id=f"G{at // 3}",
            color=("Red", "Blue")[at % 2],
            regular_price=(at + 1) * 100_000,
            quantity=at,
            category=("Jewelry>Rings",),
        )
        await server.catalog.put_product("shop", product)
    yield server
    await server.pages.bulk_edits.close()


def url(**fields):
    return f"{EDIT}?{urlencode(fields, doseq=True)}"


async def begun(editor, server, **fields):
    """Look at an edit, begin it as its form says, and return the page of its end."""
    shown = await editor.get(url(**fields))
    assert shown.status == 200, shown.words
    values = shown.values("#preview form[method=post]")
    started = await editor.post(EDIT, values)
    await server.pages.bulk_edits.finish()
    return await editor.follow(started)


async def products(server):
    return await server.store.products_after("shop", 0, 1000)


def figures(shown):
    return dict(zip(shown.texts(".figures dt"), map(int, shown.texts(".figures dd")), strict=True))


async def test_all_that_was_found_is_edited_exactly(full, editor):
    shown = await editor.get(url(query="f.color=Red&price=..70", do="price", how="percent_up", amount="7,5"))
    assert shown.texts("h1") == ["Edit 4 products"]
    assert figures(shown) == {"Will change": 4, "Stay as they are": 0, "Cannot be changed": 0}
    first = shown.texts("#preview tbody tr")[0]
    assert first == "ring 0 S00 $10.00 becomes $10.75 $10.00 becomes $10.75".replace("becomes ", "")
    ended = await begun(editor, full, query="f.color=Red&price=..70", do="price", how="percent_up", amount="7,5")
    assert figures(ended) == {"Changed": 4, "Were so already": 0, "Could not be changed": 0}
    assert ended.texts("h1") == ["Raise prices by 7.5 %"]
    expected = [(at + 1) * (107_500 if at in {0, 2, 4, 6} else 100_000) for at in range(12)]
    assert [product.regular_price for product in await products(full)] == expected
    searched = await editor.get("/dashboard/catalog?price=75.25..75.25")
    assert searched.texts(".hit__price") == ["$75.25"]


async def test_of_ticked_groups_only_what_matches_is_edited(full, editor):
    ended = await begun(
        editor, full, query="f.color=Blue", group=["G1", "G3"], scope="ticked", do="stock", how="add", amount="100"
    )
    assert figures(ended)["Changed"] == 4
    assert [p.sku for p in await products(full) if p.quantity >= 100] == ["S03", "S05", "S09", "S11"]


async def test_nothing_ticked_leads_back(full, editor):
    shown = await editor.get(url(query="q=ring", scope="ticked"))
    assert shown.headers["location"] == "/dashboard/catalog?q=ring"
    assert "Nothing was ticked" in (await editor.follow(shown)).words


RAISED = {"how": "amount_up", "amount": "5", "rounding": ".99"}
HALVED = {"how": "percent_down", "amount": "50%", "prices": "promotion"}
MOVED = {"do": "category", "how": "replace", "old_category": "Jewelry", "category": "Fine"}


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"how": "set", "amount": "99.90"}, lambda p: p.regular_price == 999_000),
        (RAISED, lambda p: p.regular_price % 10_000 == 9900),
        (HALVED, lambda p: p.promotion_price * 2 == p.regular_price),
        ({"do": "stock", "how": "set", "amount": "7"}, lambda p: p.quantity == 7),
        ({"do": "active", "how": "hide"}, lambda p: not p.active),
        ({"do": "category", "how": "add", "category": "Gifts"}, lambda p: p.category == ("Jewelry>Rings", "Gifts")),
        ({"do": "category", "how": "remove", "category": "jewelry"}, lambda p: p.category == ("Jewelry>Rings",)),
        (MOVED, lambda p: p.category == ("Fine>Rings",)),
        ({"do": "category", "how": "replace", "category": "<b &x"}, lambda p: p.category == ("<b &x",)),
    ],
)
async def test_each_form_does_what_it_says(full, editor, fields, check):
    shown = await editor.get(url(**fields))
    if shown.page.select_one("#preview form") is None:
        assert "Nothing would change." in shown.words
    else:
        await begun(editor, full, **fields)
    assert all(map(check, await products(full)))
    assert len(shown.page.select("#preview b")) == 0


@pytest.mark.parametrize(
    ("do", "how", "typed", "message"),
    [
        ("price", "set", "", "Must not be empty."),
        ("price", "percent_up", "", "Must not be empty."),
        ("price", "percent_up", "x", "Must be a number."),
        ("price", "percent_up", "0", "Must be greater than 0."),
        ("price", "percent_up", "0.00001", "Must have at most 4 decimals."),
        ("price", "percent_down", "100", "Must be more than -100 and at most 1000 percent, and not 0."),
        ("stock", "set", "-1", "Must be from 0 to 9007199254740991."),
        ("stock", "take", "", "Must not be empty."),
        ("category", "add", ">", "Must name a category, such as Jewelry > Rings."),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field(full, editor, do, how, typed, message):
    name = "category" if do == "category" else "amount"
    fields = {"do": do, "how": how, name: typed}
    shown = await editor.get(url(**fields))
    assert (shown.status, shown.texts(".field__error")) == (422, [message])
    assert shown.page.select_one(f"[name={name}]")["aria-invalid"] == "true"
    assert (await editor.post(EDIT, fields)).status == 422
    assert (await editor.post(EDIT, {"do": do})).status == 422


async def test_refusals_are_named_before_and_after(full, editor):
    await full.catalog.put_product("shop", ProductContent(sku="<i>", name="x", currency="EUR", regular_price=1))
    fields = {"do": "price", "how": "amount_up", "amount": "1"}
    shown = await editor.get(url(**fields))
    assert figures(shown)["Cannot be changed"] == 1
    ended = await begun(editor, full, **fields)
    assert figures(ended) == {"Changed": 12, "Were so already": 0, "Could not be changed": 1}
    row = ended.page.select_one(".card--flush tbody tr")
    assert row.select_one("a")["href"] == "/dashboard/products/%3Ci%3E"
    assert "Is EUR, and the amount is given in USD." in row.get_text()


async def test_other_products_than_were_seen_are_not_edited(full, editor):
    fields = {"query": "q=ring", "do": "stock", "how": "set", "amount": "1"}
    values = (await editor.get(url(**fields))).values("#preview form[method=post]")
    await full.catalog.put_product("shop", ProductContent(sku="NEW", name="ring", quantity=5))
    refused = await editor.post(EDIT, values)
    assert refused.status == 409
    assert "had 12 products, and has 13 now" in refused.words
    assert refused.page.select_one("[name=expected]")["value"] == "13"
    assert sorted(product.quantity for product in await products(full)) == [0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11]
    missing = {name: value for name, value in values.items() if name != "expected"}
    assert (await editor.post(EDIT, missing)).status == 409


@pytest.mark.parametrize("how", [{"how": "set", "amount": "50"}, {"how": "percent_up", "amount": "5"}])
async def test_amounts_are_not_read_in_another_currency_than_was_seen(full, editor, how):
    values = (await editor.get(url(do="price", **how))).values("#preview form[method=post]")
    before = await products(full)
    await full.pages.search_settings.set_catalog("shop", "en", "EUR")
    refused = await editor.post(EDIT, values)
    assert refused.status == 409
    assert "The currency of your prices was USD, and is EUR now. Nothing was changed" in refused.words
    assert await products(full) == before
    assert await full.pages.bulk_edits.latest("shop", 5) == []
    missing = {name: value for name, value in values.items() if name != "currency"}
    assert (await editor.post(EDIT, missing)).status == 409
    again = refused.values("#preview form[method=post]")
    assert again["currency"] == ["EUR"]
    assert (await editor.post(EDIT, again)).status == 303


async def test_a_currency_does_not_matter_to_what_has_no_price(full, editor):
    values = (await editor.get(url(do="stock", how="set", amount="1"))).values("#preview form[method=post]")
    await full.pages.search_settings.set_catalog("shop", "en", "EUR")
    assert (await editor.post(EDIT, values)).status == 303


async def test_a_filter_that_finds_nothing_any_more_edits_nothing(full, editor):
    fields = {"query": "f.gone=x", "do": "stock", "how": "set", "amount": "1"}
    shown = await editor.get(url(**fields))
    assert (shown.status, len(shown.page.select(".notice--danger"))) == (422, 1)
    assert (await editor.post(EDIT, {**fields, "expected": "12"})).status == 422
    assert "finds nothing any more" in (await editor.get(url(query="f.gone=x"))).words


async def test_too_long_a_selection_is_refused(full, editor):
    assert (await editor.get(url(query="q=" + "x" * 17_000))).status in {400, 414}
    assert (await editor.post(EDIT, {"query": "q=" + "x" * 17_000, "do": "active", "how": "hide"})).status == 400


async def test_progress_is_asked_for_until_the_end(full, editor):
    shown = await editor.get(url(do="active", how="hide"))
    started = await editor.post(EDIT, shown.values("#preview form[method=post]"))
    running = await editor.follow(started)
    progress = running.page.select_one("#edit-progress")
    assert (progress["hx-get"], progress["hx-trigger"]) == (f"{EDITS}/1", "every 1s")
    assert "You may leave this page" in running.words
    await full.pages.bulk_edits.finish()
    part = await editor.get(f"{EDITS}/1", htmx=True)
    assert "<html" not in part.text
    assert part.page.select_one("#edit-progress").get("hx-get") is None
    assert "Done" in part.words


async def test_a_lost_edit_is_said_and_gone_on_with(full, editor):
    shown = await editor.get(url(query="f.color=Red", do="stock", how="add", amount="10"))
    started = await editor.post(EDIT, shown.values("#preview form[method=post]"))
    await full.pages.bulk_edits.close()
    full.clock.time += LOST_SECONDS
    lost = await editor.follow(started)
    assert "Interrupted" in lost.words
    assert "The server was stopped" in lost.words
    assert "Interrupted" in (await editor.get(EDITS)).words
    again = await editor.post(f"{EDITS}/1/continue")
    await full.pages.bulk_edits.finish()
    assert figures(await editor.follow(again))["Changed"] == 6
    assert [product.quantity for product in await products(full)] == [10, 1, 12, 3, 14, 5, 16, 7, 18, 9, 20, 11]
    assert (await editor.post(f"{EDITS}/1/continue")).status == 409


async def test_an_edit_can_be_stopped(full, editor):
    shown = await editor.get(url(do="stock", how="add", amount="10"))
    await editor.post(EDIT, shown.values("#preview form[method=post]"))
    stopped = await editor.post(f"{EDITS}/1/stop")
    assert "Stopped" in (await editor.follow(stopped)).words
    await full.pages.bulk_edits.finish()
    assert [product.quantity for product in await products(full)] == list(range(12))


async def test_earlier_edits_are_listed(full, editor, viewer):
    assert "Nothing was edited yet" in (await viewer.get(EDITS)).words
    await begun(editor, full, do="active", how="hide")
    await begun(editor, full, do="category", how="replace", old_category="Jewelry", category="<i>")
    titles = (await viewer.get(EDITS)).texts(".table__main")
    assert titles == ["Move from Jewelry to <i>", "Hide from shoppers"]
    shown = await viewer.get(f"{EDITS}/2")
    assert "Editor" in shown.words
    assert shown.page.select("main form") == []


@pytest.mark.parametrize("number", ["99", "x", "-1", "0", "9" * 30, "%00"])
async def test_an_edit_that_is_not_there(full, viewer, number):
    assert (await viewer.get(f"{EDITS}/{number}")).status == 404


async def test_viewers_edit_nothing(full, viewer):
    assert (await viewer.get(url(do="active", how="hide"))).status == 403
    for path in (EDIT, f"{EDITS}/1/stop", f"{EDITS}/1/continue"):
        assert (await viewer.post(path, {"do": "active", "how": "hide", "expected": "12"})).status == 403
    assert all(product.active for product in await products(full))


async def test_edits_are_of_one_tenant(full, editor, rival_owner):
    await begun(editor, full, do="active", how="hide")
    assert (await rival_owner.get(f"{EDITS}/1")).status == 404
    assert "Nothing was edited yet" in (await rival_owner.get(EDITS)).words


async def test_the_history_of_a_product_says_who_it_was(full, editor):
    await begun(editor, full, query="q=S03", do="price", how="set", amount="1")
    (line,) = await ProductHistory(full.journal, full.store).newest("shop", ["S03"], 1)
    assert line.by == f"user:{editor.user.email}"


async def test_edits_in_german(full):
    german = await visitor(full, "shop", Role.EDITOR, language="de")
    for how in ("percent_up", "percent_down", "amount_up", "amount_down", "set"):
        shown = await german.get(url(do="price", how=how, amount="1,5"))
        assert shown.status == 200
        assert "Preis" in shown.texts("#preview h2")[0]
    assert (await german.get(url(do="stock", how="take", amount="1"))).texts("#preview h2") == ["Bestand um 1 senken"]
    for how in ("add", "remove", "replace"):
        assert "Kategorie" in (await german.get(url(do="category", how=how, category="A"))).texts("#preview h2")[0]


async def test_a_form_that_is_sent_twice_edits_once(full, editor):
    """Who presses twice, or goes back and presses again, must not raise prices twice."""
    values = (await editor.get(url(do="stock", how="add", amount="100"))).values("#preview form[method=post]")
    sent = [await editor.post(EDIT, values) for _ in range(3)]
    await full.pages.bulk_edits.finish()
    assert [shown.headers["location"] for shown in sent] == [f"{EDITS}/1"] * 3
    assert [product.quantity for product in await products(full)] == [100 + at for at in range(12)]
    other = await editor.post(EDIT, {**values, "amount": "200"})
    assert (other.status, other.texts("h1")) == (409, ["This was done already, in another way"])
    again = (await editor.get(url(do="stock", how="add", amount="100"))).values("#preview form[method=post]")
    assert (await editor.post(EDIT, again)).headers["location"] == f"{EDITS}/2"


async def test_what_is_not_begun_is_not_told_as_stored(anyio_backend):
    """An index that is behind fails searches too: the one that counts products, and the page of the catalog."""
    index = FragileIndex()
    server = Server(index=index)
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    await server.catalog.put_product("shop", ProductContent(sku="A", name="ring", group_id="G", quantity=1))
    editor = await visitor(server, "shop", Role.EDITOR)
    values = (await editor.get(url(do="stock", how="add", amount="1"))).values("#preview form[method=post]")
    index.failure = OSError("no room")
    with pytest.raises(IndexBehindError):
        await server.catalog.put_product("shop", ProductContent(sku="B", name="ring", group_id="G"))
    for shown in (await editor.post(EDIT, values), await editor.get("/dashboard/catalog")):
        assert (shown.status, shown.texts("h1")) == (503, ["The search does not answer just now"])
        assert "tored" not in shown.words
    assert await server.pages.bulk_edits.latest("shop", 9) == []
