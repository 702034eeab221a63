"""The actions on gemstones over the real application, on every store."""

import random

import pytest

from facetry.api.client.gemstone_fields import FIELDS
from facetry.domain.jewelry.scales import CLARITY, COLOR, GRADE
from tests.api.server import AccessKeyHolder, Server

pytestmark = pytest.mark.anyio

STONE = {"code": "D1", "name": "Diamond", "type": "2"}


@pytest.fixture
async def office(stored, anyio_backend):
    server = Server(**stored)
    for name in ("shop", "rival"):
        await server.add_tenant(name, id=name)
    return AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)


async def rival_of(office):
    return AccessKeyHolder(office.server, (await office.server.tenants.keys("rival")).access_key)


async def one(office, code="D1"):
    (record,) = await office.ok("gemstone_search", {"code": code, "fields": "all"})
    return record


async def test_every_field_comes_back_as_it_was_understood(office):
    given = {
        "code": "D1",
        "name": "Round 0.50",
        "type": "Diamond",
        "creation": "LG",
        "shape": "BR",
        "carat": "1/2",
        "color": "g",
        "clarity": "vvs-1",
        "cut": "Ideal",
        "polish": "Excellent",
        "symmetry": "V.Good",
        "fluorescence": "None",
        "depth": "61.5 %",
        "table": "57",
        "girdle": "Thin",
        "culet": "very small",
        "measurements": "5.11x5.14x3.15",
        "treatment": "N",
        "origin": "Botswana",
        "fancy_color": "",
        "fancy_intensity": None,
        "quantity": "3",
        "quantity_alert": 1,
        "unique": "no",
        "real": "yes",
        "cost": "900",
        "price": "1,450.00",
        "price_per_carat": 2900,
        "certificate_number": 6204512342,
        "certificate_lab": "gia",
        "certificate_image_1": "https://a.example/1.jpg",
        "certificate_image_2": "https://a.example/2.jpg",
        "images": "https://a.example/3.jpg, https://a.example/4.jpg",
        "details": {"shade": "none", "inscription": 5, "eye_clean": True},
    }
    assert {field.name for field in FIELDS} == given.keys()
    answer = (await office("gemstone_import", given)).json
    assert answer["data"] == [answer["gemstone"]]
    assert answer["gemstone"] == {
        "id": 1,
        "gemstone_id": 1,
        "code": "D1",
        "name": "Round 0.50",
        "type": "diamond",
        "creation": "lab grown",
        "shape": "round",
        "carat": 0.5,
        "color": "G",
        "clarity": "VVS1",
        "cut": "I",
        "polish": "EX",
        "symmetry": "VG",
        "fluorescence": "none",
        "depth": 61.5,
        "table": 57.0,
        "girdle": "thin",
        "culet": "very small",
        "measurements": "5.11 x 5.14 x 3.15",
        "treatment": "N",
        "origin": "Botswana",
        "fancy_color": None,
        "fancy_intensity": None,
        "quantity": 3,
        "quantity_alert": 1,
        "unique": False,
        "real": True,
        "cost": 900,
        "price": 1450,
        "price_per_carat": 2900,
        "certificate_number": "6204512342",
        "certificate_lab": "GIA",
        "certificate_image_1": "https://a.example/1.jpg",
        "certificate_image_2": "https://a.example/2.jpg",
        "images": ["https://a.example/3.jpg", "https://a.example/4.jpg"],
        "details": {"shade": "none", "inscription": 5, "eye_clean": True},
    }
    without_id = {name: value for name, value in answer["gemstone"].items() if name != "id"}
    assert await one(office) == without_id


async def test_what_is_shown_can_be_sent_back(office):
    await office.ok("gemstone_import", {**STONE, "color": "Fancy Intense Yellow", "carat": 1, "price_per_carat": 10})
    before = await one(office)
    await office.ok("gemstone_update", before)
    assert await one(office) == before
    await office.ok("gemstone_import", {**before, "gemstone_id": "", "code": "D2"})
    assert await one(office, "D2") == {**before, "gemstone_id": 2, "code": "D2"}


async def test_emptying_everything_leaves_what_is_mandatory(office):
    full = {
        **STONE,
        "shape": "RB",
        "carat": 1,
        "color": "G-H",
        "clarity": "IF",
        "cut": "EX",
        "polish": "EX",
        "symmetry": "G",
        "fluorescence": "Strong Blue",
        "depth": 60,
        "table": 57,
        "girdle": "thin",
        "culet": "none",
        "treatment": "N",
        "measurements": "5x5x3",
        "origin": "x",
        "quantity": 4,
        "quantity_alert": 1,
        "unique": 1,
        "real": 0,
        "cost": 1,
        "price": 2,
        "price_per_carat": 3,
        "certificate_number": "1",
        "certificate_lab": "GIA",
        "certificate_image_1": "a",
        "certificate_image_2": "b",
        "images": ["c"],
        "details": {"shade": "x"},
    }
    await office.ok("gemstone_import", [STONE, {**full, "code": "D2"}])
    emptied = {name: "" for name in (field.name for field in FIELDS) if name not in ("code", "name", "type", "details")}
    await office.ok("gemstone_update", {"code": "D2", **emptied, "details": {}})
    assert {**await one(office, "D2"), "gemstone_id": 1, "code": "D1"} == await one(office)


async def test_a_color_that_is_another_one_takes_its_companions_along(office):
    await office.ok("gemstone_import", {**STONE, "color": "Fancy Vivid Pink", "fluorescence": "Strong Blue"})
    stone = await one(office)
    assert (stone["fancy_color"], stone["fancy_intensity"]) == ("pink", "fancy vivid")
    await office.ok("gemstone_update", {"code": "D1", "color": "F", "fluorescence": "Faint"})
    stone = await one(office)
    assert (stone["color"], stone["fancy_color"], stone["fancy_intensity"], stone["details"]) == ("F", None, None, {})
    await office.ok("gemstone_update", {"code": "D1", "color": "Fancy Yellow", "fancy_intensity": "fancy deep"})
    assert (await one(office))["fancy_intensity"] == "fancy deep"


async def test_what_a_color_means_hangs_on_the_stone(office):
    await office.ok("gemstone_import", {**STONE, "type": "sapphire", "color": "Cornflower", "clarity": "clean"})
    await office.ok("gemstone_update", {"code": "D1", "color": "Royal Blue", "cut": "checkerboard"})
    await office.refused(303, "gemstone_update", {"code": "D1", "type": "diamond", "color": "Royal Blue"})
    assert ((await one(office))["color"], (await one(office))["type"]) == ("Royal Blue", "sapphire")


async def test_tenants_see_only_their_own(office):
    await office.ok("gemstone_import", STONE)
    rival = await rival_of(office)
    assert await rival.ok("gemstone_search") == []
    await rival.refused(303, "gemstone_update", {"gemstone_id": 1, "name": "x"})
    await rival.refused(303, "gemstone_delete", 1)
    assert (await rival.ok("gemstone_import", STONE))[0]["gemstone_id"] == 1
    assert await office.ok("gemstone_search", "1") == [{"gemstone_id": 1, "code": "D1"}]


@pytest.mark.parametrize(
    "data",
    [[], {"code": "x" * 51}, {"limit": -1}, {"offset": "x"}, {"fields": [1]}, {"carat_from": []}, [[1]], {"": 1}],
)
async def test_a_search_that_makes_no_sense_is_refused_or_finds_nothing(office, data):
    answer = (await office("gemstone_search", data)).json
    assert answer["status"]["code"] in ({100} if data == [] else {303}), answer


@pytest.mark.parametrize(
    "record",
    [
        {"images": "x" * 10_001},
        {"images": [5, [1]]},
        {"details": "x"},
        {"details": {"a": [1]}},
        {"details": {"x" * 201: 1}},
        {"details": {str(number): 1 for number in range(101)}},
        {"depth": 1001},
        {"depth": "-1"},
        {"unique": "perhaps"},
        {"fancy_color": "plaid"},
        {"girdle": "wide"},
        {"certificate_number": {"a": 1}},
        {"carat": 10_000},
        {"price": 10**12},
        {"quantity": 2**53},
    ],
)
async def test_values_that_are_not_allowed_change_nothing(office, record):
    await office.refused(303, "gemstone_import", {**STONE, **record})
    assert await office.ok("gemstone_search") == []


async def test_grades_are_searched_in_the_words_of_any_stone(office):
    await office.ok("gemstone_import", {**STONE, "clarity": "VS1", "cut": "EX", "fluorescence": "Strong Blue"})
    ruby = {"code": "R1", "name": "Ruby", "type": "ruby", "clarity": "Eye Clean", "cut": "Checkerboard"}
    await office.ok("gemstone_import", ruby)
    for wish, found in (
        ({"clarity": "vs-1"}, ["D1"]),
        ({"clarity": "eye clean"}, ["R1"]),
        ({"clarity": ["VS1", "eye clean"]}, ["D1", "R1"]),
        ({"cut": "checkerboard"}, ["R1"]),
        ({"cut_from": "Premium"}, ["D1"]),
        ({"fluorescence": "Strong"}, ["D1"]),
        ({"fluorescence": "STG BL"}, ["D1"]),
        ({"clarity": "VS2"}, []),
    ):
        assert [one["code"] for one in await office.ok("gemstone_search", wish)] == found, wish
    for wish in ({"color_from": "Fancy Yellow"}, {"fluorescence": "loud"}, {"clarity_to": "eye clean"}):
        await office.refused(303, "gemstone_search", wish)


async def test_a_deletion_takes_ids_in_every_form(office):
    await office.ok("gemstone_import", [{**STONE, "code": str(number)} for number in range(1, 9)])
    for data in (1, "2", [3, "4"], "5,6", {"gemstone_id": 7}, [{"code": "8"}]):
        await office.ok("gemstone_delete", data)
    assert await office.ok("gemstone_search") == []
    assert await office.refused(302, "gemstone_delete", {"name": "x"}) == {"missing": ["gemstone_id"]}
    await office.refused(303, "gemstone_delete", [True])


async def test_the_fields_are_listed(office):
    fields = {field["name"]: field for field in await office.ok("gemstone_listfields")}
    assert [name for name, field in fields.items() if field["required"]] == ["code", "name", "type"]
    assert {"number": 2, "name": "diamond"} in fields["type"]["values"]
    assert fields["clarity"] == {
        "name": "clarity",
        "title": "Clarity",
        "type": "text",
        "required": False,
        "values": ["FL", "IF", "VVS1", "VVS2", "VS1", "VS2", "SI1", "SI2", "SI3", "I1", "I2", "I3"],
        "multiple": False,
        "group": "grades",
    }
    assert fields["color"]["values"] == list("DEFGHIJKLMNOPQRSTUVWXYZ")
    assert fields["cut"]["values"] == ["I", "EX", "VG", "G", "F", "P"]
    assert fields["images"]["multiple"]
    assert "round" in fields["shape"]["values"]
    assert "GIA" in fields["certificate_lab"]["values"]


async def test_searches_equal_a_look_at_every_stone(office):
    random_one = random.Random(7)
    stones = [
        {
            "code": f"s{number}",
            "name": "s",
            "type": "2",
            "carat": random_one.randrange(20, 300) / 100,
            "color": random_one.choice(COLOR),
            "clarity": random_one.choice(CLARITY),
            "cut": random_one.choice(GRADE),
            "price": random_one.randrange(100, 9_000),
        }
        for number in range(300)
    ]
    await office.ok("gemstone_import", stones)
    for _ in range(40):
        low, color, clarity = random_one.randrange(20, 250) / 100, random_one.choice(COLOR), random_one.choice(CLARITY)
        most = random_one.randrange(500, 9_000)
        asked = {"carat_from": low, "color_from": color, "clarity_to": clarity, "price_to": most, "fields": "code"}
        expected = [
            {"code": stone["code"]}
            for stone in stones
            if stone["carat"] >= low
            and COLOR.index(stone["color"]) >= COLOR.index(color)
            and CLARITY.index(stone["clarity"]) <= CLARITY.index(clarity)
            and stone["price"] <= most
        ]
        assert await office.ok("gemstone_search", asked) == expected
    await office.ok("gemstone_update", [{"code": f"s{number}", "quantity": 1} for number in range(0, 300, 7)])
    assert len(await office.ok("gemstone_search", {"quantity_from": 1})) == 43


async def test_a_sale_takes_the_stones_along_and_searches_see_it(office):
    await office.ok("gemstone_import", {**STONE, "quantity": 10})
    ring = {"sku": "R-1", "title": "Ring", "type": "ring", "quantity": 3, "gemstones": [{"code": "D1", "quantity": 2}]}
    await office.ok("product_import", ring)
    assert await office.ok("gemstone_search", {"quantity_from": 10}) == [{"gemstone_id": 1, "code": "D1"}]
    await office.ok("product_sold", {"sku": "R-1", "quantity": 2})
    assert await office.ok("gemstone_search", {"quantity_from": 7}) == []
    assert (await one(office))["quantity"] == 6
