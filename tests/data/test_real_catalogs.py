"""Real catalogs, with all their dirt, are imported by the mappings that every user has, and found."""

import pytest

from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.application.tenants import NewTenant
from facetry.domain.field_query import FieldQuery, ValueFacet
from tests.support import ROOT, data_path
from tests.unit.application.shop import Shop

pytestmark = pytest.mark.anyio

EXAMPLES = ROOT / "examples"
MAPPINGS = EXAMPLES / "mappings"


@pytest.fixture
async def shop(anyio_backend):
    shop = Shop()
    await shop.tenants.create(NewTenant(name="Shop", id="t"))
    return shop


async def imported(shop, path, mapping):
    return await import_file(ImportOptions(path=path, mapping=MAPPINGS / f"{mapping}.toml"), shop.catalog, "t")


def counted(report):
    notes = {kind: note.count for kind, note in report.notes.items()}
    return report.stored, report.created, report.rejected, report.skipped, notes


async def found(shop, text, **more):
    return await shop.search.match("t", FieldQuery(text=text, **more))


async def test_the_example_that_every_user_has(shop):
    report = await imported(shop, EXAMPLES / "uci-jewellery.csv", "uci")
    assert counted(report) == (292, 292, 0, 0, {"no_description": 292, "no_image": 292, "case_variant_sku": 2})
    assert await shop.store.counts("t") == (292, 142)
    result = await found(shop, "vintage earrings", facets=(ValueFacet("colors", "color"),))
    group = next(hit.group for hit in result.hits if hit.group.group_id == "90013")
    assert group.product_skus == ("90013A", "90013B", "90013C", "90013D")
    assert group.colors == ("blue", "black", "green", "purple")
    assert (group.category, group.currency) == (("Jewellery>Earrings",), "GBP")
    assert (group.regular_price_min, group.regular_price_max) == (37_300, 41_500)
    assert group.products[0].attributes == {"Units sold": 52, "First sold": "2010-12-06"}


async def test_the_example_credits_its_source():
    for name in ("README.md", "uci-jewellery.SOURCE.md"):
        text = (EXAMPLES / name).read_text("utf-8")
        assert "10.24432/C5BW33" in text
        assert "CC BY 4.0" in text


async def test_uci_online_retail_with_its_real_variants(shop):
    report = await imported(shop, data_path("uci-online-retail", "products.csv.gz"), "uci")
    assert counted(report) == (3900, 3900, 0, 0, {"no_description": 3900, "no_image": 3900, "case_variant_sku": 109})
    assert await shop.store.counts("t") == (3900, 3282)
    upper, lower = await shop.catalog.product("t", "72802A"), await shop.catalog.product("t", "72802a")
    assert (upper.regular_price, lower.regular_price) == (42_500, 82_900)
    assert upper.group_id == lower.group_id == "72802"
    group = await shop.catalog.group("t", "72802a")
    assert (group.group_id, "72802A" in group.product_skus, "72802a" in group.product_skus) == ("72802", True, True)
    hits = (await found(shop, "72802a", fields=("product_skus",))).hits
    assert [hit.group.group_id for hit in hits] == ["72802"]


async def test_flipkart_jewellery_among_all_its_goods(shop):
    report = await imported(shop, data_path("flipkart", "products.csv.gz"), "flipkart")
    notes = {"no_description": 3403, "no_image": 3531, "no_price": 9}
    assert counted(report) == (3531, 3531, 0, 20_000 - 3531, notes)
    assert await shop.store.counts("t") == (3531, 3531)
    assert report.notes["no_price"].examples[0] == "line 2137: BCHEG2BGEMDXW7HP"
    ring = await shop.catalog.product("t", "RNGDQ5GGZ3RXUZHN")
    assert (ring.name, ring.brand) == ("BlueStone The Cyprian Trinity Gold Diamond 18 K Ring", "BlueStone")
    assert (ring.regular_price, ring.promotion_price, ring.currency) == (465_360_000, 331_510_000, "INR")
    result = await found(shop, "gold diamond ring", facets=(ValueFacet("brands", "brand", 3),))
    assert result.total == len([g for g in await shop.store.groups_after("t", "", 4000) if has_any(g.name)])
    assert {word in result.hits[0].group.name.lower() for word in ("gold", "diamond", "ring")} == {True}


def has_any(name):
    """Return whether a name has one of the words by a plain reading of it: split at what is no letter or digit."""
    words = "".join(c if c.isalnum() else " " for c in name.lower()).split()
    return bool({"gold", "golds", "diamond", "diamonds", "ring", "rings"} & set(words))


async def test_flipkart_details_are_attributes(shop):
    await imported(shop, data_path("flipkart", "products.csv.gz"), "flipkart")
    products = [g.products[0] for g in await shop.store.groups_after("t", "", 4000)]
    named = {
        name: sum(name in (p.attributes or {}) for p in products)
        for name in ("Base material", "Gemstone", "Gold purity", "Certification", "Rating")
    }
    assert named == {"Base material": 128, "Gemstone": 120, "Gold purity": 92, "Certification": 106, "Rating": 142}
    assert (sum(p.size is not None for p in products), sum(p.color is not None for p in products)) == (121, 125)


async def test_magento_variants_by_size_and_color(shop):
    report = await imported(shop, data_path("magento-luma", "configurable_products.csv.gz"), "magento")
    assert counted(report) == (1847, 1847, 0, 147, {})
    assert await shop.store.counts("t") == (1847, 147)
    group = await shop.catalog.group("t", "MH01")
    assert (group.name, len(group.product_skus)) == ("Chaz Kangeroo Hoodie", 15)
    assert (group.sizes, group.colors) == (("XS", "S", "M", "L", "XL"), ("Black", "Gray", "Orange"))
    assert group.category == ("Men>Tops>Hoodies & Sweatshirts", "Collections>Eco Friendly")
    assert group.images == ("https://shop.example/media/catalog/product/m/h/mh01-black_main.jpg",)
    assert group.description.splitlines()[1] == "• Two-tone gray heather hoodie."
    assert (await found(shop, "kangeroo")).hits[0].group.group_id == "MH01"
