"""Pages of product groups: variants as a table and as a list, what follows from them, history, JSON."""

import json

import pytest

from facetry.api.client.product_rendering import RENDERERS
from facetry.application.access_keys import NewAccessKey
from facetry.dashboard.api_documents import MAX_SHOWN
from facetry.domain.product import ProductContent
from facetry.domain.user import Role
from tests.api.server import AccessKeyHolder, KeyHolder
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

GROUP = "/dashboard/groups/G1"
RING = {
    "group_id": "G1",
    "name": "Band",
    "regular_price": 12_5000,
    "promotion_price": 10_0000,
    "quantity": 3,
    "category": ("Jewelry>Rings",),
    "images": ("https://example.com/a.jpg",),
}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"' onload=alert(1) x='",
    "\u202eevil\u202c \u05d8\u05d1\u05e2\u05ea",
    "w" * 300,
    "{{ 7*7 }} %s %(x)s {0}",
    "]]>--><!--&amp;\u2028",
]


async def fill(server, *rings, **fields):
    """Store rings of metals and sizes: ``gold-50``."""
    for ring in rings:
        metal, _, size = ring.partition("-")
        await server.catalog.put_product(
            "shop", ProductContent(**RING | {"sku": ring, "attributes": {"metal": metal}, "size": size} | fields)
        )


async def v2(server):
    """Return a caller of /v2."""
    return KeyHolder(server, "api-key-of-shop")


def cells(shown):
    """Return the words in each cell of the table of variants, row by row."""
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in shown.page.select("table tr")
    ]


class TestVariants:
    """The table of two axes, and the list."""

    async def test_two_things_that_vary_make_a_table_with_its_holes(self, server, shop, viewer):
        await fill(server, "gold-50", "gold-54", "silver-54")
        shown = await viewer.get(GROUP)
        assert shown.status == 200
        ring = "{} $12.50 $10.00 Stock 3"
        assert cells(shown) == [
            ["metal / Size", "50", "54"],
            ["gold", ring.format("gold-50"), ring.format("gold-54")],
            ["silver", "No such variant", ring.format("silver-54")],
        ]
        assert shown.page.select_one("#variants a.variant__sku")["href"] == "/dashboard/products/gold-50"

    async def test_the_axes_are_the_visitors_choice(self, server, shop, viewer):
        await fill(server, "gold-50", "gold-54", "silver-54")
        turned = await viewer.get(f"{GROUP}?rows=size&columns=attributes.metal", htmx=True)
        assert cells(turned)[0] == ["Size / metal", "gold", "silver"]
        for asked, head in (
            ("rows=size", "Size / metal"),
            ("columns=attributes.metal", "Size / metal"),
            ("rows=size&columns=size", "Size / metal"),
            ("rows=nonsense&columns=color", "metal / Size"),
        ):
            assert cells(await viewer.get(f"{GROUP}?{asked}"))[0][0] == head, asked
        part = await viewer.get(GROUP, htmx=True)
        assert "<html" not in part.text
        assert part.page.select_one(".axes option[selected]")["value"] == "attributes.metal"

    async def test_missing_values_have_a_row_of_their_own(self, server, shop, viewer):
        await fill(server, "gold-50", "gold-54")
        await fill(server, "plain-54", attributes={})
        assert [row[0] for row in cells(await viewer.get(GROUP))] == ["metal / Size", "gold", "without"]

    async def test_a_single_product_is_listed(self, server, shop, viewer):
        await fill(server, "gold-50")
        shown = await viewer.get(GROUP)
        assert cells(shown)[1] == ["", "gold-50", "Band", "", "50", "$12.50", "$10.00", "3"]
        assert not shown.page.select(".axes, .switch")

    async def test_a_list_is_shown_where_it_is_asked_for(self, server, shop, viewer):
        await fill(server, "gold-50", "silver-54", "silver-56")
        shown = await viewer.get(f"{GROUP}?view=list")
        assert [row[1] for row in cells(shown)] == ["SKU", "gold-50", "silver-54", "silver-56"]
        assert shown.texts(".switch__part[aria-current]") == ["As a list"]

    async def test_hundreds_of_variants_are_one_table_and_pages_of_a_list(self, server, shop, viewer):
        for at in range(400):
            await fill(server, f"R{at:03}", size=f"{at % 20}", color=f"c{at // 20}", attributes=None)
        shown = await viewer.get(GROUP)
        assert [len(row) for row in cells(shown)] == [21] * 21
        assert cells(shown)[20][20].startswith("R399")
        for page, expected in (
            ("2", ("R100", "R199")),
            ("4", ("R300", "R399")),
            ("99", ("R300", "R399")),
            ("0", ("R000", "R099")),
        ):
            listed = [row[1] for row in cells(await viewer.get(f"{GROUP}?view=list&page={page}"))[1:]]
            assert (listed[0], listed[-1], len(listed)) == (*expected, 100)

    async def test_a_group_of_very_many_is_only_listed(self, server, shop, viewer, monkeypatch):
        monkeypatch.setattr("facetry.dashboard.product_views.variant_views.MAX_PRODUCTS", 2)
        await fill(server, "gold-50", "gold-54", "silver-54")
        assert cells(await viewer.get(GROUP))[0][1] == "SKU"


class TestGroup:
    """What is shown of a group beside its variants."""

    async def test_what_follows_from_its_products_is_told(self, server, shop, viewer):
        await fill(server, "gold-50", quantity=0, regular_price=20_0000, promotion_price=20_0000)
        await fill(server, "gold-54", active=False)
        shown = await viewer.get(GROUP)
        assert shown.texts("#group-facts > *") == [
            "Price $12.50 – $20.00",
            "Offer price $10.00 – $20.00",
            "Stock 3 1 variant is sold out",
            "Variants 2 1 active",
        ]
        assert shown.texts(".breadcrumb li") == ["Catalog", "Jewelry", "Rings", "G1"]
        assert shown.page.select(".breadcrumb a")[2]["href"] == "/dashboard/catalog?f.category=Jewelry+%3E+Rings"
        assert "Band" in (await viewer.get("/dashboard/catalog?f.category=Jewelry+%3E+Rings")).words
        assert [one["src"] for one in shown.page.select(".gallery img")] == ["https://example.com/a.jpg"]

    async def test_only_pictures_that_a_page_may_load_are_asked_for(self, server, shop, viewer):
        images = (
            "http://plain/1.jpg",
            "javascript:alert(1)",
            "https://a/2.jpg",
            "/demo/3.svg",
            "http://catalog.example/4.jpg",
        )
        await fill(server, "gold-50", images=images)
        shown = await viewer.get(GROUP)
        assert [one["src"] for one in shown.page.select(".gallery img")] == [*images[2:]]

    async def test_what_is_no_address_is_not_asked_for(self, server, shop, viewer):
        await fill(server, "gold-50", images=('x.jpg" onerror=hurt()',))
        shown = await viewer.get(f"{GROUP}?view=list")
        assert not shown.page.select("main img")
        assert len(shown.page.select("td .picture svg")) == 1

    async def test_a_product_leads_to_its_group(self, server, shop, viewer):
        await fill(server, "gold-50")
        shown = await viewer.get("/dashboard/groups/gold-50")
        assert (shown.status, shown.headers["location"]) == (303, GROUP)

    @pytest.mark.parametrize("part", ["", "/history", "/json"])
    async def test_what_is_not_there_is_a_page_that_says_so(self, viewer, part):
        shown = await viewer.get(f"/dashboard/groups/%25%28x%29s{part}")
        assert shown.status == 404
        assert "It was removed, or never was here." in shown.words

    async def test_another_tenants_group_is_not_there(self, server, shop, rival, rival_owner):
        await fill(server, "gold-50")
        for part in ("", "/history", "/json"):
            assert (await rival_owner.get(GROUP + part)).status == 404

    async def test_only_who_may_change_it_is_shown_how(self, server, shop, viewer, editor):
        await fill(server, "gold-50", "silver-54")
        shown = await viewer.get(GROUP)
        assert not shown.page.select("a.cell__value, .page__actions a")
        shown = await editor.get(GROUP)
        assert len(shown.page.select("a.cell__value")) == 6
        assert [one["href"] for one in shown.page.select(".page__actions a")] == [
            "/dashboard/products/new?like=gold-50",
            f"{GROUP}/delete",
        ]

    async def test_it_can_be_read_in_german(self, server, shop):
        await fill(server, "gold-50", "silver-54")
        german = await visitor(server, "shop", Role.EDITOR, language="de")
        shown = await german.get(GROUP)
        assert shown.texts(".tabs__tab") == ["Varianten 2", "Verlauf", "JSON"]
        assert "Bestand" in shown.words
        assert "12,50\xa0$" in shown.text

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    async def test_no_text_breaks_the_page(self, server, shop, editor, text):
        for sku, size in (("A<b>", text), ("B", "1"), ("C", "2")):
            await fill(
                server,
                sku,
                name=text,
                group_id="G<\u202e>",
                description=text,
                size=size,
                color=text,
                brand=text,
                category=(text,),
                search_keywords=(text,),
                images=(f"https://a/{text}",),
                attributes={text: size},
                gemstones=({"type": "ruby", "name": text},),
            )
        for part in ("", "?view=list", "/history", "/json"):
            shown = await editor.get(f"/dashboard/groups/G%3C%E2%80%AE%3E{part}")
            assert shown.status == 200
            assert text in shown.page.get_text() or part == "/history"
            assert all(script.get("src") for script in shown.page.select("script"))
            assert not shown.page.select("[onload], [style]")


class TestHistory:
    """Changes of all products of a group."""

    async def test_changes_of_all_products_are_told_newest_first(self, server, shop, viewer):
        await fill(server, "gold-50", "silver-54")
        call = await v2(server)
        server.clock.time += 60
        await call("PATCH", "/v2/products/silver-54", {"regular_price": 15, "attributes": {"a~/b": True}})
        shown = await viewer.get(f"{GROUP}/history")
        told = shown.texts(".changes > li")
        assert told[0].startswith("Changed silver-54")
        assert [line.split()[:2] for line in told[1:]] == [["Created", "silver-54"], ["Created", "gold-50"]]
        assert shown.texts(".changes > li:first-child dt") == ["Price", "a~/b"]
        assert shown.texts(".changes > li:first-child dd") == ["$12.50 $15.00", "Yes"]
        assert not shown.page.select(".changes form")

    async def test_only_the_first_of_many_are_told(self, server, shop, viewer, monkeypatch):
        monkeypatch.setattr("facetry.dashboard.pages.groups.HISTORY_PRODUCTS", 1)
        await fill(server, "gold-50", "silver-54")
        shown = await viewer.get(f"{GROUP}/history")
        assert len(shown.texts(".changes > li")) == 1
        assert "the first variants" in shown.words

    async def test_where_nothing_is_known_that_is_said(self, server, shop, viewer):
        await fill(server, "gold-50")
        await server.journal.forget("shop")
        shown = await viewer.get(f"{GROUP}/history")
        assert shown.texts(".empty__title") == ["No changes are known"]


class TestDeletion:
    """Groups that are removed with all their products."""

    async def test_all_products_go_and_can_be_brought_back(self, server, shop, editor):
        await fill(server, "gold-50", "silver-54")
        asked = await editor.get(f"{GROUP}/delete")
        assert "Delete “Band” (G1) with all its 2 products?" in asked.words
        shown = await editor.follow(await editor.post(f"{GROUP}/delete", asked.values("main form")))
        assert "The product group was deleted." in shown.words
        assert (await editor.get(GROUP)).status == 404
        page = await editor.get("/dashboard/products/gold-50/history")
        assert (await editor.post(page.page.select_one(".changes form")["action"])).status == 303
        assert (await editor.get(GROUP)).status == 200

    async def test_what_was_changed_does_not_go_unseen(self, server, shop, editor):
        await fill(server, "gold-50", "silver-54")
        asked = await editor.get(f"{GROUP}/delete")
        await fill(server, "silver-54", quantity=9)
        shown = await editor.post(f"{GROUP}/delete", asked.values("main form"))
        assert shown.status == 409
        assert "Somebody else changed a product of the group" in shown.words
        assert (await server.catalog.group("shop", "G1")).product_skus == ("gold-50", "silver-54")

    async def test_what_is_changed_in_the_very_moment_stops_it_all(self, server, shop, editor):
        await fill(server, "gold-50", "silver-54")
        asked = await editor.get(f"{GROUP}/delete")
        carry_out = server.catalog.do

        async def late(tenant, write):
            server.catalog.do = carry_out
            await fill(server, "silver-54", quantity=9)
            return await carry_out(tenant, write)

        server.catalog.do = late
        assert (await editor.post(f"{GROUP}/delete", asked.values("main form"))).status == 409
        assert (await server.catalog.group("shop", "G1")).product_skus == ("gold-50", "silver-54")

    async def test_it_is_not_for_viewers(self, server, shop, viewer):
        await fill(server, "gold-50")
        assert (await viewer.get(f"{GROUP}/delete")).status == 403
        assert (await viewer.post(f"{GROUP}/delete")).status == 403
        assert (await viewer.get(GROUP)).status == 200


async def test_the_json_is_what_each_api_answers(server, shop, viewer):
    await fill(server, "gold-50", "silver-54")
    call, revealed = await v2(server), await server.access_keys.create("shop", NewAccessKey(name="test"))
    client = AccessKeyHolder(server, revealed.secret)
    shown = await viewer.get(f"{GROUP}/json")
    documents = [json.loads(text) for text in (one.get_text() for one in shown.page.select("pre.code"))]
    assert documents == [
        (await shop.group("G1")).json,
        (await call("GET", "/v2/groups/G1")).json,
        await client.ok("product_search", {"model": "G1", "fields": ",".join(RENDERERS)}),
    ]


async def test_of_a_long_document_the_beginning_is_shown(server, shop, viewer):
    await fill(server, "gold-50", description="\u20ac" * MAX_SHOWN)
    texts = [one.get_text() for one in (await viewer.get(f"{GROUP}/json")).page.select("pre.code")]
    assert [len(text) for text in texts] == [MAX_SHOWN + 2] * 3
    assert all(text.endswith("\u20ac\n\u2026") for text in texts)
