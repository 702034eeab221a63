"""The catalog's page: search, facets, pages, export and saved searches."""

from __future__ import annotations

import csv
import io
import itertools
from urllib.parse import quote, unquote

import msgspec
import pytest

from facetry.application.interchange.workbook import csv_of
from facetry.dashboard.catalog.state import read_state
from facetry.dashboard.values import Values
from facetry.domain.product import ProductContent
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.user import Role
from tests.api.server import product as posted
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

CATALOG = "/dashboard/catalog"
COLORS, METALS = ("Red", "Blue", "Green"), ("gold", "silver")
KINDS = ("Jewelry>Rings>Halo", "Jewelry>Rings>Plain", "Jewelry>Earrings")
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "שלום \u202eevil\u202c",
    "{{ 7 * 7 }} %(num)s %s {0}",
    "x" * 300,
    "javascript:alert(1)",
    "a&b=c;d#e?f.brand=x",
]


def products():
    """Return 90 products in 30 groups, all values of which follow from their number."""
    for at in range(90):
        yield ProductContent(
            sku=f"S{at:02}",
            name=f"{'Gold' if at % 2 else 'Plain'} ring {at // 3}",
            group_id=f"G{at // 3:02}",
            color=COLORS[at % 3],
            brand="Parle" if at // 3 % 2 else "Aurel",
            regular_price=(at + 1) * 100_000,
            quantity=at % 4,
            active=at % 5 != 0,
            category=(KINDS[at // 3 % 3],),
            attributes={"metal": METALS[at // 7 % 2]},
        )


@pytest.fixture
async def full(server, shop):
    for product in products():
        await server.catalog.put_product("shop", product)
    return server


def matches(product, state, but=""):
    """Return whether a product is what the filters of a state ask for, but for those of one field."""
    values = {
        "color": product.color,
        "brand": product.brand,
        "attributes.metal": product.attributes["metal"],
        "in_stock": str(product.quantity > 0).lower(),
        "active": str(product.active).lower(),
    }
    fits = all(field == but or values[field] in chosen for field, chosen in state.filters if field != "category")
    path = product.category[0].replace(">", " > ")
    chosen = state.chosen("category")
    fits &= not chosen or but == "category" or any(f"{path} > ".startswith(f"{one} > ") for one in chosen)
    if but != "price":
        fits &= (state.lowest or 0) <= product.regular_price <= (state.highest or 10**15)
    return fits


def counted(state, field, value_of):
    groups = {(value_of(p), p.group_id) for p in products() if matches(p, state, but=field)}
    return {value: sum(one == value for one, _ in groups) for value, _ in groups}


def facet(shown, name):
    """Return the counts of a facet on the page by the values of its inputs."""
    boxes = shown.page.select(f'input[type=checkbox][name="f.{name}"]')
    return {str(box["value"]): int(box.find_parent("label").select_one(".choice__count").get_text()) for box in boxes}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "f.color=Red",
        "f.color=Red&f.color=Blue&f.metal=gold",
        "price=10..42.5&f.brand=Parle",
        "f.category=" + quote("Jewelry > Rings"),
        "f.category=" + quote("Jewelry > Rings > Halo") + "&f.in_stock=true&f.active=true&price=..55",
        "f.active=false&f.in_stock=false",
    ],
)
async def test_totals_and_counts_are_those_of_brute_force(full, viewer, query):
    state = read_state(Values([tuple(map(unquote, pair.split("="))) for pair in query.split("&") if pair]))
    shown = await viewer.get(f"{CATALOG}?{query}")
    found = [product for product in products() if matches(product, state)]
    groups = {product.group_id for product in found}
    (total,) = shown.texts(".catalog__total")
    assert total == f"{len(groups)} {'group' if len(groups) == 1 else 'groups'} · {len(found)} " + (
        "product" if len(found) == 1 else "products"
    )
    assert facet(shown, "color") == counted(state, "color", lambda p: p.color)
    assert facet(shown, "metal") == counted(state, "attributes.metal", lambda p: p.attributes["metal"])
    assert facet(shown, "brand") == counted(state, "brand", lambda p: p.brand)
    assert facet(shown, "in_stock") == counted(state, "in_stock", lambda p: str(p.quantity > 0).lower())
    assert facet(shown, "active") == counted(state, "active", lambda p: str(p.active).lower())
    tops = counted(state, "category", lambda _: "Jewelry")
    rings = {p.group_id for p in products() if matches(p, state, but="category") and "Rings" in p.category[0]}
    categories = facet(shown, "category")
    assert categories["Jewelry"] == tops["Jewelry"]
    assert categories["Jewelry > Rings"] == len(rings)
    histogram = [int(text.rsplit(" ", 2)[1]) for text in shown.texts(".histogram title")]
    prices = [(p.regular_price, p.group_id) for p in products() if matches(p, state, but="price")]
    assert sum(histogram) >= len({group for _, group in prices})
    assert len(histogram) > 0


async def test_hits_show_what_matches(full, viewer):
    shown = await viewer.get(f"{CATALOG}?f.color=Red&view=table&sort=price:desc")
    first = shown.page.select_one("tbody tr")
    cells = [" ".join(cell.get_text(" ").split()) for cell in first.select("th, td")]
    assert cells == ["", "Gold ring 29 G29 · Parle", "$880.00", "3", "1 of 3"]
    assert first.select_one("a")["href"] == "/dashboard/groups/G29"


async def test_prices_are_those_of_the_matching_products(full, viewer):
    shown = await viewer.get(f"{CATALOG}?price=10..20")
    assert shown.texts(".hit__price") == ["$10.00 – $20.00"]
    whole = await viewer.get(CATALOG)
    assert whole.texts(".hit__price")[0] == "$10.00 – $30.00"


async def test_a_price_in_another_currency_is_told_in_it(server, shop, viewer):
    await server.catalog.put_product("shop", ProductContent(sku="E", name="euro", regular_price=10_000, currency="EUR"))
    await server.catalog.put_product("shop", ProductContent(sku="N", name="nothing"))
    shown = await viewer.get(CATALOG)
    assert shown.texts(".hit__price") == ["€1.00", "No price"]


async def test_a_hit_with_very_many_products_tells_its_lowest_price(server, shop, viewer):
    for at in range(120):
        await server.catalog.put_product(
            "shop",
            ProductContent(
                sku=f"S{at}", name="r", group_id="G", regular_price=10_000 + at, quantity=1, promotion_price=9000
            ),
        )
    shown = await viewer.get(CATALOG)
    assert shown.texts(".hit__price") == ["from $0.90"]
    assert "Available" in shown.texts(".hit__facts")[0]
    assert shown.texts(".hit__marks") == ["Offer"]


async def test_pages_have_all_hits_once(full, viewer):
    seen = []
    url = f"{CATALOG}?view=grid&sort=price:asc"
    while url:
        shown = await viewer.get(url)
        seen += [link["href"] for link in shown.page.select("[data-hit]")]
        following = shown.page.select_one("a[rel=next]")
        url = following and following["href"]
    assert seen == [f"/dashboard/groups/G{at:02}" for at in range(30)]
    assert "25 to 30 of 30" in shown.words
    beyond = await viewer.get(f"{CATALOG}?page=9")
    assert "There is nothing on this page" in beyond.words


async def test_filters_are_chips_that_can_be_taken_away(full, viewer):
    shown = await viewer.get(f"{CATALOG}?q=ring&f.color=Red&f.color=Blue&f.active=true&price=10..&view=table")
    chips = {" ".join(chip.get_text(" ").split()): chip["href"] for chip in shown.page.select("a.chip")}
    rest = "/dashboard/catalog?q=ring"
    assert chips == {
        "Color: Red": f"{rest}&f.color=Blue&f.active=true&price=10..&view=table",
        "Color: Blue": f"{rest}&f.color=Red&f.active=true&price=10..&view=table",
        "Visibility: Active": f"{rest}&f.color=Red&f.color=Blue&price=10..&view=table",
        "Price: from $10.00": f"{rest}&f.color=Red&f.color=Blue&f.active=true&view=table",
        "Clear all": "/dashboard/catalog?view=table",
    }


@pytest.mark.parametrize(
    ("price", "said"), [("10..20", "$10.00 – $20.00"), ("10..", "from $10.00"), ("..20", "up to $20.00")]
)
async def test_limits_of_prices_are_one_chip(full, viewer, price, said):
    assert (await viewer.get(f"{CATALOG}?price={price}")).texts("a.chip")[0] == f"Price: {said}"


async def test_parts_of_products_are_facets_too(server, shop, viewer):
    for at in range(4):
        stones, metals = ({"type": ("ruby", "opal")[at % 2]},), ({"finish": ("matte", "shiny")[at % 2]},)
        product = ProductContent(sku=f"S{at}", name="ring", gemstones=stones, metals=metals)
        await server.catalog.put_product("shop", product)
    shown = await viewer.get(f"{CATALOG}?f.gemstones.type=ruby")
    assert {"Gemstone: Type", "Metal: Finish"} <= set(shown.texts("legend"))
    assert facet(shown, "gemstones.type") == {"ruby": 2, "opal": 2}


async def test_a_text_that_may_be_misspelt_leads_to_another(full, viewer):
    shown = await viewer.get(f"{CATALOG}?q=gould")
    links = [link["href"] for link in shown.page.select("#results p a")]
    assert "/dashboard/catalog?q=gold" in links


async def test_htmx_gets_hits_facets_and_the_url(full, viewer):
    shown = await viewer.get(f"{CATALOG}?q=ring&price_from=&price_to=50&view=grid&sort=", htmx=True)
    assert shown.status == 200
    assert "<html" not in shown.text
    assert shown.page.select_one("#facets")["hx-swap-oob"] == "innerHTML"
    assert shown.headers["hx-push-url"] == "/dashboard/catalog?q=ring&price=..50"


async def test_letters_that_are_typed_are_one_step_of_the_history(full, viewer):
    before = {"hx-current-url": "http://catalog.example/dashboard/catalog?q=rin&view=grid&page=2"}
    typed = await viewer.get(f"{CATALOG}?q=ring", htmx=True, headers=before)
    assert typed.headers["hx-replace-url"] == "/dashboard/catalog?q=ring"
    assert "hx-push-url" not in typed.headers
    filtered = await viewer.get(f"{CATALOG}?q=ring&f.color=Red", htmx=True, headers=before)
    assert filtered.headers["hx-push-url"] == "/dashboard/catalog?q=ring&f.color=Red"


async def test_a_page_before_that_is_no_address_does_not_count(full, viewer):
    shown = await viewer.get(f"{CATALOG}?q=ring", htmx=True, headers={"hx-current-url": "http://[?q=%FF"})
    assert shown.status == 200
    assert shown.headers["hx-replace-url"] == "/dashboard/catalog?q=ring"


async def test_without_scripts_the_form_leads_to_the_same_urls(full, viewer):
    shown = await viewer.get(f"{CATALOG}?view=table&q=ring&f.color=Red&price_from=10&price_to=")
    assert (shown.status, shown.headers["location"]) == (
        303,
        "/dashboard/catalog?q=ring&f.color=Red&price=10..&view=table",
    )
    form = (await viewer.follow(shown)).page.select_one("form#filters")
    assert form.get("method", "get") == "get"
    assert form.select_one('input[name="f.color"][value="Red"]').has_attr("checked")
    assert form.select_one('input[name="price_from"]')["value"] == "10"


async def test_facets_can_be_searched_and_shown_at_length(server, shop, viewer):
    for at in range(60):
        product = ProductContent(sku=f"S{at}", name="ring", attributes={"shade": f"shade {at % 20:02}"})
        await server.catalog.put_product("shop", product)
    shown = await viewer.get(CATALOG)
    assert len(facet(shown, "shade")) == 8
    assert "Show 12 more" in shown.words
    long = await viewer.get(f"{CATALOG}?more=shade")
    assert len(facet(long, "shade")) == 20
    found = await viewer.get(f"{CATALOG}?find.shade=13&f.shade=shade+01")
    boxes = found.page.select('input[name="f.shade"]')
    assert [(box["value"], box.has_attr("checked")) for box in boxes] == [("shade 01", True), ("shade 13", False)]
    assert found.page.select_one('input[name="find.shade"]')["value"] == "13"
    nothing = await viewer.get(f"{CATALOG}?find.shade=zzz")
    assert "Nothing found" in nothing.words


async def test_a_filter_by_what_is_gone_is_left_out_and_said(full, viewer):
    shown = await viewer.get(f"{CATALOG}?f.nothing=x&f.color=Red&f.price=abc")
    assert shown.status == 200
    assert "30 groups" in shown.texts(".catalog__total")[0]
    assert len(shown.page.select(".notice--warning")) == 2
    refused = await viewer.get(f"{CATALOG}/export?f.nothing=x")
    assert (refused.status, "no field" in refused.words) == (400, True)


async def test_values_without_hits_stay_ticked(full, viewer):
    shown = await viewer.get(f"{CATALOG}?f.color=Purple&f.category=Gone")
    assert "Nothing found" in shown.words
    for name, value in (("f.color", "Purple"), ("f.category", "Gone")):
        (box,) = [one for one in shown.page.select(f'input[name="{name}"]') if one["value"] == value]
        assert box.has_attr("checked")
    assert (await viewer.get(f"{CATALOG}?price=5000..6000")).page.select_one("[name=price_from]")["value"] == "5000"
    assert "Nothing found" in (await viewer.get(f"{CATALOG}?q=zzzz&price=5000..6000")).words


async def test_a_deep_category_is_shown_with_what_is_below_it(server, shop, viewer):
    for at in range(3):
        product = ProductContent(sku=f"S{at}", name="ring", category=(f"A>B>C>D{at}",))
        await server.catalog.put_product("shop", product)
    shown = await viewer.get(f"{CATALOG}?f.category=a>b>c")
    assert "1 group" not in shown.texts(".catalog__total")[0]
    ticked = [box["value"] for box in shown.page.select('input[name="f.category"][checked]')]
    assert ticked == ["a>b>c"]
    deep = await viewer.get(f"{CATALOG}?f.category=" + quote("A > B > C"))
    assert [*facet(deep, "category").items()] == [
        *(("A", 3), ("A > B", 3), ("A > B > C", 3)),
        *((f"A > B > C > D{at}", 1) for at in range(3)),
    ]


async def test_an_empty_catalog_says_what_to_do(viewer, editor):
    assert "The catalog is empty" in (await viewer.get(CATALOG)).words
    links = [link["href"] for link in (await editor.get(CATALOG)).page.select(".empty a")]
    assert links == ["/dashboard/imports", "/dashboard/products/new"]
    assert (await viewer.get(CATALOG)).page.select(".empty a") == []


async def test_a_viewer_has_nothing_to_tick_and_to_edit(full, viewer, editor):
    for view in ("grid", "table"):
        shown = await viewer.get(f"{CATALOG}?view={view}")
        assert shown.page.select("input[name=group]") == []
        assert "Edit" not in shown.words
        assert len((await editor.get(f"{CATALOG}?view={view}")).page.select("input[name=group]")) > 20


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_texts_stay_texts(server, shop, editor, text):
    short = text[:100]
    content = ProductContent(
        sku="H1", name=text, group_id="H", color=text, brand=text, size=text, category=(text,), attributes={short: text}
    )
    other = ProductContent(sku="H2", name="b", color="other", attributes={short: "y"})
    for product in (content, other):
        await server.catalog.put_product("shop", product)
    field = quote(f"f.attributes.{short}" if len(short) < 80 else "f.color", safe="")
    for view in ("grid", "table"):
        url = f"{CATALOG}?view={view}&q=&{field}={quote(text, safe='')}&f.category={quote(text, safe='')}"
        shown = await editor.get(url)
        assert shown.status == 200
        assert "1 group" in shown.texts(".catalog__total")[0]
        assert shown.page.select("script:not([src])") == []
        assert shown.page.select("[onerror], img[src=x]") == []
        assert text in [bdi.get_text() for bdi in shown.page.select("[data-hit] bdi")]
        assert text in {box["value"] for box in shown.page.select("#facets [type=checkbox]")}
    searched = await editor.get(f"{CATALOG}?q={quote(text)}")
    assert searched.page.select_one("#find")["value"] == text.strip()


async def test_pictures_that_the_policy_refuses_are_not_asked_for(server, shop, viewer):
    urls = [
        "javascript:alert(1)",
        "http://elsewhere.example/a.jpg",
        "//elsewhere.example/a",
        "https://cdn.example/a.jpg",
    ]
    for at, url in enumerate([*urls, "/demo/a.svg", "http://catalog.example/demo/b.svg"]):
        await server.catalog.put_product("shop", ProductContent(sku=f"S{at}", name="r", images=(url,)))
    shown = await viewer.get(CATALOG)
    found = [image["src"] for image in shown.page.select(".hit img")]
    assert found == ["https://cdn.example/a.jpg", "/demo/a.svg", "http://catalog.example/demo/b.svg"]


async def test_what_is_understood_of_a_text_is_said(full, viewer):
    shown = await viewer.get(f"{CATALOG}?q={quote('ring under $50')}")
    assert "Understood:" in shown.words
    assert "2 groups" in shown.texts(".catalog__total")[0]


async def test_attributes_with_a_type_are_facets_with_their_unit(server, full, shop, viewer):
    definitions = [AttributeDefinition("metal", Kind.KEYWORD, unit="mm")]
    await server.pages.search_settings.set_attributes("shop", definitions)
    shown = await viewer.get(CATALOG)
    assert "Metal (mm)" in shown.texts("legend")


async def test_export_of_a_result(full, viewer):
    lines = await viewer.get(f"{CATALOG}/export?format=ndjson&f.color=Red&price=10..100&page=7&view=table")
    assert (lines.status, lines.headers["content-type"]) == (200, "application/x-ndjson")
    assert lines.headers["content-disposition"] == 'attachment; filename="catalog.ndjson"'
    state = read_state(Values([("f.color", "Red"), ("price", "10..100")]))
    expected = [product.sku for product in products() if matches(product, state)]
    assert [msgspec.json.decode(line)["sku"] for line in lines.body.splitlines()] == expected
    table = await viewer.get(f"{CATALOG}/export?f.color=Nothing")
    assert (table.headers["content-type"], table.body.count(b"\r\n")) == ("text/csv; charset=utf-8", 1)
    assert (await viewer.get(f"{CATALOG}/export?format=xml")).status == 400


async def test_export_of_a_result_as_a_workbook(full, viewer):
    shown = await viewer.get(f"{CATALOG}?f.color=Red")
    (link,) = {one["href"] for one in shown.page.select(".menu__item") if "xlsx" in one["href"]}
    book = await viewer.get(link)
    assert book.headers["content-disposition"] == 'attachment; filename="catalog.xlsx"'
    table = await viewer.get(link.replace("xlsx", "csv"))
    with csv_of(io.BytesIO(book.body), "catalog.xlsx") as found:
        rows = [*csv.DictReader(io.StringIO(found.read().decode("utf-8-sig")), restval="")]
    assert rows == [*csv.DictReader(io.StringIO(table.body.decode(), newline=""))]
    assert len(rows) > 1


async def test_another_tenant_sees_nothing_of_it(full, rival_owner):
    shown = await rival_owner.get(f"{CATALOG}?q=ring")
    assert "0 groups" in shown.texts(".catalog__total")[0]
    assert (await rival_owner.get(f"{CATALOG}/export?format=ndjson")).body == b""


@pytest.mark.parametrize("path", ["", "/export", "/views", "/edit", "/edits", "/edits/1"])
async def test_who_is_not_signed_in_signs_in_first(shop, guest, path):
    shown = await guest.get(CATALOG + path)
    assert (shown.status, shown.headers["location"]) == (
        303,
        f"/dashboard/sign-in?next={quote(CATALOG + path, safe='')}",
    )


async def test_german_pages_speak_german(full, server):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    shown = await german.get(f"{CATALOG}?f.color=Red&price=10..&view=table")
    assert "Produktgruppen" in shown.texts(".catalog__total")[0]
    assert "880,00\xa0$" in shown.text
    assert shown.texts("#sort option")[:2] == ["Beste Treffer", "Name"]
    assert not {"Brand", "Stock", "Price", "Visibility"} & set(
        itertools.chain(*(t.split() for t in shown.texts("legend")))
    )


# --- Saved searches -------------------------------------------------------------------------------------------------


async def test_a_search_is_saved_renamed_and_forgotten(full, viewer):
    shown = await viewer.get(f"{CATALOG}/views?query={quote('f.color=Red&sort=price:asc&page=3')}")
    assert shown.texts(".chips li") == ["Color: Red"]
    values = shown.values("main form[action='/dashboard/catalog/views']")
    saved = await viewer.post(f"{CATALOG}/views", {**values, "name": " Red <b> "})
    assert saved.headers["location"] == "/dashboard/catalog?f.color=Red&sort=price:asc"
    after = await viewer.follow(saved)
    assert "The search is saved." in after.words
    (link,) = [one for one in after.page.select("a.menu__item") if one.get_text() == "Red <b>"]
    assert (link["href"], link["aria-current"]) == ("/dashboard/catalog?f.color=Red&sort=price:asc", "true")
    renamed = await viewer.post(f"{CATALOG}/views/rename", {"old": "Red <b>", "name": "Reds"})
    assert (await viewer.follow(renamed)).texts(".views__name") == ["Reds"]
    forgotten = await viewer.post(f"{CATALOG}/views/remove", {"name": "Reds"})
    assert "No search is saved yet" in (await viewer.follow(forgotten)).words


async def test_names_that_cannot_be_are_refused_beside_their_field(viewer):
    empty = await viewer.post(f"{CATALOG}/views", {"query": "q=ring", "name": " "})
    assert (empty.status, empty.texts(".field__error")) == (422, ["Must not be empty."])
    for name in ("a", "b"):
        await viewer.post(f"{CATALOG}/views", {"query": "q=ring", "name": name})
    taken = await viewer.post(f"{CATALOG}/views/rename", {"old": "a", "name": "b"})
    assert (taken.status, taken.texts(".field__error")) == (422, ["Is the name of another saved search."])
    assert (await viewer.post(f"{CATALOG}/views/rename", {"old": "a", "name": "a"})).status == 303
    assert (await viewer.get(f"{CATALOG}/views")).texts(".views__name") == ["a", "b"]
    long = await viewer.post(f"{CATALOG}/views", {"query": "q=" + "x" * 20_000, "name": "c"})
    assert long.status == 400
    many = await viewer.post(f"{CATALOG}/views", {"query": f"f.a={'x' * 9000}", "name": "c"})
    assert (many.status, len(many.page.select(".notice--danger"))) == (422, 1)


async def test_saved_searches_are_of_one_person(viewer, editor):
    await viewer.post(f"{CATALOG}/views", {"query": "q=ring", "name": "mine"})
    assert "mine" not in (await editor.get(f"{CATALOG}/views")).words


async def test_a_saved_search_leads_nowhere_else(viewer):
    await viewer.post(f"{CATALOG}/views", {"query": "//evil.example/?q=x", "name": "far"})
    (link,) = (await viewer.get(f"{CATALOG}/views")).page.select(".views__name")
    assert link["href"] == "/dashboard/catalog?"


@pytest.mark.parametrize("price", ["price=abc..50", "price=10..x", "price=10", "price_from=x", "price=-1..5"])
async def test_a_price_that_cannot_be_read_edits_and_exports_nothing_more(server, shop, editor, price):
    await shop.post(posted("A"))
    assert (await editor.get(f"{CATALOG}/export?{price}")).status == 400
    assert (await editor.get(f"{CATALOG}/edit?query={quote(price)}")).status == 400
    # While somebody types, the page shows what can be read so far.
    assert (await editor.get(f"{CATALOG}?{price}")).status in {200, 303}
    assert (await editor.get(f"{CATALOG}/export?price=..50")).status == 200
