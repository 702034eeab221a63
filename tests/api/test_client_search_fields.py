"""What the Client API writes, filtered, sorted and counted through ``/v2``, and read through the Catalog API."""

from __future__ import annotations

import pytest

from facetry.engines.columns.search_index import ColumnsSearchIndex
from tests.api.server import AccessKeyHolder, KeyHolder, Server

pytestmark = pytest.mark.anyio

# Metal, fineness, color of the metal, shape, color, clarity, carat, size: as suppliers spell them.
RINGS = {
    "A": ("AU", "18kt", "W", "RB", "G", "VS1", "1/2 ct", "US 6 1/2"),
    "B": ("gold", 750, "white", "Round", "D", "vs-2", ".50", "6.50"),
    "C": ("Gold", "18k", "Yellow", "round brilliant", "h", "SI1", 0.5, "6½"),
    "D": ("platin", "Pt950", None, "PS", "E", "Internally Flawless", "1.25", "UK L½"),
    "E": ("gold", "14K", "Rose", "Princess", "F", "VVS2", "75 pts", "JP 12"),
    "F": ("gold", "585", "RS", "PR", "J", "P1", "2", "EU 52"),
}
BY_CLARITY = ["F", "C", "B", "A", "E", "D"]


def ring(sku):
    """Return a ring with one diamond, as ``product_import`` takes it."""
    metal, purity, hue, shape, color, clarity, carat, size = RINGS[sku]
    return {
        "sku": sku,
        "title": f"Ring {sku}",
        "type": "ring",
        "price": 100,
        "quantity": 1,
        "size": size,
        "metals": [{"name": metal, "purity": purity, "color": hue, "weight": "3.2 g"}],
        "gemstones": [
            {"code": f"D{sku}", "name": "Stone", "type": "2", "shape": shape, "color": color}
            | {"clarity": clarity, "carat": carat, "cut": "Excellent"}
        ],
    }


@pytest.fixture
async def server(stored, tmp_path, anyio_backend):
    """Return a server on each store, on that of data directories with the index of these."""
    if "store" not in stored:
        yield Server(**stored)
        return
    index = ColumnsSearchIndex(tmp_path / "index")
    # Whoever searches first waits until the kernels are compiled.
    yield Server(**stored, index=index, index_wait_seconds=60)
    await index.close()


@pytest.fixture
async def shop(server):
    """Return who reads the Catalog API of a shop."""
    return (await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop"))[1]


@pytest.fixture
async def office(server, shop):
    """Return who writes by the Client API."""
    return AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)


@pytest.fixture
async def owner(server, shop):
    """Return who searches by ``/v2``."""
    return KeyHolder(server, "api-key-of-shop")


@pytest.fixture
async def rings(office):
    """Import all rings, and return what is told of them by SKU."""
    return {one["sku"]: one for one in await office.ok("product_import", [ring(sku) for sku in RINGS])}


async def found(owner, condition):
    """Return the SKUs that fulfil a filter, in their order."""
    return "".join(sorted(sku for (sku,) in await owner.skus(filter=condition)))


async def in_order(owner, *sort):
    return [sku for (sku,) in await owner.skus(sort=list(sort))]


async def counted(owner, field, **options):
    """Return the values of a facet with their counts."""
    answer = await owner.search(facets=[{"field": field, "type": "values", **options}])
    return {one["value"]: one["count"] for one in answer["facets"][field]["values"]}


@pytest.mark.parametrize(
    ("condition", "skus"),
    [
        ("metals.name = gold", "ABCEF"),
        ("metals.name = platinum", "D"),
        ("metals.color = white", "AB"),
        ("metals.color = rose", "EF"),
        ("metals.purity = 750", "ABC"),
        ("metals.purity >= 750", "ABCD"),
        ("metals.purity IN [585, 950]", "DEF"),
        ("metals.purity = 750 AND metals.color = yellow", "C"),
        ("metals.weight = 3.2", "ABCDEF"),
        ("gemstones.type = diamond", "ABCDEF"),
        ("gemstones.shape = round", "ABC"),
        ("gemstones.shape = pear", "D"),
        ("gemstones.shape = princess", "EF"),
        ("gemstones.color >= G", "ABDE"),
        ("gemstones.color BETWEEN J AND G", "ACF"),
        ("gemstones.clarity >= VS2", "ABDE"),
        ("gemstones.clarity >= VS2 AND metals.purity = 750", "AB"),
        ("gemstones.clarity = I1", "F"),
        ("gemstones.clarity BETWEEN SI1 AND VS1", "ABC"),
        ("gemstones.cut >= EX", "ABCDEF"),
        ("gemstones.carat = 0.5", "ABC"),
        ("gemstones.carat BETWEEN 0.7 AND 1.25", "DE"),
        ("size = 6.5", "ABC"),
        ('size = "L 1/2"', "D"),
        ("size = 52", "F"),
        ("ring_circumference = 53.14", "ABC"),
        ("ring_circumference BETWEEN 51.5 AND 52.4", "DEF"),
        ("ring_circumference > 52", "ABCE"),
        ("gemstones.certificate_number EXISTS", ""),
    ],
)
async def test_it_is_filtered_by_what_the_trade_asks_for(rings, owner, condition, skus):
    assert await found(owner, condition) == skus


@pytest.mark.parametrize(
    ("sort", "skus"),
    [
        ("gemstones.clarity", BY_CLARITY),
        ("gemstones.clarity:desc", BY_CLARITY[::-1]),
        ("gemstones.color:desc", ["B", "D", "E", "A", "C", "F"]),
        ("gemstones.carat", ["A", "B", "C", "E", "D", "F"]),
        ("metals.purity", ["E", "F", "A", "B", "C", "D"]),
        ("ring_circumference", ["D", "F", "E", "A", "B", "C"]),
    ],
)
async def test_it_is_sorted_by_grade_and_number_not_by_letter(rings, owner, sort, skus):
    assert await in_order(owner, sort, "sku") == skus


async def test_each_meaning_is_one_value_of_a_facet(rings, owner):
    assert await counted(owner, "metals.name") == {"gold": 5, "platinum": 1}
    assert await counted(owner, "metals.purity") == {"750": 3, "585": 2, "950": 1}
    assert await counted(owner, "metals.color") == {"white": 2, "rose": 2, "yellow": 1}
    assert await counted(owner, "gemstones.type") == {"diamond": 6}
    assert await counted(owner, "gemstones.shape") == {"round": 3, "princess": 2, "pear": 1}
    assert await counted(owner, "gemstones.carat") == {"0.5": 3, "0.75": 1, "1.25": 1, "2": 1}
    assert await counted(owner, "size") == {"6.5": 3, "52": 1, "JP 12": 1, "L 1/2": 1}
    assert await counted(owner, "ring_circumference") == {"53.14": 3, "51.88": 1, "52": 1, "52.36": 1}
    grades = ["I1", "SI1", "VS2", "VS1", "VVS2", "IF"]
    assert list(await counted(owner, "gemstones.clarity", order="value")) == grades
    assert list(await counted(owner, "gemstones.color", order="value")) == ["J", "H", "G", "F", "E", "D"]


async def test_the_conditions_of_a_stone_hold_on_one_and_the_same(office, owner):
    stones = [ring("A")["gemstones"][0], {**ring("F")["gemstones"][0], "quantity": 2}]
    await office.ok("product_import", {**ring("A"), "gemstones": stones})
    assert await found(owner, "gemstones.shape = round AND gemstones.clarity >= VS2") == "A"
    assert await found(owner, "gemstones.shape = princess AND gemstones.clarity >= VS2") == ""
    assert await found(owner, "gemstones.quantity = 2 AND gemstones.carat = 2") == "A"


async def test_a_search_in_words_understands_what_is_kept(rings, owner):
    answer = await owner.search(q="ring size 6 1/2", sort=["sku"])
    assert [hit["products"][0]["sku"] for hit in answer["hits"]] == ["A", "B", "C"]


async def test_a_change_moves_it(rings, office, owner):
    change = {"sku": "A", "size": "uk m", "metals": [{"name": "gold", "purity": "9ct"}]}
    (stored,) = await office.ok("product_update", change)
    assert (stored["size"], stored["metals"]) == ("M", [{"name": "gold", "purity": 375}])
    assert await found(owner, "size = 6.5") == "BC"
    assert await found(owner, "ring_circumference = 52.5") == "A"
    assert await found(owner, "metals.purity = 375") == "A"
    poorer = {"sku": "A", "gemstones": [{"code": "DA", "clarity": "I2"}]}
    await office.ok("product_update", poorer, actions={"gemstones": "update"})
    assert await found(owner, "gemstones.clarity >= VS2") == "BDE"
    await office.ok("product_update", {"sku": "A", "size": ""})
    assert await found(owner, "size NOT EXISTS") == "A"
    assert await found(owner, "ring_circumference NOT EXISTS") == "A"


async def test_a_changed_gemstone_moves_its_product(rings, office, owner):
    await office.ok("gemstone_update", {"code": "DF", "shape": "OV", "clarity": "loupe clean", "carat": "2 1/4"})
    assert await found(owner, "gemstones.shape = oval AND gemstones.clarity >= IF AND gemstones.carat = 2.25") == "F"


async def test_variations_are_found_by_their_sizes(office, owner):
    sizes = [("A-6", "US 6"), ("A-6H", "6 1/2"), ("A-M", "UK M"), ("A-X", "adjustable")]
    variations = [{"sku": sku, "field": "size", "value": size, "quantity": 1} for sku, size in sizes]
    (stored,) = await office.ok("product_import", {**ring("A"), "size": "", "variations": variations})
    assert [one["value"] for one in stored["variations"]] == ["6", "6.5", "M", "adjustable"]
    assert await owner.skus(filter="ring_circumference BETWEEN 52 AND 53.5 AND metals.purity = 750") == [
        ["A-6H", "A-M"]
    ]
    assert await owner.skus(filter="size = 6") == [["A-6"]]


async def test_only_rings_have_ring_sizes(office, owner):
    common = {"title": "Thing", "quantity": 1, "price": 1}
    kinds = [("E", "earrings", "6 1/2"), ("B", "bracelet", "US 7"), ("R", "Engagement Rings", "7-9")]
    things = [{**common, "sku": sku, "type": kind, "size": size} for sku, kind, size in kinds]
    assert [one["size"] for one in await office.ok("product_import", things)] == ["6 1/2", "US 7", "7-9"]
    assert await found(owner, "ring_circumference EXISTS") == ""


async def test_what_the_catalog_api_wrote_is_compared_too_and_stays_as_written(shop, office, owner):
    body = {
        "images": ["https://example.com/a.jpg"],
        "searchKeywords": ["ring"],
        "category": ["Jewelry>Rings"],
        "isMain": True,
        "sku": "V1",
        "name": "Ring",
        "description": "a ring",
        "groupID": "V1",
        "regularPrice": 10,
        "promotionPrice": 10,
        "quantity": 1,
        "size": "US 6 1/2",
        "active": True,
    }
    assert (await shop.post(body)).json["success"] is True
    assert await found(owner, "ring_circumference = 53.14") == "V1"
    (stored,) = await office.ok("product_update", {"sku": "V1", "title": "Golden ring"})
    assert (stored["size"], stored["title"]) == ("US 6 1/2", "Golden ring")
    assert (await shop.product("V1")).json["size"] == "US 6 1/2"


async def test_types_that_the_shop_sets_hold_for_further_fields(office, owner):
    setting = {"attributes": [{"name": "finish", "type": "scale", "scale": ["matte", "satin", "mirror"]}]}
    assert (await owner("PUT", "/v2/settings/attributes", setting)).status == 200
    finishes = {"A": "mirror", "B": "matte", "C": "Satin"}
    await office.ok("product_import", [{**ring(sku), "additional": {"finish": one}} for sku, one in finishes.items()])
    assert await found(owner, "finish >= satin") == "AC"
    assert await in_order(owner, "finish") == ["B", "C", "A"]
    (error,) = (await office.refused(303, "product_import", {**ring("D"), "additional": {"finish": "rough"}}))["errors"]
    assert error["path"] == "additional.finish"
    assert await found(owner, "finish EXISTS") == "ABC"


async def test_it_is_complete_in_the_catalog_api(rings, shop, office, owner):
    shown = (await shop.product("A")).json
    assert {
        name: shown[name] for name in ("sku", "name", "groupID", "category", "size", "regularPrice", "quantity")
    } == {
        "sku": "A",
        "name": "Ring A",
        "groupID": "A",
        "category": ["ring"],
        "size": "6.5",
        "regularPrice": 100,
        "quantity": 1,
    }
    put = {**shown, "images": ["https://example.com/a.jpg"], "searchKeywords": ["ring"], "description": "new"}
    del put["_id"]
    assert (await shop.put(put)).json["success"] is True
    assert await found(owner, "gemstones.clarity >= VS1 AND metals.purity = 750 AND size = 6.5") == "A"
    (after,) = await office.ok("product_search", {"sku": "A", "fields": ["metals", "gemstones", "description"]})
    assert (after["metals"], after["gemstones"]) == (rings["A"]["metals"], rings["A"]["gemstones"])
    assert after["description"] == "new"
