"""Pages of products: the form of all fields, new ones, their end, histories, JSON."""

import json

import pytest
from msgspec.structs import replace

from facetry.api.client.product_rendering import RENDERERS
from facetry.application.access_keys import NewAccessKey
from facetry.domain.catalog import PatchProduct
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.product import ProductContent
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.trade import Trade, Variation
from facetry.domain.user import Role
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from tests.api.server import AccessKeyHolder, KeyHolder, Server
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

RING = "/dashboard/products/R%2F1"
FULL = ProductContent(
    sku="R/1",
    group_id="G1",
    name="Solitaire",
    description="A ring\nwith a stone",
    regular_price=1290_0000,
    quantity=3,
    category=("Jewelry>Rings",),
    images=("https://a/1.jpg",),
    search_keywords=("ring", "gold"),
    brand="Conte",
    size="54",
    attributes={"finish": "matte", "stones": 1, "odd": [1, None]},
    metals=({"name": "gold", "purity": 750, "secret": 1},),
    gemstones=({"type": "diamond", "carat": 0.5, "culet": "none"},),
    trade=Trade(quantity_alert=1, location="Safe"),
)
HOSTILE = [
    "<script>alert(1)</script>",
    "\"' autofocus onfocus=alert(1) x='",
    "\u202eevil\u202c \u05d8\u05d1\u05e2\u05ea",
    "w" * 300,
    "{{ 7*7 }} %s %(x)s {0}",
    "</textarea><img src=x onerror=alert(1)>",
]


@pytest.fixture
async def ring(server, shop):
    """Return a product as it is stored."""
    return (await server.catalog.put_product("shop", FULL)).product


async def stored(server, sku="R/1"):
    """Return a product as it is now."""
    return await server.catalog.product("shop", sku)


async def elsewhere(server, **fields):
    """Change the product as somebody else does."""
    await server.catalog.do("shop", PatchProduct(ProductKey(sku="R/1"), ProductPatch(**fields)))


def errors(shown):
    """Return what is wrong by the field beside which it stands."""
    marked = shown.page.select("[aria-invalid]")
    return {one["name"]: shown.page.find(id=f"{one['id']}-error").get_text().strip() for one in marked}


class TestForm:
    """All fields of a product."""

    async def test_it_shows_all_there_is(self, ring, editor):
        shown = await editor.get(RING)
        values = shown.values("#product-form")
        expected = {
            "sku": "R/1",
            "group_id": "G1",
            "name": "Solitaire",
            "regular_price": "1290",
            "promotion_price": "",
            "quantity": "3",
            "category": "Jewelry>Rings",
            "active": "on",
            "attributes.0.name": "finish",
            "attributes.1.kind": "number",
            "attributes.2.kind": "json",
            "attributes.2.value": "[1,null]",
            "metals.0.purity": "750",
            "gemstones.0.carat": "0.5",
            "gemstones.0.culet": "none",
            "quantity_alert": "1",
            "location": "Safe",
        }
        assert {name: values[name][0].strip() for name in expected} == expected
        assert values["search_keywords"][0].split() == ["ring", "gold"]
        assert "is_main" not in values
        assert shown.page.find("input", {"name": "sku"}).has_attr("readonly")
        assert shown.texts("h1") == ["Solitaire"]
        assert [one["href"] for one in shown.page.select(".breadcrumb a")] == [
            "/dashboard/catalog",
            "/dashboard/groups/G1",
        ]

    async def test_sent_back_as_it_is_it_changes_nothing(self, server, ring, editor):
        shown = await editor.get(RING)
        saved = await editor.post(f"{RING}/edit", shown.values("#product-form"))
        assert "Nothing was changed." in (await editor.follow(saved)).words
        assert await stored(server) == ring

    async def test_what_is_changed_is_saved_and_nothing_else(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form")
        values |= {
            "name": " Band ",
            "regular_price": "1.350,50",
            "size": "US 6 1/2",
            "gemstones.0.carat": "0.7",
            "metals.0.weight": "3.2",
        }
        del values["active"]
        shown = await editor.follow(await editor.post(f"{RING}/edit", values))
        assert "Saved." in shown.words
        assert await stored(server) == replace(
            ring,
            name="Band",
            regular_price=1350_5000,
            promotion_price=1350_5000,
            size="6.5",
            active=False,
            metals=({"name": "gold", "purity": 750, "secret": 1, "weight": 3.2},),
            gemstones=({"type": "diamond", "carat": 0.7, "culet": "none"},),
        )
        history = await editor.get(f"{RING}/history")
        assert history.texts(".changes > li:first-child dt") == [
            "Name",
            "Price",
            "Offer price",
            "Size",
            "Active",
            "Metals",
            "Gemstones",
        ]
        assert history.texts(".changes > li:first-child dd")[1] == "$1,290.00 $1,350.50"
        assert editor.user.email in history.words

    async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form")
        values |= {
            "name": "",
            "regular_price": "cheap",
            "quantity": "-1",
            "metals.0.weight": "heavy",
            "attributes.1.value": "x",
        }
        shown = await editor.post(f"{RING}/edit", values)
        assert shown.status == 422
        assert errors(shown) == {
            "regular_price": "Must be a price such as 1234.50, $1,234.50 or 99 EUR.",
            "quantity": "Must be from 0 to 9007199254740991.",
            "attributes.1.value": "Must be a number.",
            "metals.0.weight": "Must be a weight in grams such as 3.2.",
        }
        assert shown.values("#product-form")["regular_price"] == ["cheap"]
        assert [one["href"] for one in shown.page.select(".notice--danger a")] == [
            *("#field-regular_price", "#field-quantity", "#field-attributes.1.value", "#field-metals.0.weight"),
        ]
        assert all(shown.page.find(id=one["href"][1:]) for one in shown.page.select(".notice--danger a"))
        assert shown.texts(".notice--danger a") == ["Price", "Stock", "stones", "Weight in grams"]
        assert await stored(server) == ring
        values |= {"regular_price": "1", "quantity": "1", "metals.0.weight": "", "attributes.1.value": "1"}
        assert errors(await editor.post(f"{RING}/edit", values)) == {"name": "Must not be empty."}

    async def test_errors_are_told_in_german_too(self, server, ring):
        german = await visitor(server, "shop", Role.EDITOR, language="de")
        values = (await german.get(RING)).values("#product-form")
        shown = await german.post(f"{RING}/edit", {**values, "name": ""})
        assert errors(shown) == {"name": "Darf nicht leer sein."}
        assert "Nichts wurde gespeichert" in shown.words

    async def test_what_does_not_fit_the_tenants_types_is_told_at_the_attribute(self, server, ring, editor):
        typed = AttributeDefinition("stones", Kind.INTEGER)
        karat = AttributeDefinition("metals.karat", Kind.INTEGER)
        await server.pages.search_settings.set_attributes("shop", (typed, karat))
        shown = await editor.get(RING)
        assert [one["value"] for one in shown.page.select("#attribute-names option")] == ["stones"]
        values = shown.values("#product-form") | {"attributes.1.kind": "text", "attributes.1.value": "many"}
        refused = await editor.post(f"{RING}/edit", values)
        assert [*errors(refused)] == ["attributes.1.value"]
        refused = await editor.post(f"{RING}/edit", shown.values("#product-form") | {"metals.0.karat": "x"})
        assert refused.status == 422
        assert errors(refused) == {}
        assert refused.texts(".notice--danger li")[0].startswith("metals.karat : Is an integer")

    async def test_rows_come_and_go_without_a_script(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form") | {"name": "not saved yet"}
        for kind in ("attributes", "metals", "gemstones"):
            shown = await editor.post(f"{RING}/edit", {**values, "add_row": kind})
            assert shown.status == 200
            assert len(shown.page.select(f"[name^='{kind}.'][autofocus]")) == 1
            values = shown.values("#product-form")
        assert {"attributes.3.name", "metals.1.name", "gemstones.1.code"} <= values.keys()
        shown = await editor.post(f"{RING}/edit", {**values, "remove_row": "attributes.0"}, htmx=True)
        assert "<html" not in shown.text
        values = shown.values("#product-form")
        assert (values["name"], values["attributes.0.name"]) == (["not saved yet"], ["stones"])
        assert await stored(server) == ring
        values |= {
            "metals.1.name": "platinum",
            "gemstones.1.type": "ruby",
            "attributes.2.name": "style",
            "attributes.2.value": "A",
        }
        assert (await editor.post(f"{RING}/edit", values)).status == 303
        now = await stored(server)
        assert now.attributes == {"stones": 1, "odd": [1, None], "style": "A"}
        assert now.metals == (*ring.metals, {"name": "platinum"})
        assert now.gemstones == (*ring.gemstones, {"type": "ruby"})

    async def test_many_parts_fit_into_one_form(self, server, shop, editor):
        stones = tuple(
            {"type": "ruby", "carat": at / 100, "origin": "Siam" if at == 7 else None} for at in range(1, 201)
        )
        await server.catalog.put_product("shop", replace(FULL, gemstones=stones))
        before = await stored(server)
        values = (await editor.get(RING)).values("#product-form")
        assert sum(map(len, values.values())) < 4_000
        assert values["gemstones.6.origin"] == ["Siam"]
        assert (await editor.post(f"{RING}/edit", {**values, "name": "Rubies"})).status == 303
        assert await stored(server) == replace(before, name="Rubies")

    async def test_variations_follow(self, server, ring, editor):
        follower = replace(
            FULL, sku="R/2", trade=replace(FULL.trade, variation=Variation("R/1", "size", "56")), size="56"
        )
        await server.catalog.put_product("shop", follower)
        values = (await editor.get(RING)).values("#product-form")
        assert (await editor.post(f"{RING}/edit", {**values, "name": "Band"})).status == 303
        assert (await stored(server, "R/2")).name == "Band"

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    async def test_no_text_breaks_the_form(self, server, shop, editor, viewer, text):
        content = replace(
            FULL,
            **dict.fromkeys(("name", "description", "brand", "color", "size"), text),
            **dict.fromkeys(("images", "search_keywords", "category"), (text,)),
            attributes={text: text, "list": [text, "b"], "odd": [text, 1]},
            metals=({"name": text, text: text},),
            gemstones=({"type": text, "code": text[:50].strip(), "origin": text},),
            trade=Trade(location=text, videos=(text,), variation=Variation(text, text, text)),
        )
        before = (await server.catalog.put_product("shop", content)).product
        shown = await editor.get(RING)
        assert all(script.get("src") for script in shown.page.select("script"))
        assert not shown.page.select("[onload], [onfocus], [onerror], [style]")
        assert shown.texts("h1") == [" ".join(text.split())]
        saved = await editor.post(f"{RING}/edit", {**shown.values("#product-form"), "quantity": "9"})
        assert saved.status == 303, saved.words
        assert await stored(server) == replace(before, quantity=9)
        for who, part in (
            (viewer, ""),
            (viewer, "/history"),
            (viewer, "/json"),
            (editor, "/fields/price"),
            (editor, "/delete"),
        ):
            shown = await who.get(RING + part)
            assert shown.status == 200
            assert text in shown.page.get_text() or part in {"/fields/price", "/json"}
            assert not shown.page.select("[onload], [onfocus], [onerror], [style], main script")


class TestRaces:
    """Two who change the same product."""

    async def test_who_comes_second_sees_both_versions_and_overwrites_nothing(self, server, ring, editor, owner):
        first, second = (
            (await editor.get(RING)).values("#product-form"),
            (await owner.get(RING)).values("#product-form"),
        )
        assert (await editor.post(f"{RING}/edit", {**first, "name": "Mine", "brand": "Both"})).status == 303
        mine = await stored(server)
        lost = await owner.post(f"{RING}/edit", {**second, "name": "Yours", "size": "56"})
        assert lost.status == 409
        assert lost.texts(".notice--warning tbody tr") == ["Name Mine Yours", "Brand Both Both", "Size 54 56"]
        assert await stored(server) == mine
        values = lost.values("#product-form")
        assert (values["name"], values["brand"]) == (["Yours"], ["Both"])
        saved = await owner.post(f"{RING}/edit", values)
        assert saved.status == 303
        assert await stored(server) == replace(mine, name="Yours", size="56")

    async def test_where_nobody_knows_how_it_was_all_of_the_form_is_shown(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form")
        await elsewhere(server, name="Mine", brand="Both")
        await server.journal.forget("shop")
        lost = await editor.post(f"{RING}/edit", {**values, "size": "56"})
        assert lost.status == 409
        assert lost.texts(".notice--warning tbody tr") == ["Name Mine Solitaire", "Brand Both Conte", "Size 54 56"]
        assert lost.values("#product-form")["name"] == ["Solitaire"]

    async def test_a_change_in_the_very_moment_of_saving_is_seen(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form")
        carry_out, rivals = server.catalog.do, ["Mine"]

        async def late(tenant, write):
            if rivals:
                await carry_out("shop", PatchProduct(ProductKey(sku="R/1"), ProductPatch(name=rivals.pop())))
            return await carry_out(tenant, write)

        server.catalog.do = late
        lost = await editor.post(f"{RING}/edit", {**values, "size": "56"})
        assert (lost.status, lost.texts(".notice--warning tbody tr")) == (409, ["Name Mine Mine", "Size 54 56"])
        assert ((await stored(server)).name, (await stored(server)).size) == ("Mine", "54")

    async def test_who_wanted_the_same_is_told_so(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form")
        await elsewhere(server, name="Band")
        shown = await editor.follow(await editor.post(f"{RING}/edit", {**values, "name": "Band"}))
        assert "Somebody else made the same change." in shown.words

    async def test_a_product_that_is_gone_is_not_made_again(self, server, ring, editor):
        values = (await editor.get(RING)).values("#product-form")
        await server.catalog.delete_product("shop", "R/1")
        assert (await editor.post(f"{RING}/edit", values)).status == 404
        assert (await editor.get("/dashboard/groups/G1")).status == 404

    async def test_what_was_changed_is_not_deleted_unseen(self, server, ring, editor):
        asked = await editor.get(f"{RING}/delete")
        await elsewhere(server, quantity=9)
        shown = await editor.post(f"{RING}/delete", asked.values("main form"))
        assert shown.status == 409
        assert "changed the product meanwhile" in shown.words
        assert (await stored(server)).quantity == 9
        done = await editor.post(f"{RING}/delete", shown.values("main form"))
        assert done.headers["location"] == "/dashboard/catalog"
        assert (await editor.get(RING)).status == 404


class TestNew:
    """Products that are made here."""

    async def test_a_new_one_begins_empty(self, server, shop, editor):
        shown = await editor.get("/dashboard/products/new?group=G%261")
        values = shown.values("#product-form")
        assert {name: values[name] for name in ("sku", "name", "group_id", "quantity", "active")} == {
            "sku": [""],
            "name": [""],
            "group_id": ["G&1"],
            "quantity": ["0"],
            "active": ["on"],
        }
        assert shown.texts("h1") == ["New product"]
        values |= {"sku": "N-1", "name": "New", "regular_price": "5"}
        shown = await editor.post("/dashboard/products/new", {**values, "add_row": "metals"})
        values = shown.values("#product-form") | {"metals.0.name": "18K gold"}
        done = await editor.post("/dashboard/products/new", values)
        assert done.headers["location"] == "/dashboard/products/N-1"
        assert "The product was created." in (await editor.follow(done)).words
        made = await stored(server, "N-1")
        assert (made.group_id, made.regular_price, made.metals) == ("G&1", 5_0000, ({"name": "gold", "purity": 750},))

    async def test_a_duplicate_is_a_variant_that_has_all_the_other_has(self, server, ring, editor):
        await elsewhere(server, is_main=True)
        shown = await editor.get("/dashboard/products/new?like=R%2F1")
        values = shown.values("#product-form")
        assert (values["sku"], values["group_id"]) == ([""], ["G1"])
        done = await editor.post("/dashboard/products/new", {**values, "sku": "R/2", "size": "56"})
        assert done.status == 303, done.words
        made = await stored(server, "R/2")
        assert made == replace(ring, sku="R/2", size="56", object_id=made.object_id, joined=made.joined)
        assert (await stored(server)).is_main is True

    async def test_a_sku_that_is_taken_replaces_nothing(self, server, ring, editor):
        values = (await editor.get("/dashboard/products/new?like=gone")).values("#product-form")
        shown = await editor.post("/dashboard/products/new", {**values, "sku": "R/1", "name": "Other"})
        assert shown.status == 422
        assert errors(shown) == {"sku": "Is taken by another product."}
        assert await stored(server) == ring
        shown = await editor.post("/dashboard/products/new", {**values, "sku": "", "name": ""})
        assert errors(shown) == {"sku": "Must have 1 to 50 characters."}

    async def test_a_group_that_is_full_is_told_at_its_field(self):
        server = Server(store=MemoryCatalogStore(max_group_products=1))
        await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
        editor = await visitor(server, "shop", Role.EDITOR)
        await server.catalog.put_product("shop", FULL)
        values = (await editor.get("/dashboard/products/new?like=R%2F1")).values("#product-form")
        shown = await editor.post("/dashboard/products/new", {**values, "sku": "R/2"})
        assert shown.status == 422
        assert errors(shown) == {"group_id": "Product group with ID G1 may have 1 products at most."}

    async def test_even_one_called_new_can_be_reached(self, server, shop, editor, viewer):
        await server.catalog.put_product("shop", replace(FULL, sku="new"))
        group = await viewer.get("/dashboard/groups/G1")
        (link,) = [one["href"] for one in group.page.select("th a")]
        assert (await viewer.get(link)).texts("h1") == ["Solitaire"]
        values = (await editor.get(link)).values("#product-form")
        saved = await editor.post("/dashboard/products/new/edit", {**values, "name": "Named"})
        assert saved.headers["location"] == link
        assert (await stored(server, "new")).name == "Named"


class TestCells:
    """One field that is changed where it stands."""

    async def test_a_price_is_changed_and_all_that_follows_is_shown(self, server, ring, editor):
        begun = await editor.get(f"{RING}/fields/price", htmx=True)
        values = begun.values()
        assert (values["value"], values["was"]) == (["1290"], ["1290"])
        shown = await editor.post(f"{RING}/fields/price", {**values, "value": "1,350.50"}, htmx=True)
        assert shown.status == 200
        assert "$1,350.50" in shown.texts(f"#price-{ring.product_id}")[0]
        assert shown.texts("#group-facts > *")[0] == "Price $1,350.50"
        assert (await stored(server)).regular_price == 1350_5000
        assert (await stored(server)).promotion_price == 1350_5000

    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            ("offer", "990", {"promotion_price": 990_0000}),
            ("offer", "", {}),
            ("stock", "0", {"quantity": 0}),
        ],
    )
    async def test_each_field_is_changed_alone(self, server, ring, editor, field, value, expected):
        values = (await editor.get(f"{RING}/fields/{field}")).values("[data-cell-form]")
        done = await editor.post(f"{RING}/fields/{field}", {**values, "value": value})
        assert done.headers["location"] == "/dashboard/groups/G1"
        assert await stored(server) == replace(ring, **expected)

    @pytest.mark.parametrize(
        ("field", "expected"),
        [("price", {"regular_price": None}), ("offer", {"promotion_price": 1290_0000})],
    )
    async def test_a_price_goes_only_where_it_is_said_twice(self, server, ring, editor, field, expected):
        await elsewhere(server, promotion_price=990_0000)
        path, before = f"{RING}/fields/{field}", await stored(server)
        for is_part in (True, False):
            values = (await editor.get(path)).values("[data-cell-form]")
            asked = await editor.post(path, {**values, "value": " "}, htmx=is_part)
            assert (asked.status, asked.page.select_one("[name=value]")["value"]) == (422, "")
            assert asked.texts(".field__error") == [
                "Nothing was stored. To take the price away, press “Remove price”.",
            ]
            again = await editor.post(path, asked.values("[data-cell-form]"), htmx=is_part)
            assert (again.status, await stored(server)) == (422, before)
        button = asked.page.select_one("[data-cell-form] button[name=remove]")
        assert button.get_text(strip=True) == "Remove price"
        done = await editor.post(path, {**asked.values("[data-cell-form]"), "remove": button["value"], "value": "5"})
        assert done.headers["location"] == "/dashboard/groups/G1"
        assert await stored(server) == replace(before, **expected)

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("price", "0", "Must be greater than 0 and at most 100000000000."),
            ("price", "5 CHF", "Must be in USD."),
            ("stock", "", "Must not be empty."),
            ("stock", "1.5", "Must be a whole number."),
        ],
    )
    async def test_what_is_no_value_is_told_where_it_was_typed(self, server, ring, editor, field, value, message):
        values = (await editor.get(f"{RING}/fields/{field}")).values("[data-cell-form]")
        for is_part in (True, False):
            shown = await editor.post(f"{RING}/fields/{field}", {**values, "value": value}, htmx=is_part)
            assert (shown.status, shown.texts(".field__error")) == (422, [message])
            assert shown.page.select_one("input[name=value]")["value"] == value
        assert await stored(server) == ring

    async def test_a_value_that_somebody_else_has_changed_is_shown_beside_ones_own(self, server, ring, editor):
        values = (await editor.get(f"{RING}/fields/price", htmx=True)).values()
        await elsewhere(server, regular_price=1400_0000)
        theirs = await stored(server)
        shown = await editor.post(f"{RING}/fields/price", {**values, "value": "1500"}, htmx=True)
        assert shown.status == 409
        assert shown.texts(".cell__conflict") == ["Somebody else changed this to $1,400.00."]
        assert shown.page.select_one("input[name=value]")["value"] == "1500"
        assert await stored(server) == theirs
        done = await editor.post(f"{RING}/fields/price", shown.values(), htmx=True)
        assert done.status == 200
        assert (await stored(server)).regular_price == 1500_0000

    async def test_who_presses_twice_has_no_conflict_with_themselves(self, server, ring, editor):
        values = (await editor.get(f"{RING}/fields/price", htmx=True)).values() | {"value": "1500"}
        for _ in range(2):
            assert (await editor.post(f"{RING}/fields/price", values, htmx=True)).status == 200
        assert (await stored(server)).regular_price == 1500_0000

    async def test_a_change_of_something_else_is_no_conflict_and_stays(self, server, ring, editor):
        values = (await editor.get(f"{RING}/fields/price", htmx=True)).values()
        await elsewhere(server, quantity=1)
        shown = await editor.post(f"{RING}/fields/price", {**values, "value": "1500"}, htmx=True)
        assert shown.status == 200
        assert await stored(server) == replace(ring, quantity=1, regular_price=1500_0000, promotion_price=1500_0000)

    async def test_a_change_in_the_very_moment_of_writing_is_seen(self, server, ring, editor):
        values = (await editor.get(f"{RING}/fields/stock", htmx=True)).values()
        carry_out, rivals = server.catalog.do, [{"name": "Renamed"}, {"quantity": 8}]

        async def late(tenant, write):
            if rivals:
                await carry_out("shop", PatchProduct(ProductKey(sku="R/1"), ProductPatch(**rivals.pop(0))))
            return await carry_out(tenant, write)

        server.catalog.do = late
        shown = await editor.post(f"{RING}/fields/stock", {**values, "value": "5"}, htmx=True)
        assert shown.status == 409
        assert shown.texts(".cell__conflict") == ["Somebody else changed this to 8."]
        assert ((await stored(server)).name, (await stored(server)).quantity) == ("Renamed", 8)

    async def test_who_is_always_overtaken_is_told(self, server, ring, editor):
        values = (await editor.get(f"{RING}/fields/stock", htmx=True)).values()
        carry_out, names = server.catalog.do, iter(range(100))

        async def late(tenant, write):
            await carry_out("shop", PatchProduct(ProductKey(sku="R/1"), ProductPatch(name=f"{next(names)}")))
            return await carry_out(tenant, write)

        server.catalog.do = late
        shown = await editor.post(f"{RING}/fields/stock", {**values, "value": "5"}, htmx=True)
        assert (shown.status, (await stored(server)).quantity) == (409, 3)

    async def test_products_that_follow_are_shown_too(self, server, ring, editor):
        follower = replace(
            FULL, sku="R/2", trade=replace(FULL.trade, variation=Variation("R/1", "size", "56")), size="56"
        )
        other = (await server.catalog.put_product("shop", follower)).product
        values = (await editor.get(f"{RING}/fields/price", htmx=True)).values()
        shown = await editor.post(f"{RING}/fields/price", {**values, "value": "1500"}, htmx=True)
        cell = shown.page.select_one(f"#price-{other.product_id}")
        assert cell["hx-swap-oob"] == "true"
        assert "$1,500.00" in cell.get_text()

    async def test_who_leaves_sees_the_value_as_it_was(self, ring, editor):
        shown = await editor.get(f"{RING}/fields/stock?leave=1", htmx=True)
        assert shown.page.select_one(f"#stock-{ring.product_id} a")["href"] == f"{RING}/fields/stock"
        page = await editor.get(f"{RING}/fields/stock?leave=1")
        assert page.headers["location"] == "/dashboard/groups/G1"

    async def test_low_stock_is_marked(self, server, ring, viewer):
        for quantity, kind in ((0, "cell--danger"), (1, "cell--warning"), (2, None)):
            await elsewhere(server, quantity=quantity)
            cell = (await viewer.get("/dashboard/groups/G1")).page.select_one(f"#stock-{ring.product_id}")
            assert (kind in cell["class"]) if kind else cell["class"] == ["cell"]

    async def test_only_known_fields_of_known_products_are_there(self, ring, editor):
        for path in (f"{RING}/fields/name", f"{RING}/fields/%25s", "/dashboard/products/gone/fields/price"):
            assert (await editor.get(path)).status == 404
            assert (await editor.post(path, {"value": "1"}, htmx=True)).status == 404


class TestHistory:
    """What changed, and taking it back."""

    async def test_a_change_is_taken_back(self, server, ring, editor):
        await elsewhere(server, name="Band")
        page = await editor.get(f"{RING}/history")
        action = page.page.select_one(".changes form")["action"]
        shown = await editor.follow(await editor.post(action))
        assert "The change was taken back." in shown.words
        assert await stored(server) == ring
        assert shown.texts(".changes .badge") == ["Taken back", "Changed", "Created"]
        assert len(shown.page.select(".changes form")) == 2

    async def test_what_has_changed_again_is_only_taken_back_if_that_is_wanted(self, server, ring, editor):
        await elsewhere(server, name="Band", attributes={"a/b": "1"})
        action = (await editor.get(f"{RING}/history")).page.select_one(".changes form")["action"]
        await elsewhere(server, name="Circle", attributes={"a/b": "2"})
        asked = await editor.post(action)
        assert asked.status == 409
        assert asked.texts("main li bdi")[-2:] == ["Name", "a/b"]
        assert (await stored(server)).name == "Circle"
        await editor.follow(await editor.post(action, asked.values("main form")))
        assert await stored(server) == ring

    async def test_a_deleted_product_is_brought_back_from_its_history(self, server, ring, editor):
        await server.catalog.delete_product("shop", "R/1")
        assert (await editor.get(RING)).status == 404
        page = await editor.get(f"{RING}/history")
        assert page.texts("h1") == ["R/1"]
        assert page.texts(".page__subtitle") == ["Deleted"]
        action = page.page.select_one(".changes form")["action"]
        await editor.follow(await editor.post(action))
        assert (await stored(server)).name == "Solitaire"

    async def test_another_product_in_its_place_is_not_touched_unasked(self, server, ring, editor):
        await server.catalog.delete_product("shop", "R/1")
        action = (await editor.get(f"{RING}/history")).page.select_one(".changes form")["action"]
        await server.catalog.put_product("shop", replace(FULL, name="Another"))
        asked = await editor.post(action)
        assert asked.status == 409
        assert "The whole product" in asked.words
        assert (await stored(server)).name == "Another"

    async def test_it_has_pages(self, server, ring, viewer):
        for number in range(60):
            server.clock.time += 1
            await elsewhere(server, name=f"Name {number}")
        first = await viewer.get(f"{RING}/history")
        assert len(first.texts(".changes > li")) == 50
        (link,) = [one["href"] for one in first.page.select(".pagination a")]
        second = await viewer.get(link)
        assert len(second.texts(".changes > li")) == 11
        assert second.texts(".pagination a") == ["First page"]
        for nonsense in ("x", "nan,1", "1e9,1", "1," + "9" * 30):
            assert len((await viewer.get(f"{RING}/history?after={nonsense}")).texts(".changes > li")) == 50

    async def test_what_is_not_known_is_not_there(self, ring, viewer, editor):
        assert (await viewer.get("/dashboard/products/never/history")).status == 404
        for number in ("999", "0", "x", "9" * 40):
            assert (await editor.post(f"{RING}/history/{number}/undo")).status == 404

    async def test_the_last_page_may_be_empty(self, ring, viewer):
        shown = await viewer.get(f"{RING}/history?after=1,1")
        assert shown.texts(".empty__title") == ["No changes are known"]


class TestRights:
    """Who may do what."""

    async def test_a_viewer_reads_and_cannot_change(self, server, ring, viewer):
        shown = await viewer.get(RING)
        assert shown.status == 200
        assert not shown.page.select("main form, main input, .page__actions a")
        told = dict(zip(shown.texts(".keys dt"), shown.texts(".keys dd"), strict=True))
        assert (told["Price"], told["finish"], told["Metals"]) == (
            "$1,290.00",
            "matte",
            "Name: gold, Fineness: 750, secret: 1",
        )
        assert (told["Kind of goods"], told["Active"], told["odd"]) == ("Jewelry", "Yes", "1; null")
        for path in (f"{RING}/edit", f"{RING}/delete", f"{RING}/fields/price", "/dashboard/products/new"):
            assert (await viewer.get(path)).status == 403
            assert (await viewer.post(path, {"value": "1", "sku": "X", "name": "X"})).status == 403
        assert (await viewer.post(f"{RING}/history/1/undo")).status == 403
        assert await stored(server) == ring

    async def test_another_tenants_product_is_not_there(self, ring, rival, rival_owner):
        for path in ("", "/edit", "/delete", "/fields/price", "/history", "/json"):
            assert (await rival_owner.get(RING + path)).status == 404


async def test_the_json_is_what_each_api_answers(server, shop, ring, viewer):
    documents = [json.loads(one.get_text()) for one in (await viewer.get(f"{RING}/json")).page.select("pre.code")]
    revealed = await server.access_keys.create("shop", NewAccessKey(name="test"))
    assert documents == [
        (await shop.product("R/1")).json,
        (await KeyHolder(server, "api-key-of-shop")("GET", "/v2/products/R%2F1")).json,
        await AccessKeyHolder(server, revealed.secret).ok(
            "product_search", {"sku": "R/1", "fields": ",".join(RENDERERS)}
        ),
    ]


async def test_a_price_that_is_changed_here_is_seen_everywhere_at_once(server, shop, ring, editor):
    """The journey: edit a price in its cell, find it by search, read it through all three APIs."""
    values = (await editor.get(f"{RING}/fields/price", htmx=True)).values()
    await editor.post(f"{RING}/fields/price", {**values, "value": "777.77"}, htmx=True)
    native = KeyHolder(server, "api-key-of-shop")
    found = await native.search(q="solitaire", filter={"price": {"gte": 777.77, "lte": 777.77}})
    assert [hit["group"]["group_id"] for hit in found["hits"]] == ["G1"]
    assert (await native("GET", "/v2/products/R%2F1")).json["price"] == 777.77
    assert (await shop.product("R/1")).json["regularPrice"] == 777.77
    assert (await shop.group("G1")).json["regularPriceMin"] == 777.77
    hits = (await shop.search(q="solitaire", qfield="name")).json["hits"]["hits"]
    assert [hit["_source"]["regularPriceMin"] for hit in hits] == [777.77]
    revealed = await server.access_keys.create("shop", NewAccessKey(name="test"))
    (record,) = await AccessKeyHolder(server, revealed.secret).ok(
        "product_search", {"sku": "R/1", "fields": ",".join(RENDERERS)}
    )
    assert record["price"] == 777.77
    assert "$777.77" in (await editor.get("/dashboard/groups/G1")).words
