from __future__ import annotations

from decimal import Decimal

import pytest

from facetry.domain.jewelry import scales
from facetry.domain.jewelry.tables import table

FINENESSES = {
    999: "24k|999.9|1000|Fine  Gold",
    958: "958|23 karat",
    950: "Pt950|PT 950|950 platinum|plat 950|Pd-950",
    925: "925|S925|Ag 925|.925|92.5%|Sterling|925er Silber|925/1000",
    917: "916|22k|22 karat",
    875: "21k",
    835: "835",
    750: "750|18k|18 K|18kt|18-karat|18 carat|18ct|0.750|.75|75%|18",
    585: "585|583|14K White Gold|14k gold|Au585|585/000|14 quilates|0,585",
    417: "10k",
    375: "9ct",
    333: "8k",
    None: "|gold|7|13k|18.5k|299|1001|k|Pt|18k ring|12345|-",
}
WEIGHTS = {
    "0.333": "0.333",
    "0.33": "1/3",
    "0.5": "1/2 ct|.50|0.5 CTW|½|0,5 ct|0.50 ct. t.w.|1/2 carat total weight",
    "1": " 1 ct |1.00",
    "1.25": "1 1/4 ct|1-1/4|1 & 1/4 ct tw|1¼ ct",
    "2": "2 cttw|2 carats",
    "9999": "9999",
    None: "|ct|0|1/0|10000|-1|1 2|1.2.3|diamond|1 ct ring|.|,",
}


def cases(table):
    """Return each text of a table beside the value that it must have."""
    return [(text, value) for value, texts in table.items() for text in texts.split("|")]


@pytest.mark.parametrize(("text", "parts"), cases(FINENESSES))
def test_fineness(text, parts):
    assert scales.fineness(text) == parts


@pytest.mark.parametrize(("text", "weight"), cases(WEIGHTS))
def test_carat(text, weight):
    assert scales.carat(text) == (None if weight is None else Decimal(weight))


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("vs-1", "VS1"),
        (" VVS 2 ", "VVS2"),
        ("Loupe Clean", "IF"),
        ("Flawless", "FL"),
        ("P1", "I1"),
        ("VS", None),
        ("", None),
    ],
)
def test_clarity(text, grade):
    assert scales.clarity(text) == grade


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("g", "G"),
        ("G color", "G"),
        ("Colour: d", "D"),
        ("Z", "Z"),
        ("A", None),
        ("D-F", None),
        ("Fancy", None),
        ("", None),
    ],
)
def test_color(text, grade):
    assert scales.color(text) == grade


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Ideal", "I"),
        ("Premium", "EX"),
        ("excellent", "EX"),
        ("V. Good", "VG"),
        ("fair", "F"),
        ("P", "P"),
        ("best", None),
    ],
)
def test_cut(text, grade):
    assert scales.cut(text) == grade


def test_premium_is_a_grade_of_cut_only():
    assert scales.finish("Premium") is None
    assert scales.finish("EXC") == "EX"


@pytest.mark.parametrize("text", ["RB", "RD", "BR", "rbc", "Round", "Round Brilliant"])
def test_a_round_stone_has_many_names(text):
    assert scales.shape(text) == "round"


def test_shapes_laboratories_and_fluorescence():
    assert [scales.shape(text) for text in ("PRN", "Sq. Emerald", "pear-shaped", "P", "")] == [
        "princess", "asscher", "pear", None, None,
    ]  # fmt: skip
    assert [scales.laboratory(text) for text in ("gia", "Gübelin", "AGSL", "ACME")] == ["GIA", "Gubelin", "AGS", None]
    assert [scales.fluorescence(text) for text in ("NIL", "very strong", "med", "blue")] == [
        "none", "very strong", "medium", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "scale"), [("clarity", scales.CLARITY), ("cut", scales.GRADE), ("finish", scales.GRADE)]
)
def test_every_grade_of_a_scale_is_spelled_and_means_itself(name, scale):
    assert set(table("grades")[name]) == set(scale)
    read = {"clarity": scales.clarity, "cut": scales.cut, "finish": scales.finish}[name]
    assert [read(grade) for grade in scale] == list(scale)


@pytest.mark.parametrize("name", ["shapes", "labs"])
def test_no_spelling_has_two_meanings(name):
    spellings = [one.lower().replace(" ", "") for key, others in table(name).items() for one in (key, *others)]
    assert len(spellings) == len(set(spellings))


def test_scales_begin_with_the_lowest_grade():
    assert [scale[0] + scale[-1] for scale in scales.SCALES.values()] == ["I3FL", "ZD", "PI", "PI", "PI"]


def test_karats_are_parts_of_24_as_the_trade_rounds_them():
    assert [scales.karat_fineness(karats) for karats in (24, 22, 18, 14, 10, 9, 8, 7)] == [
        999, 917, 750, 585, 417, 375, 333, None,
    ]  # fmt: skip
    assert scales.standard_fineness(916) == 917
    assert scales.standard_fineness(800) == 800
