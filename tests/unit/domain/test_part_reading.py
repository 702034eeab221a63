"""Metals and gemstones as the trade writes them."""

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.part_reading import GEMSTONE_READERS, METAL_READERS, PartReader, check_grades
from facetry.domain.patching import ArrayAction
from facetry.domain.product import MAX_PARTS

METALS = PartReader("metals", METAL_READERS, "name")
GEMSTONES = PartReader("gemstones", GEMSTONE_READERS, "code", ["lot"])


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"name": "gold", "purity": "18kt", "weight": "3.2 g"}, {"name": "gold", "purity": 750, "weight": 3.2}),
        ({"name": "18K White Gold"}, {"name": "gold", "purity": 750, "color": "white"}),
        ({"name": "18K White Gold", "purity": 585, "color": "rose"}, {"name": "gold", "purity": 585, "color": "rose"}),
        ({"name": "Sterling Silver", "weight": 1}, {"name": "silver", "purity": 925, "weight": 1.0}),
        ({"name": "Mokume", "finish": "matt", "color": ""}, {"name": "Mokume", "finish": "matt"}),
        ({"purity": "Pt950", "weight": "2,5gr."}, {"purity": 950, "weight": 2.5}),
    ],
)
def test_a_metal_is_read_into_the_words_that_searches_know(given, part):
    assert METALS.read("metals", [given]) == METALS.read("metals", given) == (part,)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (
            {"code": "D1", "type": "2", "shape": "RB", "color": "g", "clarity": "vs-1", "cut": "Ideal", "carat": "1/2"},
            {
                "code": "D1",
                "type": "diamond",
                "shape": "round",
                "color": "G",
                "clarity": "VS1",
                "cut": "I",
                "carat": 0.5,
            },
        ),
        (
            {"type": "Lab Diamond", "polish": "Very Good", "fluorescence": "Medium Blue", "quantity": "2"},
            {"type": "diamond", "creation": "lab grown", "polish": "VG", "fluorescence": "medium", "quantity": 2},
        ),
        ({"type": "CVD diamond", "creation": "natural"}, {"type": "diamond", "creation": "natural"}),
        (
            {"type": "ruby", "color": "pigeon blood", "cut": " Step "},
            {"type": "ruby", "color": "pigeon blood", "cut": "Step"},
        ),
        ({"color": "Teal", "clarity": "VS1"}, {"color": "Teal", "clarity": "VS1"}),
        ({"certificate_lab": "none", "certificate_number": 5, "lot": 7}, {"certificate_number": "5", "lot": 7}),
        (
            {"code": "D", "depth": 61.5, "girdle": " thin ", "setting": None},
            {"code": "D", "depth": 61.5, "girdle": "thin"},
        ),
    ],
)
def test_a_gemstone_is_read_into_the_words_that_searches_know(given, part):
    assert GEMSTONES.read("gemstones", given) == (part,)
    # A second time they come out of what was kept.
    assert GEMSTONES.read("gemstones", given) == (part,)


@pytest.mark.parametrize(
    ("reader", "given", "path", "message"),
    [
        (METALS, [{"name": "gold"}, 5], "metals[1]", "must be an object"),
        (METALS, [{"puritty": 5}], "metals[0].puritty", "is no field here; did you mean purity?"),
        (METALS, [{"name": ""}], "metals[0]", "must not be empty"),
        (METALS, {"weight": "heavy"}, "metals[0].weight", "must be a weight in grams such as 3.2"),
        (METALS, {"weight": -1}, "metals[0].weight", "must not be negative"),
        (METALS, {"purity": "99k"}, "metals[0].purity", "must be a fineness such as 750, 18K or Pt950"),
        (METALS, {"color": 5}, "metals[0].color", None),
        (METALS, [{"name": "gold"}] * (MAX_PARTS + 1), "metals", "must be at most 200"),
        (METALS, [{"name": "gold"}] * 1_001, "metals", "must be at most 1000"),
        (GEMSTONES, {"type": "diamond", "clarity": "sparkling"}, "gemstones[0].clarity", None),
        (GEMSTONES, {"type": 99}, "gemstones[0].type", None),
        (GEMSTONES, {"type": "99"}, "gemstones[0].type", None),
        (GEMSTONES, {"code": " "}, "gemstones[0]", "must not be empty"),
        (GEMSTONES, {"code": "x" * 51}, "gemstones[0].code", "must have 1 to 50 characters"),
        (GEMSTONES, {"quantity": 0}, "gemstones[0].quantity", "must be at least 1"),
        (GEMSTONES, {"depth": [1]}, "gemstones[0].depth", "must be text, a number, true or false"),
        (GEMSTONES, {"color": []}, "gemstones[0].color", "must be text"),
    ],
)
def test_what_cannot_be_read_is_named(reader, given, path, message):
    with pytest.raises(InvalidValueError) as caught:
        reader.read(path.partition("[")[0], given)
    assert caught.value.field == path
    assert message in {None, caught.value.message}


def test_what_changes_or_removes_parts_says_which():
    assert METALS.read("metals", ["18K White Gold"], ArrayAction.REMOVE)[0]["name"] == "gold"
    assert GEMSTONES.read("gemstones", ["D1", 2], ArrayAction.REMOVE) == ({"code": "D1"}, {"code": "2"})
    assert GEMSTONES.read("gemstones", {"code": "D1", "color": "", "carat": 1}, ArrayAction.UPDATE) == (
        {"code": "D1", "carat": 1.0, "color": None},
    )
    for action in (ArrayAction.UPDATE, ArrayAction.REMOVE):
        with pytest.raises(InvalidValueError, match="must say which one"):
            METALS.read("metals", {"weight": 1}, action)
    with pytest.raises(InvalidValueError, match="must be an object"):
        METALS.read("metals", ["gold"], ArrayAction.APPEND)


def test_grades_are_checked_once_it_is_known_that_a_stone_is_a_diamond():
    parts = ({"code": "D", "type": "diamond", "color": "Teal"}, {"code": "R", "type": "ruby", "color": "Teal"})
    check_grades([{"code": "R", "color": "Teal"}, {"code": "X", "color": "Teal"}, {"code": "D", "carat": 1.0}], parts)
    check_grades([{"code": "D", "color": None}], [{"code": "D", "type": "diamond"}])
    with pytest.raises(InvalidValueError) as refused:
        check_grades([{"code": "R"}, {"code": "D", "color": "Teal"}], parts)
    assert refused.value.field == "gemstones[1].color"


def test_a_grade_that_is_read_is_one():
    """What a diamond has is written back as it is."""
    grades = {
        "shape": "RB",
        "color": "G",
        "clarity": "VS1",
        "cut": "Ideal",
        "polish": "VG",
        "fluorescence": "Medium Blue",
    }
    for more in ({}, {"color": "Fancy Vivid Yellow"}, {"color": "G-H"}, {"fluorescence": "none", "treatment": "HPHT"}):
        parts = GEMSTONES.read("gemstones", [{"code": "D", "type": "diamond", **grades, **more}])
        check_grades(parts, parts)
