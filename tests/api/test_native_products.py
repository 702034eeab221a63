"""Products and groups through ``/v2``."""

from __future__ import annotations

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.keeping import PutRecord
from facetry.domain.tenant import TenantSettings
from facetry.testing.samples import content, gemstone
from tests.api.server import problem_of

pytestmark = pytest.mark.anyio

BARE = {
    "sku": "R1",
    "id": 1,
    "group_id": "R1",
    "name": "Ring",
    "description": "",
    "currency": "USD",
    "quantity": 0,
    "in_stock": False,
    "active": True,
    "is_main": False,
    "category": [],
    "search_keywords": [],
    "images": [],
    "attributes": {},
    "metals": [],
    "gemstones": [],
    "product_type": "jewelry",
    "unrepeatable": False,
    "auto_refill": False,
    "location": "",
    "videos": [],
}
FULL = {
    "group_id": "G",
    "name": "Solitaire",
    "description": "A ring",
    "regular_price": 1250.5,
    "promotion_price": 1100,
    "currency": "EUR",
    "quantity": 3,
    "active": False,
    "is_main": True,
    "brand": "Parle",
    "color": "White",
    "size": "6",
    "category": ["Bridal>ring"],
    "search_keywords": ["halo"],
    "images": ["https://example.com/a.jpg"],
    "attributes": {"setting": "prong", "stones": 3, "sizes": ["6", "7"]},
    "metals": [{"name": "gold", "purity": 585, "color": "white"}],
    "gemstones": [{"type": "diamond", "carat": 0.5, "color": "G", "clarity": "VS1"}],
    "product_type": "set",
    "unrepeatable": True,
    "quantity_alert": 1,
    "auto_refill": True,
    "location": "safe",
    "videos": ["https://example.com/a.mp4"],
}
DERIVED = {"sku": "R1", "id": 1, "price": 1100, "in_stock": True}
R1 = "/v2/products/R1"


async def put(owner, sku="R1", /, **fields):
    """Store a product and return it."""
    answer = await owner("PUT", f"/v2/products/{sku}", {"name": "Ring", **fields})
    assert answer.status in {200, 201}, answer.body
    return answer.json


async def refused(owner, status, method, target, body=None, **headers):
    return problem_of(await owner(method, target, body, headers=headers), status)


async def test_a_product_of_nothing_but_a_name_has_all_defaults(owner):
    answer = await owner("PUT", R1, {"name": "Ring"})
    assert (answer.status, answer.json) == (201, BARE)
    assert (answer.headers["location"], answer.headers["facetry-revision"]) == (R1, "1")
    for target in (R1, "/v2/products/id:1"):
        shown = await owner("GET", target)
        assert (shown.status, shown.json, shown.headers["etag"]) == (200, BARE, answer.headers["etag"])


async def test_a_product_has_all_that_was_said_of_it(owner):
    answer = await owner("PUT", R1, FULL)
    assert (answer.status, answer.json) == (201, {**FULL, **DERIVED})
    assert (await owner("GET", R1)).json == {**FULL, **DERIVED}
    assert [hit["products"][0]["sku"] for hit in (await owner.search(q="solitaire"))["hits"]] == ["R1"]


async def test_a_put_replaces_everything(owner):
    await put(owner, **FULL)
    answer = await owner("PUT", R1, {"name": "Ring"})
    assert (answer.status, answer.json) == (200, BARE)
    assert "location" not in answer.headers
    assert (await owner("GET", R1)).json == BARE


async def test_null_is_nothing(owner):
    names = [name for name in {**BARE, **FULL, "price": 1, "variation": 1} if name != "name"]
    assert await put(owner, **dict.fromkeys(names)) == BARE
    await put(owner, **FULL)
    answer = await owner("PATCH", R1, dict.fromkeys(names))
    assert (answer.status, answer.json) == (200, {**BARE, "name": FULL["name"]})


async def test_a_patch_changes_what_it_speaks_of(owner):
    before = await put(owner, **FULL)
    changes = {"attributes": {"setting": None, "style": "halo"}, "size": "7", "location": "window", "quantity": 4}
    answer = await owner("PATCH", R1, changes)
    attributes = {"stones": 3, "sizes": ["6", "7"], "style": "halo"}
    assert answer.json == {**before, **changes, "attributes": attributes}
    assert answer.headers["facetry-revision"] == "2"
    answer = await owner("PATCH", R1, {"name": "New", "metals": [], "images": ["b"]})
    assert answer.json == {**before, **changes, "attributes": attributes, "name": "New", "metals": [], "images": ["b"]}


async def test_prices_follow_each_other(owner):
    assert (await put(owner, regular_price=12.3456))["price"] == 12.3456
    shown = (await owner("PATCH", R1, {"regular_price": 13})).json
    assert (shown["price"], "promotion_price" in shown) == (13, False)
    shown = (await owner("PATCH", R1, {"promotion_price": 9.5})).json
    assert (shown["regular_price"], shown["promotion_price"], shown["price"]) == (13, 9.5, 9.5)
    shown = (await owner("PATCH", R1, {"promotion_price": None})).json
    assert (shown["price"], "promotion_price" in shown) == (13, False)


@pytest.mark.parametrize(
    ("document", "pointer", "detail"),
    [
        ({}, "/name", "must not be left out"),
        ({"name": ""}, "/name", "must not be empty"),
        ({"name": "R", "sku": "R2"}, "/sku", "is another one than in the path; it cannot be changed"),
        ({"name": "R", "quantity": -1}, "/quantity", "must be 0 to 9007199254740991"),
        ({"name": "R", "quantity": 2**53}, "/quantity", "must be 0 to 9007199254740991"),
        ({"name": "R", "quantity_alert": -1}, "/quantity_alert", "must be 0 to 9007199254740991"),
        ({"name": "R", "regular_price": 0}, "/regular_price", "must be greater than 0 and at most 100000000000"),
        ({"name": "R", "regular_price": 1e12}, "/regular_price", "must be greater than 0 and at most 100000000000"),
        ({"name": "R", "promotion_price": 1.00001}, "/promotion_price", "must have at most 4 decimals"),
        ({"name": "R", "currency": "usd"}, "/currency", "must be a code of ISO 4217, in capital letters"),
        ({"name": "R", "group_id": " x"}, "/group_id", "must not begin or end with a blank"),
        ({"name": "R", "product_type": "ring"}, "/product_type", "must be one of jewelry, component, loose, set"),
        ({"name": "R", "gemstones": [{"caret": 1}]}, "/gemstones/0/caret", "is no field here; did you mean carat?"),
        ({"name": "R", "metals": [{}]}, "/metals/0", "must not be empty"),
        (
            {"name": "R", "variation": {"parent": "P", "field": " ", "value": "6"}},
            "/variation/field",
            "must not be empty",
        ),
    ],
)
async def test_a_value_that_breaks_a_rule_is_named(owner, document, pointer, detail):
    problem = await refused(owner, 422, "PUT", R1, document)
    assert (problem["code"], problem["pointer"], problem["detail"]) == ("invalid_value", pointer, detail)
    assert (await owner("GET", R1)).status == 404


@pytest.mark.parametrize(
    ("document", "pointer", "detail"),
    [
        ({"regularPrice": 1}, "/regularPrice", "there is no field regularPrice; did you mean regular_price?"),
        ({"a/b~": 1}, "/a~1b~0", "there is no field a/b~"),
        ({"quantity": "3"}, "/quantity", "expected int | null, got str"),
        ({"quantity": True}, "/quantity", "expected int | null, got bool"),
        ({"name": 3}, "/name", "expected str | null, got int"),
        ({"category": ["a", 1]}, "/category/1", "expected str, got int"),
        (
            {"variation": {"parent": "P", "feld": "size", "value": "6"}},
            "/variation/feld",
            "there is no field feld; did you mean field?",
        ),
        ({"variation": {"parent": "P"}}, "/variation", "object missing required field field"),
        ({"metals": ["gold"]}, "/metals/0", "expected object, got str"),
    ],
)
async def test_a_document_of_another_form_is_refused_at_its_place(owner, document, pointer, detail):
    for method in ("PUT", "PATCH"):
        problem = await refused(owner, 422, method, R1, {"name": "R", **document})
        assert (problem["code"], problem["pointer"], problem["detail"]) == ("bad_document", pointer, detail)


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ({"id": 2}, "is 1 for good: leave it out"),
        ({"price": 3}, "would be 10: write regular_price or promotion_price"),
        ({"in_stock": True}, "says whether quantity is more than 0: write that"),
    ],
)
async def test_what_is_derived_cannot_be_written(owner, document, detail):
    before = await put(owner, regular_price=10)
    for method, more in (("PUT", {"name": "New", "regular_price": 10}), ("PATCH", {})):
        problem = await refused(owner, 422, method, R1, {**more, **document})
        (name,) = document
        assert (problem["code"], problem["pointer"], problem["detail"]) == ("read_only", f"/{name}", detail)
    assert (await owner("GET", R1)).json == before
    problem = await refused(owner, 422, "PATCH", R1, {"regular_price": None, "price": 11})
    assert problem["detail"] == "would be none: write regular_price or promotion_price"


async def test_what_follows_from_a_change_need_not_be_changed_too(owner):
    await put(owner, regular_price=10)
    shown = (await owner("GET", R1)).json
    answer = await owner("PUT", R1, {**shown, "regular_price": 20, "quantity": 4})
    assert (answer.status, answer.json["price"], answer.json["in_stock"]) == (200, 20, True)
    assert (await owner("PUT", R1, {**answer.json, "promotion_price": 15, "price": 15})).status == 200


async def test_a_new_product_has_no_number_yet(owner):
    assert (await refused(owner, 422, "PUT", R1, {"name": "R", "id": 7}))["code"] == "read_only"
    assert (await owner("GET", R1)).status == 404


async def test_a_currency_that_is_shown_changes_nothing(server, owner):
    await put(owner, "R1")
    await put(owner, "R2", currency="USD")
    for sku in ("R1", "R2"):
        shown = await owner("GET", f"/v2/products/{sku}")
        assert shown.json["currency"] == "USD"
        for method in ("PUT", "PATCH"):
            assert (await owner(method, f"/v2/products/{sku}", shown.json)).headers["etag"] == shown.headers["etag"]
    record = await server.tenants.get("shop")
    await server.store.replace_tenant(
        type(record)(
            **{n: getattr(record, n) for n in record.__struct_fields__} | {"settings": TenantSettings(currency="EUR")}
        )
    )
    assert [one["currency"] for one in (await owner("GET", "/v2/products")).json["items"]] == ["EUR", "USD"]


async def test_what_is_shown_in_another_currency_is_another_answer(server, owner):
    await put(owner, "R1")
    tag = (await owner("GET", R1)).headers["etag"]
    assert (await owner("GET", R1, headers={"if-none-match": tag})).status == 304
    record = await server.tenants.get("shop")
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    await server.store.replace_tenant(type(record)(**fields | {"settings": TenantSettings(currency="EUR")}))
    answer = await owner("GET", R1, headers={"if-none-match": tag})
    assert (answer.status, answer.json["currency"]) == (200, "EUR")
    # The product itself is as it was read.
    assert (await owner("PATCH", R1, {"quantity": 1}, headers={"if-match": tag})).status == 200


async def test_metals_and_gemstones_are_read_as_the_trade_writes_them(owner):
    shown = await put(
        owner,
        metals=[{"name": "18K White Gold"}],
        gemstones=[{"type": "Lab Diamond", "carat": "1/2 ct", "clarity": "vs-1"}],
    )
    assert shown["metals"] == [{"name": "gold", "purity": 750, "color": "white"}]
    assert shown["gemstones"] == [{"type": "diamond", "carat": 0.5, "clarity": "VS1", "creation": "lab grown"}]


async def test_a_gemstone_with_a_code_is_that_gemstone(server, owner):
    await server.catalog.write("shop", [PutRecord(gemstone("D-1", carat=0.7, color="G"))])
    shown = await put(owner, quantity=2, gemstones=[{"code": "D-1", "color": "F"}, {"code": "D-2", "quantity": 3}])
    assert shown["gemstones"][0] == {"name": "Stone D-1", "type": "diamond", "carat": 0.7, "code": "D-1", "color": "F"}
    stones = await server.store.records_after("shop", gemstone("x").kind, 0, 9)
    assert [(stone.code, stone.quantity) for stone in stones] == [("D-1", 0), ("D-2", 6)]
    again = await owner("PUT", R1, shown)
    assert (again.status, again.json) == (200, shown)


async def test_parts_that_nobody_could_write_now_come_back_as_they_are(server, owner):
    odd = ({"name": "unobtainium", "half_life": 3},)
    await server.catalog.write("shop", [PutProduct(content("R1", gemstones=odd, metals=odd))])
    shown = await owner("GET", R1)
    again = await owner("PUT", R1, shown.json)
    assert (again.status, again.json, again.headers["etag"]) == (200, shown.json, shown.headers["etag"])
    assert (await owner("PUT", "/v2/products/R2", {**shown.json, "sku": "R2", "id": None})).status == 422


async def test_a_variation_follows_a_patch_of_its_parent_and_no_put(owner):
    await put(owner, "P", brand="Parle")
    its = {"parent": "P", "field": "size", "value": "6"}
    shown = await put(owner, "V", group_id="P", size="6", brand="Parle", variation=its)
    assert shown["variation"] == its
    await owner("PATCH", "/v2/products/P", {"brand": "New"})
    assert (await owner("GET", "/v2/products/V")).json["brand"] == "New"
    await put(owner, "P", brand="Other")
    assert (await owner("GET", "/v2/products/V")).json["brand"] == "New"
    assert "variation" not in (await owner("PATCH", "/v2/products/V", {"variation": None})).json


async def test_a_deleted_product_is_gone(owner):
    await put(owner, "R1", group_id="G")
    answer = await owner("DELETE", R1)
    assert (answer.status, answer.body, answer.headers["facetry-revision"]) == (204, b"", "2")
    assert not {"content-type", "content-length"} & answer.headers.keys()
    for target in (R1, "/v2/products/id:1", "/v2/groups/G"):
        assert (await owner("GET", target)).status == 404
    problem = await refused(owner, 404, "DELETE", R1)
    assert (problem["code"], problem["detail"]) == ("product_not_found", "product with SKU R1 not found")
    for method, body in (("PATCH", {}), ("GET", None)):
        assert (await refused(owner, 404, method, R1, body))["code"] == "product_not_found"


@pytest.mark.parametrize("text", ["0", "01", "x", "99", "1" * 30, "%31%20"])
async def test_no_other_number_finds_it(owner, text):
    await put(owner)
    assert (await owner("GET", f"/v2/products/id:{text}")).status == 404


@pytest.mark.parametrize("sku", ["R/1", "a b", "id:1", "ü%", "a+b", "..x", "%41"])
async def test_any_sku_has_a_path(owner, sku):
    answer = await owner("PUT", "/v2/products/x", {"name": "Ring", "sku": sku})
    assert answer.status == 422
    path = "/v2/products/" + "".join(f"%{byte:02X}" for byte in sku.encode())
    made = await owner("PUT", path, {"name": "Ring"})
    assert (made.status, made.json["sku"]) == (201, sku)
    assert (await owner("GET", made.headers["location"])).json["sku"] == sku


@pytest.mark.parametrize(
    "path", ["/v2/products/%", "/v2/products/%zz", "/v2/products/%FF", "/v2/products/%ED%A0%80/stock"]
)
async def test_a_path_that_is_no_text_is_refused(owner, path):
    method = "POST" if path.endswith("stock") else "GET"
    assert (await refused(owner, 400, method, path, {"change": 1} if method == "POST" else None))[
        "code"
    ] == "malformed_body"


async def test_pages_of_products(owner):
    for number in range(5):
        await put(owner, f"R{number}", group_id=f"G{number % 2}")
    target, skus = "/v2/products?limit=2", []
    for size in (2, 2, 1):
        page = (await owner("GET", target)).json
        assert len(page["items"]) == size
        skus += [one["sku"] for one in page["items"]]
        target = f"/v2/products?limit=2&after={page.get('next')}"
    assert ("next" in page, skus) == (False, [f"R{number}" for number in range(5)])
    page = (await owner("GET", "/v2/products?limit=2&group_id=G0")).json
    assert ([one["sku"] for one in page["items"]], page["next"]) == (["R0", "R2"], "3")
    page = (await owner("GET", "/v2/products?limit=2&group_id=G0&after=3")).json
    assert ([one["sku"] for one in page["items"]], "next" in page) == (["R4"], False)
    for name in ("none", "R1"):
        assert (await owner("GET", f"/v2/products?group_id={name}")).json == {"items": []}
    assert (await owner("GET", "/v2/products?updated_to=1970-01-01")).json == {"items": []}
    assert len((await owner("GET", "/v2/products?updated_from=2020-01-01T00:00:00Z")).json["items"]) == 5


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        ("limt=3", "limt", "limt is no parameter here; did you mean limit?"),
        ("limit=0", "limit", "limit must be an integer from 1 to 1000"),
        ("limit=1001", "limit", "limit must be an integer from 1 to 1000"),
        ("limit=1&limit=1", "limit", "limit is given twice"),
        ("after=x", "after", "after must be an integer from 0 to 9007199254740991"),
        ("min_revision=-1", "min_revision", "min_revision must be an integer from 0 to 9007199254740991"),
        ("group_id=G&updated_to=2020", "updated_to", "updated_to cannot stand beside group_id"),
        ("updated_from=x", "updated_from", None),
    ],
)
async def test_a_parameter_that_is_wrong_is_named(owner, query, parameter, detail):
    problem = await refused(owner, 400, "GET", f"/v2/products?{query}")
    assert (problem["code"], problem["parameter"]) == ("bad_parameter", parameter)
    assert detail is None or problem["detail"] == detail


async def test_stock_changes_by_a_difference(owner):
    before = await put(owner, quantity=2)
    stock = f"{R1}/stock"
    answer = await owner("POST", stock, {"change": 3, "reason": "found"})
    assert (answer.status, answer.json) == (200, {"sku": "R1", "id": 1, "quantity": 5})
    assert answer.headers["etag"] == (await owner("GET", R1)).headers["etag"]
    problem = await refused(owner, 409, "POST", stock, {"change": -6})
    assert (problem["code"], problem["left"]) == ("insufficient_stock", 5)
    assert (await owner("POST", stock, {"change": -5})).json["quantity"] == 0
    assert (await owner("GET", R1)).json == {**before, "quantity": 0, "in_stock": False}
    assert (await refused(owner, 404, "POST", "/v2/products/R9/stock", {"change": 1}))["code"] == "product_not_found"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"change": 0}, "/change"),
        ({"change": 1.5}, "/change"),
        ({"change": 10**30}, "/change"),
        ({"change": 1, "reason": "x" * 201}, "/reason"),
        ({"change": 1, "reson": "x"}, "/reson"),
    ],
)
async def test_a_change_of_stock_that_is_none_is_refused(owner, body, pointer):
    await put(owner, quantity=2)
    assert (await refused(owner, 422, "POST", f"{R1}/stock", body))["pointer"] == pointer
    assert (await owner("GET", R1)).json["quantity"] == 2


async def test_groups_are_derived(owner):
    await put(owner, "R1", group_id="G", regular_price=3, brand="B", images=["a"])
    await put(owner, "R2", group_id="G", regular_price=5, color="Red")
    await put(owner, "R3", group_id="H/1")
    shown = (await owner("GET", "/v2/groups/G")).json
    assert shown == {
        "group_id": "G",
        "main_sku": "R1",
        "name": "Ring",
        "description": "",
        "brands": ["B"],
        "colors": ["Red"],
        "sizes": [],
        "category": [],
        "search_keywords": [],
        "images": ["a"],
        "price_min": 3,
        "price_max": 5,
        "regular_price_min": 3,
        "regular_price_max": 5,
        "currency": "USD",
        "active": True,
        "product_count": 2,
        "products": ["R1", "R2"],
    }
    page = (await owner("GET", "/v2/groups?limit=1")).json
    assert page == {"items": [shown], "next": "G"}
    rest = (await owner("GET", "/v2/groups?limit=1&after=G")).json
    assert ([one["group_id"] for one in rest["items"]], "next" in rest) == (["H/1"], False)
    assert (await refused(owner, 400, "GET", "/v2/groups?after="))["parameter"] == "after"


async def test_a_deleted_group_takes_its_products_along(owner):
    for sku in ("R1", "R2"):
        await put(owner, sku, group_id="H/1")
    answer = await owner("DELETE", "/v2/groups/H%2F1")
    assert (answer.status, answer.json, answer.headers["facetry-revision"]) == (200, {"skus": ["R1", "R2"]}, "3")
    assert (await owner("GET", R1)).status == 404
    for method in ("GET", "DELETE"):
        assert (await refused(owner, 404, method, "/v2/groups/H%2F1"))["code"] == "group_not_found"
    # A SKU names no group, although it names one in the Catalog API.
    await put(owner, "R3", group_id="G")
    assert (await owner("GET", "/v2/groups/R3")).status == 404
    assert (await refused(owner, 400, "DELETE", "/v2/groups/G", **{"if-match": "*"}))["code"] == "malformed_body"


async def test_tenants_see_their_own_only(server, owner, rival):
    await put(owner)
    for target in (R1, "/v2/products/id:1", "/v2/groups/R1"):
        assert (await rival("GET", target)).status == 404
    assert (await rival("GET", "/v2/products")).json == {"items": []}
    for method, body in (("DELETE", None), ("PATCH", {"name": "x"})):
        assert (await rival(method, R1, body)).status == 404
    assert (await owner("GET", R1)).json == BARE


async def test_a_search_key_reads_no_products(owner, front):
    await put(owner)
    for method, target in (("GET", R1), ("GET", "/v2/products"), ("PUT", R1), ("GET", "/v2/groups")):
        problem = await refused(front, 403, method, target, {"name": "x"} if method == "PUT" else None)
        assert problem["detail"] == "this key may only search"
