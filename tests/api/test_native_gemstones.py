"""Gemstones through the native API."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.api.server import problem_of

pytestmark = pytest.mark.anyio

STONE = {"code": "D1", "name": "Diamond", "type": "diamond"}
FULL = {
    "id": 1,
    "code": "D1",
    "name": "Round 0.50",
    "type": "diamond",
    "creation": "lab grown",
    "shape": "round",
    "carat": 0.5,
    "color": "H",
    "clarity": "VVS1",
    "cut": "EX",
    "polish": "EX",
    "symmetry": "VG",
    "fluorescence": "medium",
    "treatment": "H+F",
    "quantity": 3,
    "quantity_alert": 1,
    "is_unique": True,
    "is_real": False,
    "cost": 900.0005,
    "price": 1450,
    "price_per_carat": 2900,
    "certificate": {"lab": "GIA", "number": "6204512342", "images": ["https://a.example/1.jpg"]},
    "images": ["https://a.example/3.jpg"],
    "details": {
        "depth": 61.5,
        "girdle": "thin to medium",
        "culet": "none",
        "measurements": "5.11 x 5.14 x 3.15",
        "origin": "Botswana",
        "color_range": "G-H",
        "fluorescence_color": "blue",
        "lots": 2,
        "is.rare": True,
    },
}
D1 = "/v2/gemstones/D1"


async def add(owner, **fields):
    answer = await owner("POST", "/v2/gemstones", {**STONE, **fields})
    assert answer.status == 201, answer.body
    return answer.json


async def fault(owner, method, target, body):
    """Return pointer and detail of the problem that a body is refused with."""
    problem = problem_of(await owner(method, target, body), 422)
    return problem["pointer"], problem["detail"]


async def test_all_of_it_is_read_as_the_trade_writes_it(owner):
    details = {**FULL["details"], "depth": "61.5 %", "girdle": "THN-M", "measurements": "5.11x5.14x3.15", "culet": "N"}
    # What a range or a color of fluorescence tells need not be said again.
    del details["color_range"], details["fluorescence_color"]
    written = {
        "type": 2,
        "creation": "LG",
        "shape": "BR",
        "carat": "1/2 ct",
        "color": "g-h",
        "clarity": "vvs-1",
        "cut": "Ideal",
        "polish": "Excellent",
        "symmetry": "V.Good",
        "fluorescence": "Medium Blue",
        "treatment": "heated, F",
        "certificate": {**FULL["certificate"], "lab": "gia"},
        "details": details,
    }
    shown = await add(owner, **{name: value for name, value in FULL.items() if name != "id"} | written)
    assert {**shown, "cut": "EX"} == FULL
    answer = await owner("PUT", D1, shown)
    assert (answer.status, answer.json) == (200, shown)
    assert (await owner("PATCH", D1, shown)).json == shown


async def test_everything_can_be_emptied(owner):
    await add(owner, **{name: value for name, value in FULL.items() if name not in STONE and name != "id"})
    nothing = {name: None for name in FULL if name not in {*STONE, "id"}}
    bare = {**STONE, "id": 1, "quantity": 0, "is_unique": False, "is_real": True, "images": [], "details": {}}
    answer = await owner("PATCH", D1, nothing)
    assert (answer.status, answer.json) == (200, {**bare, "name": "Round 0.50"} | {"name": "Diamond"})


async def test_a_put_leaves_nothing_of_what_was(owner):
    await add(owner, carat=1, certificate={"lab": "GIA"}, details={"depth": 60})
    answer = await owner("PUT", D1, {"name": "Ruby", "type": "ruby"})
    assert (answer.status, answer.json["name"], answer.json["details"]) == (200, "Ruby", {})
    assert not {"carat", "certificate"} & answer.json.keys()
    made = await owner("PUT", "/v2/gemstones/N%2F1", {"name": "New", "type": "opal"}, headers={"if-none-match": "*"})
    assert (made.status, made.headers["location"]) == (201, "/v2/gemstones/N%2F1")
    assert (made.json["code"], made.json["id"]) == ("N/1", 2)
    assert await fault(owner, "PUT", D1, {**STONE, "code": "D2"}) == (
        "/code",
        "is another one than in the path; change it by PATCH",
    )
    assert await fault(owner, "PUT", D1, {"name": "x"}) == ("/type", "must not be left out")


async def test_certificate_and_details_are_merged_by_name(owner):
    await add(owner, certificate={"lab": "GIA", "number": "1", "images": ["a"]}, details={"depth": 60, "x": 1})
    answer = await owner("PATCH", D1, {"certificate": {"number": "2", "lab": None}, "details": {"x": None, "y": "z"}})
    assert answer.json["certificate"] == {"number": "2", "images": ["a"]}
    assert answer.json["details"] == {"depth": 60, "y": "z"}
    answer = await owner("PATCH", D1, {"certificate": {"lab": "none"}, "details": None, "color": "E-F"})
    assert answer.json["certificate"] == {"number": "2", "images": ["a"]}
    assert (answer.json["color"], answer.json["details"]) == ("F", {"color_range": "E-F"})
    assert "certificate" not in (await owner("PATCH", D1, {"certificate": None})).json


async def test_an_empty_image_of_a_certificate_keeps_the_place_of_the_first(owner):
    for images, kept in (
        (
            [
                "",
                "b",
            ],
            ["", "b"],
        ),
        (["a", ""], ["a"]),
        (["", ""], None),
    ):
        answer = await owner("PUT", D1, {**STONE, "certificate": {"images": images}})
        assert answer.json.get("certificate", {}).get("images") == kept


async def test_a_new_color_takes_its_companions_along_and_the_same_one_keeps_them(owner):
    await add(owner, color="G-H")
    assert (await owner("PATCH", D1, {"color": "H"})).json["details"] == {"color_range": "G-H"}
    assert (await owner("PATCH", D1, {"color": "D"})).json["details"] == {}


async def test_what_a_grade_means_hangs_on_the_stone(owner):
    ruby = await add(owner, code="R", type="ruby", color="Pigeon Blood", clarity="Eye clean", cut="Portuguese")
    assert (ruby["color"], ruby["clarity"], ruby["cut"]) == ("Pigeon Blood", "Eye clean", "Portuguese")
    pointer, detail = await fault(owner, "PATCH", "/v2/gemstones/R", {"type": "diamond", "clarity": "Eye clean"})
    assert (pointer, detail[:26]) == ("/clarity", "'Eye clean' is not known, ")
    assert (await owner("PATCH", "/v2/gemstones/R", {"clarity": "SI1-2"})).json["clarity"] == "SI2"


async def test_prices_agree(owner):
    stone = await add(owner, carat=0.5, price_per_carat=2900)
    assert stone["price"] == 1450
    assert (await owner("PATCH", D1, {"price": 1000})).json["price_per_carat"] == 2000
    assert (await owner("PATCH", D1, {"price_per_carat": 2001.5})).json["price"] == 1000.75


async def test_a_new_code_goes_to_the_products_that_have_the_stone(owner):
    await add(owner, color="G")
    ring = {"name": "Ring", "quantity": 2, "gemstones": [{"code": "D1"}]}
    assert (await owner("PUT", "/v2/products/R", ring)).status == 201
    answer = await owner("PATCH", D1, {"code": "E1", "color": "F"})
    assert (answer.status, answer.json["code"]) == (200, "E1")
    assert (await owner("GET", D1)).status == 404
    (part,) = (await owner("GET", "/v2/products/R")).json["gemstones"]
    assert (part["code"], part["color"]) == ("E1", "F")
    problem = problem_of(await owner("DELETE", "/v2/gemstones/E1"), 409)
    assert (problem["code"], problem["detail"]) == ("record_in_use", "gemstone E1 is still used in a product")


async def test_a_code_that_is_taken_is_refused(owner):
    await add(owner)
    await add(owner, code="D2")
    for method, target, body in (("POST", "/v2/gemstones", STONE), ("PATCH", "/v2/gemstones/D2", {"code": "D1"})):
        assert problem_of(await owner(method, target, body), 409)["code"] == "record_exists"


async def test_stock_goes_up_and_down_and_never_below_nothing(owner):
    await add(owner, quantity=2)
    answer = await owner("POST", f"{D1}/stock", {"change": -2, "reason": "lost"})
    assert (answer.status, answer.json) == (200, {"code": "D1", "id": 1, "quantity": 0})
    assert answer.headers["etag"] == (await owner("GET", D1)).headers["etag"]
    problem = problem_of(await owner("POST", f"{D1}/stock", {"change": -1}), 409)
    assert (problem["code"], problem["left"]) == ("insufficient_stock", 0)
    stale = await owner("POST", f"{D1}/stock", {"change": 1}, headers={"if-match": '"0000000000000000"'})
    assert problem_of(stale, 412)["current"]["quantity"] == 0
    assert problem_of(await owner("POST", "/v2/gemstones/no/stock", {"change": 1}), 404)["code"] == "record_not_found"
    assert await fault(owner, "POST", f"{D1}/stock", {"change": 0}) == (
        "/change",
        "must be -9007199254740991 to 9007199254740991, and not 0",
    )


async def test_lists_are_narrowed_by_type_shape_and_weight(owner):
    stones = [
        ("a", "diamond", "round", 0.3),
        ("b", "diamond", "oval", 0.5),
        ("c", "ruby", "oval", 1),
        ("d", "ruby", None, None),
    ]
    for code, kind, shape, carat in stones:
        await add(owner, code=code, type=kind, shape=shape, carat=carat)

    async def codes(query):
        page = (await owner("GET", f"/v2/gemstones?{query}")).json
        return "".join(stone["code"] for stone in page["items"]), page.get("next")

    assert await codes("type=2") == ("ab", None)
    assert await codes("type=Ruby&shape=OV") == ("c", None)
    assert await codes("carat_from=0.5") == ("bc", None)
    assert await codes("carat_from=0.4&carat_to=1/2") == ("b", None)
    assert await codes("carat_to=2&limit=2") == ("ab", "2")
    assert await codes("carat_to=2&limit=2&after=2") == ("c", None)
    await owner("PATCH", "/v2/gemstones/d", {"carat": 0.45})
    assert await codes("carat_from=0.4&carat_to=0.5") == ("bd", None)
    assert await codes("type=emerald") == ("", None)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("shape=ruond", "'ruond' is not known"),
        ("carat_from=heavy", "carat_from must be"),
        ("type=", "type must not be empty"),
        ("type=99", "type must be a name or a number"),
        ("color=G", "color is no parameter here"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(owner, query, detail):
    problem = problem_of(await owner("GET", f"/v2/gemstones?{query}"), 400)
    assert detail in problem["detail"]


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({"code": None}, "/code", "must not be empty"),
        ({"name": ""}, "/name", "must not be empty"),
        ({"code": "x" * 51}, "/code", "must have 1 to 50 characters"),
        ({"quantity": -1}, "/quantity", "must be 0 to 9007199254740991"),
        ({"quantity": 2**60}, "/quantity", "must be 0 to 9007199254740991"),
        ({"quantity_alert": -1}, "/quantity_alert", "must be 0 to 9007199254740991"),
        ({"price": -1}, "/price", "must be from 0 to 100000000000"),
        ({"price": 0.00001}, "/price", "must have at most 4 decimals"),
        ({"cost": 10**12}, "/cost", "must be from 0 to 100000000000"),
        ({"carat": "heavy"}, "/carat", None),
        ({"carat": -1}, "/carat", None),
        ({"creation": "grown"}, "/creation", None),
        ({"certificate": {"images": ["a", "b", "c"]}}, "/certificate/images", "must be at most 2"),
        ({"certificate": {"labs": "GIA"}}, "/certificate/labs", "there is no field labs; did you mean lab?"),
        ({"certificate": {"lab": "x" * 60}}, "/certificate/lab", "must have at most 50 characters"),
        ({"details": {"depth": "deep"}}, "/details/depth", "must be a number"),
        ({"details": {"carat": 1}}, "/details/carat", "stands beside details, not in it"),
        ({"details": {"": 1}}, "/details", "must have names of 1 to 200 characters"),
        ({"details": {"x": [1]}}, "/details", None),
        ({"details": {str(at): at for at in range(101)}}, "/details", "must be at most 100"),
        ({"is_real": "yes"}, "/is_real", "expected bool | null, got str"),
        ({"images": "a"}, "/images", "expected array | null, got str"),
    ],
)
async def test_a_value_that_is_not_allowed_changes_nothing(owner, body, pointer, detail):
    before = await add(owner)
    found = await fault(owner, "PATCH", D1, body)
    assert found == (pointer, found[1] if detail is None else detail)
    assert (await owner("GET", D1)).json == before
    new = await owner("POST", "/v2/gemstones", {**STONE, "code": "D2", **body})
    assert problem_of(new, 422)["pointer"] == pointer
    assert (await owner("GET", "/v2/gemstones")).json == {"items": [before]}


async def test_codes_may_have_any_characters(owner):
    for code in ("a/b", "ü ?#", "💎", "...", "id:1", "%2F"):
        made = await owner("POST", "/v2/gemstones", {**STONE, "code": code})
        assert made.headers["location"] == f"/v2/gemstones/{quote(code, safe='')}"
        assert (await owner("GET", made.headers["location"])).json["code"] == code
