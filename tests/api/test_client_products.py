"""The actions on products over both stores: what the published conversations cannot tell."""

import asyncio
import json
import time

import msgspec
import pytest

from facetry.api.client.product_criteria import read_criteria
from facetry.api.client.product_searching import ProductFinder
from facetry.domain.errors import IndexFailedError, InvalidValueError
from facetry.domain.record import RecordKind
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.tenant import TenantSettings
from tests.api.server import AccessKeyHolder, Server, product

pytestmark = pytest.mark.anyio


@pytest.fixture
def server(stored):
    return Server(**stored)


def ring(sku, /, **fields):
    return {"sku": sku, "title": f"Ring {sku}", "type": "ring", **fields}


async def listed(office, fields="*", **criteria):
    return await office.ok("product_search", {**criteria, "fields": fields})


WHOLE = ring(
    "C1",
    description="Gold ring zirconq",
    price=100,
    quantity=5,
    model="M1",
    collection="Bridal",
    tags=["a", "b"],
    brand="B",
    color="white",
    size="6",
    images=["https://a.example/1.jpg"],
    location="Safe",
    product_type="set",
    metals=[{"name": "gold", "purity": "18kt", "weight": 3.2}],
    gemstones=[{"code": "D1", "type": "2", "shape": "RB", "clarity": "VS1", "carat": "0.5"}],
    additional={"style": "halo"},
)


async def test_a_product_is_complete_in_the_catalog_api(office, shop):
    await office.ok("product_import", WHOLE)
    found = (await shop.product("C1")).json
    del found["_id"]
    assert found == {
        "images": ["https://a.example/1.jpg"],
        "searchKeywords": ["a", "b"],
        "category": ["Bridal>ring"],
        "isMain": False,
        "sku": "C1",
        "name": "Ring C1",
        "description": "Gold ring zirconq",
        "groupID": "M1",
        "regularPrice": 100,
        "promotionPrice": 100,
        "quantity": 5,
        "color": "white",
        "brand": "B",
        "size": "6",
        "active": True,
        "attributes": {"style": "halo"},
    }
    assert (await shop.search(q="zirconq", qfield="description")).json["hits"]["total"]["value"] == 1


async def test_a_product_of_the_catalog_api_is_complete_here(office, shop):
    await shop.post(product("R1", "G1", currency="EUR", brand="B", attributes={"style": "halo"}))
    await shop.post(product("R2", "G1", category=["Rings"], active=False))
    first, second = await listed(office)
    assert first == {
        "id": 1,
        "product_id": 1,
        "sku": "R1",
        "catalog_code": "R1",
        "title": "Ring R1",
        "description": "a ring",
        "price": 12.5,
        "promotion_price": 10,
        "currency": "EUR",
        "quantity": 3,
        "quantity_alert": None,
        "unrepeatable": False,
        "auto_refill": False,
        "location": "",
        "product_type": 0,
        "type": "Rings",
        "model": "G1",
        "collection": "Jewelry",
        "category": ["Jewelry>Rings"],
        "tags": ["ring"],
        "not_for_sale": False,
        "is_main": False,
        "brand": "B",
        "color": None,
        "size": None,
        "images": ["https://example.com/a.jpg"],
        "videos": [],
        "metals": [],
        "gemstones": [],
        "additional": {"style": "halo"},
        "parent_sku": None,
        "variation": None,
        "variations": [],
    }
    assert (second["type"], second["collection"], second["not_for_sale"], second["currency"]) == (
        "Rings",
        "",
        True,
        "USD",
    )


async def test_what_the_catalog_api_cannot_express_survives_its_update(office, shop):
    await office.ok("product_import", [WHOLE | {"variations": [{"sku": "C1-7", "field": "size", "value": "7"}]}])
    before = await listed(office)
    for sku in ("C1", "C1-7"):
        reply = await shop.put(product(sku, "M1", name="New", quantity=9))
        assert reply.json["success"] is True
    after = await listed(office)
    kept = ("product_id", "metals", "gemstones", "product_type", "location", "parent_sku", "variation")
    assert [{name: one[name] for name in kept} for one in after] == [
        {name: one[name] for name in kept} for one in before
    ]
    assert [(one["title"], one["quantity"]) for one in after] == [("New", 9), ("New", 9)]


async def test_metals_and_gemstones_filter_and_sort_by_their_scales(office, owner):
    grades = {"A": "VS2", "B": "VVS1", "C": "I1"}
    await office.ok(
        "product_import",
        [ring(sku, gemstones=[{"type": "diamond", "clarity": grade}]) for sku, grade in grades.items()],
    )
    found = await owner.skus(filter='gemstones.clarity >= "vs 2"', sort="gemstones.clarity:desc")
    assert found == [["B"], ["A"]]


async def test_an_empty_list_of_what_to_delete_is_no_data(office):
    for data in ({"sku": []}, {"product_id": []}, []):
        assert await office.refused(300, "product_delete", data) == []


async def test_a_long_list_is_stored_whole_and_found(office):
    records = [ring(f"L{n}") for n in range(450)]
    records[123] = ring("L0")
    answer = (await office("product_import", records)).json
    assert answer["status"] == {"code": 302, "message": "Partial Content in Data: 1 of 450 records failed"}
    assert [one["index"] for one in answer["data"]] == [*range(450)]
    found = await office.ok("product_search")
    assert [one["sku"] for one in found] == [f"L{n}" for n in range(450) if n != 123]
    assert [one["product_id"] for one in found] == [*range(1, 450)]
    assert [one["sku"] for one in await office.ok("product_search", {"limit": 3, "offset": 300})] == [
        "L301",
        "L302",
        "L303",
    ]


async def test_records_with_fields_have_a_limit(server, office):
    await office.ok("product_import", [ring(f"L{n}") for n in range(6)])
    finder = ProductFinder(server.catalog, server.search, max_records=5)

    async def found(**data):
        return await finder.records("shop", TenantSettings(), read_criteria(data, TenantSettings()))

    assert len(await found()) == 6
    for data in ({"fields": "title"}, {"fields": "title", "limit": 6}):
        with pytest.raises(InvalidValueError, match="more than 5 products with fields"):
            await found(**data)
    assert len(await found(fields="title", limit=5)) == 5
    assert [one["sku"] for one in await found(fields="title", offset=1)] == [f"L{n}" for n in range(1, 6)]


async def test_more_than_a_page_of_the_index_is_found_by_text(office):
    await office.ok("product_import", [ring(f"L{n}", model="M", quantity=n % 2) for n in range(1_100)])
    assert len(await office.ok("product_search", {"q": "ring"})) == 1_100
    assert len(await office.ok("product_search", {"q": "ring", "quantity_from": 1})) == 550


async def test_searches_by_time_see_the_last_write(server, office):
    await office.ok("product_import", [ring("A"), ring("B")])
    between = (await listed(office, "sku"))[0]
    assert between == {"product_id": 1, "sku": "A"}
    await asyncio.sleep(0.02)
    then = time.time()
    await asyncio.sleep(0.02)
    await office.ok("product_update", {"sku": "B", "title": "x"})
    assert await office.ok("product_search", {"updated_from": then}) == [{"product_id": 2, "sku": "B"}]
    assert await office.ok("product_search", {"updated_to": then}) == [{"product_id": 1, "sku": "A"}]
    both = {"updated_from": then, "product_id": [1, 2], "q": "x"}
    assert await office.ok("product_search", both) == [{"product_id": 2, "sku": "B"}]
    assert await office.ok("product_search", {"updated_from": then, "product_id": 1}) == []


async def test_values_that_do_not_fit_the_accounts_types_are_refused(server, office):
    await set_attributes(
        server,
        AttributeDefinition("width", Kind.DECIMAL),
        AttributeDefinition("metals.finish", Kind.KEYWORD),
        AttributeDefinition("gemstones.lot", Kind.INTEGER),
    )
    refused = await office.refused(303, "product_import", ring("A", additional={"width": "broad"}))
    assert refused["errors"][0]["path"] == "additional.width"
    parts = {"metals": [{"name": "gold", "finish": "matt"}], "gemstones": [{"type": "ruby", "lot": 5}]}
    (stored,) = await office.ok("product_import", ring("A", additional={"width": "2.5"}, **parts))
    assert (stored["metals"][0]["finish"], stored["gemstones"][0]["lot"]) == ("matt", 5)
    assert (await office.refused(303, "product_import", ring("B", gemstones=[{"lott": 5}])))["errors"] == [
        {"path": "gemstones[0].lott", "message": "is no field here; did you mean lot?"}
    ]


async def set_attributes(server, *definitions):
    record = await server.tenants.get("shop")
    changed = msgspec.structs.replace(record.settings, attributes=definitions)
    await server.store.replace_tenant(msgspec.structs.replace(record, settings=changed))


async def test_list_fields_describes_what_a_form_needs(server, office):
    await set_attributes(
        server,
        AttributeDefinition("width", Kind.DECIMAL),
        AttributeDefinition("grade", Kind.SCALE, ("low", "high")),
        AttributeDefinition("metals.finish", Kind.KEYWORD),
    )
    fields = {field["name"]: field for field in await office.ok("product_listfields")}
    assert all(
        field.keys() == {"name", "title", "type", "required", "values", "multiple", "group"}
        for field in fields.values()
    )
    assert [name for name, field in fields.items() if field["required"]] == ["sku", "title", "type"]
    assert fields["product_type"]["values"][2] == {"value": 2, "title": "loose"}
    assert fields["gemstones.clarity"]["values"][:3] == ["FL", "IF", "VVS1"]
    assert fields["gemstones.type"]["values"][1] == {"value": 2, "title": "diamond"}
    assert fields["gemstones.creation"]["values"] == ["natural", "lab grown"]
    assert (fields["additional.width"]["type"], fields["additional.grade"]["values"]) == ("number", ["high", "low"])
    assert fields["metals.finish"]["group"] == "metals"
    assert fields["images"]["multiple"] is True


async def test_of_many_buyers_the_last_piece_goes_to_one(office):
    await office.ok("product_import", ring("A", quantity=3, gemstones=[{"code": "D1"}]))
    answers = await asyncio.gather(*(office("product_sold", {"sku": "A", "quantity": 3}) for _ in range(30)))
    codes = [answer.json["status"]["code"] for answer in answers]
    assert (codes.count(100), codes.count(303)) == (1, 29)
    assert (await listed(office, "quantity"))[0]["quantity"] == 0


async def test_what_is_stored_but_not_searchable_is_told(server, office):
    await office.ok("product_import", ring("Z"))
    server.index.failure = IndexFailedError("x")
    for action, data in (
        ("product_import", ring("A", quantity=1)),
        ("product_update", {"sku": "A", "title": "New"}),
        ("product_sold", {"sku": "A", "quantity": 1}),
    ):
        told = await office.refused(201, action, data)
        assert set(told) == {"revision"}
    server.index.failure = None
    # Of an index that is shared this is the work of the background.
    await server.relay.reach("shop")
    (found,) = await listed(office, "title,quantity", q="new")
    assert (found["title"], found["quantity"]) == ("New", 0)


async def test_nobody_reaches_the_products_of_another(server, office):
    await office.ok("product_import", ring("A", quantity=1, gemstones=[{"code": "D1"}]))
    keys, _ = await server.add_tenant("Rival", id="rival")
    rival = AccessKeyHolder(server, keys.access_key)
    assert await rival.ok("product_search") == []
    assert await rival.ok("product_search", {"product_id": 1}) == []
    await rival.refused(303, "product_update", {"product_id": 1, "title": "x"})
    await rival.refused(303, "product_sold", {"sku": "A", "quantity": 1})
    await rival.refused(303, "product_delete", 1)
    assert (await rival.ok("product_import", ring("A")))[0]["id"] == 1
    assert (await listed(office, "quantity"))[0]["quantity"] == 1
    assert len(await server.store.records_after("rival", RecordKind.GEMSTONE, 0, 9)) == 0


HOSTILE = [
    *(5, [[]], [{"title": "x"}], [None], {"": 1}, {"sku": {}}, {"sku": True}, {"sku": "a" * 51}),
    *(ring("A", title={}), ring("A", title=["x"]), ring("A", type="a>b"), ring("A", price=[1])),
    *(ring("A", price=1e308), ring("A", quantity=1e30), ring("A", quantity=1.5), ring("A", images={"a": 1})),
    *(ring("A", images=["u"] * 1_001), ring("A", metals=[5]), ring("A", metals=[{}]), ring("A", metals=[{"x": 1}])),
    *(ring("A", gemstones=[{"code": "x" * 51}]), ring("A", gemstones=[{"carat": -1}]), ring("A", metals=["x"] * 201)),
    *(ring("A", gemstones=[{"quantity": 0}]), ring("A", gemstones=[{"depth": []}]), ring("A", additional=5)),
    *(ring("A", additional={" ": 1}), ring("A", additional={"a": {}}), ring("A", additional={"a": [[]]})),
    *(ring("A", variations=5), ring("A", variations=[5]), ring("A", variations=[{"sku": "A"}]), ring("A", videos=[{}])),
    *(ring("A", metals=[{"weight": "heavy"}]), ring("A", metals=[{"weight": -1}]), ring("A", tags=[[]])),
    *(ring("A", gemstones=[{"type": 99}]), ring("A", variations=[{"sku": "A", "field": "size", "value": "1"}])),
    *(ring("A", gemstones=[{"type": []}]), ring("A", variations=[{}] * 1_001), ring("A", not_for_sale="maybe")),
    ring("A", gemstones=[{"code": "D", "quantity": 2**52}], quantity=2**52),
]


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: json.dumps(data)[:60])
async def test_nonsense_is_refused_and_changes_nothing(office, data):
    answer = (await office("product_import", data)).json
    assert answer["status"]["code"] in {302, 303}, answer
    assert set(answer["data"]) <= {"missing", "errors"}
    for action in ("product_update", "product_sold", "product_delete"):
        assert (await office(action, data)).json["status"]["code"] in {302, 303}
    assert (await office("product_search", data)).json["status"]["code"] in {100, 302, 303}
    assert await office.ok("product_search") == []


@pytest.mark.parametrize(
    ("criteria", "path"),
    [
        *(
            ({"q": "x" * 513}, "q"),
            ({"limit": -1}, "limit"),
            ({"offset": "x"}, "offset"),
            ({"updated_to": "x"}, "updated_to"),
        ),
        *(({"product_id": [0]}, "product_id"), ({"model": " a" * 30}, "model"), ({"not_for_sale": 2}, "not_for_sale")),
        *(({"metal": [{}]}, "metal"), ({"quantity_to": "x"}, "quantity_to"), ({"fields": [5.5]}, "fields")),
    ],
)
async def test_a_search_for_nonsense_names_the_key(office, criteria, path):
    assert [fault["path"] for fault in (await office.refused(303, "product_search", criteria))["errors"]] == [path]
