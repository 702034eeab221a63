"""What the list of spellings cannot say: values that are no texts, limits, messages, and what values are made of."""

from decimal import Decimal

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.tables import canonical, table
from facetry.domain.trade_terms import carats, colors, grades, measurements, metals, numbers, prices, stones
from facetry.domain.trade_terms.headers import field_of, fields_of, is_stone_list
from facetry.domain.trade_terms.ring_sizes import RingSystem, ring_circumference, ring_size


def refusal(read, raw, *more):
    with pytest.raises(InvalidValueError) as refused:
        read("f", raw, *more)
    assert refused.value.field == "f"
    return refused.value.message


@pytest.mark.parametrize("raw", [None, True, [], {}, ["G"]])
def test_what_is_no_text_and_no_number_is_refused(raw):
    assert refusal(numbers.text, raw) == "must be text"
    assert refusal(colors.color, raw) == "must be text"


def test_texts_have_limits():
    assert numbers.text("f", "  a ") == "a"
    assert refusal(numbers.text, "  ") == "must not be empty"
    assert refusal(numbers.text, "x" * 201) == "must have at most 200 characters"
    assert refusal(numbers.decimal, "1" * 41) == "must be a number"


def test_json_numbers_are_read():
    assert numbers.decimal("f", 0.1) == Decimal("0.1")
    assert numbers.decimal("f", 1e-7) == Decimal("0.0000001")
    assert numbers.decimal("f", 7) == 7
    assert metals.fineness("f", 0.75) == 750
    assert carats.carat("f", 0.3) == 0.3
    assert prices.price("f", 99.99) == (999_900, None)
    assert [refusal(numbers.decimal, one) for one in (float("nan"), float("inf"), 1e300)] == ["must be a number"] * 3


def test_counts():
    assert [numbers.whole("f", raw) for raw in ("7", 7.0, "1,000", "5.00", 0)] == [7, 7, 1000, 5, 0]
    assert refusal(numbers.whole, "1.5") == "must be a whole number"
    assert refusal(numbers.whole, -1) == "must be from 0 to 9007199254740991"
    assert refusal(numbers.whole, str(2**53)) == "must be from 0 to 9007199254740991"


def test_truths():
    assert [numbers.truth("f", raw) for raw in (True, False, 1, 0, "YES", " no ")] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    assert [refusal(numbers.truth, raw) for raw in (2, None, "", 0.5)] == ["must be true or false"] * 4


def test_near_names_are_named():
    assert refusal(stones.shape, "Marquize") == "'Marquize' is not known, did you mean marquise?"
    assert refusal(grades.clarity, "zzz") == (
        "'zzz' is not known, use FL, IF, VVS1, VVS2, VS1, VS2, SI1, SI2, SI3, I1, I2, I3"
    )
    assert refusal(stones.shape, "0" * 100).startswith(f"'{'0' * 39}…' is not known, use round, princess,")
    assert refusal(stones.shape, "0").endswith(", ...")


def test_kinds_of_stones_have_numbers_that_stay():
    assert stones.stone("f", 2) == stones.Stone("diamond", 2)
    assert stones.names_by_number()[2] == "diamond"
    assert sorted(stones.names_by_number()) == list(range(1, 51))
    assert refusal(stones.stone, 51) == "must be a name or a number from 1 to 50"
    assert refusal(stones.stone, "x" * 51) == "must have at most 50 characters"
    assert refusal(stones.laboratory, "x" * 51) == "must have at most 50 characters"


def test_a_color_has_a_name():
    assert colors.color("f", "D-F").grades == ("D", "E", "F")
    assert colors.color("f", "F-D").name == "F"
    assert colors.color("f", "Fancy Vivid Grayish Blue") == ((), "blue", "fancy vivid", "grayish")
    assert colors.color("f", "Fancy Vivid Grayish Blue").name == "Fancy Vivid Grayish Blue"


def test_parts_of_fancy_colors_in_columns_of_their_own():
    assert [colors.fancy_color("f", raw) for raw in ("Y", "YL", "Yellow", "Fancy Pink", "P", "yellow-green")] == [
        "yellow", "yellow", "yellow", "pink", "pink", "yellow-green",
    ]  # fmt: skip
    assert [colors.fancy_intensity("f", raw) for raw in ("VIV", "Fancy Intense", "FDP", "Light", "F")] == [
        "fancy vivid", "fancy intense", "fancy deep", "light", "fancy",
    ]  # fmt: skip
    assert "is not known" in refusal(colors.fancy_color, "mud")


def test_colors_of_metals():
    assert [metals.color("f", raw) for raw in ("W", "Weiss", "White Gold", "Pink", "18KY", "two-tone")] == [
        "white", "white", "white", "rose", "yellow", "two tone",
    ]  # fmt: skip
    assert "is not known" in refusal(metals.color, "transparent")


def test_girdles_and_fluorescences_say_the_rest_too():
    assert grades.girdle("f", "STK - M, Faceted") == ("medium", "slightly thick", "faceted")
    assert grades.fluorescence("f", "Strong Yellow") == ("strong", "yellow")


def test_prices_of_ambiguous_signs_take_the_default_where_it_is_one_of_them():
    assert prices.price("f", "$5", "CAD") == (50_000, "CAD")
    assert prices.price("f", "$5", "EUR") == (50_000, "USD")
    assert prices.price("f", "kr 5", "NOK") == (50_000, "NOK")
    assert refusal(prices.price, "5 $ EUR") == "'$ EUR' is no currency: use a code of ISO 4217 such as EUR"
    assert refusal(prices.price, "EUR 5 EUR") == "must be a price such as 1234.50, $1,234.50 or 99 EUR"
    assert refusal(prices.price, "1a2") == "must be a price such as 1234.50, $1,234.50 or 99 EUR"
    assert refusal(prices.price, 10**12) == "must be at most 100000000000"
    assert refusal(prices.price, -5) == "must not be negative"


def test_measurements_are_numbers():
    found = measurements.measurements("f", "6,50 x 6.45 x 4")
    assert found == (Decimal("6.50"), Decimal("6.45"), Decimal(4))
    assert refusal(measurements.measurements, "1 x 0 x 2") == "must not be 0"


def test_ring_sizes_of_a_system_that_the_field_says():
    assert ring_circumference("f", "12", RingSystem.JP) == Decimal("52.36")
    assert ring_circumference("f", 54, RingSystem.EU) == 54
    assert ring_circumference("f", "US 7", RingSystem.UK) == ring_circumference("f", "7")
    assert refusal(ring_circumference, "20") == "must name its system, such as US 6.5, UK L 1/2, EU 52 or JP 12"
    assert refusal(ring_circumference, "()") == "must name its system, such as US 6.5, UK L 1/2, EU 52 or JP 12"
    assert refusal(ring_circumference, "5 1/0") == "must name its system, such as US 6.5, UK L 1/2, EU 52 or JP 12"
    assert refusal(ring_circumference, "99 mm") == "must be a ring size such as US 6.5, UK L 1/2, EU 52 or JP 12"


@pytest.mark.parametrize(
    ("circumference", "sizes"),
    [
        ("44.2", ["3", "F 1/2", "44", "4", "4", "14"]),
        ("51.9", ["6", "L 1/2", "52", "11.5", "12", "16.5"]),
        ("57.0", ["8", "P 1/2", "57", "16.5", "17", "18.25"]),
        ("70", ["13", "Z+1", "70", "29", "30", "22.25"]),
        ("30", [None] * 6),
        ("90", [None] * 6),
    ],
)
def test_one_circumference_has_a_size_in_every_system(circumference, sizes):
    assert [ring_size(Decimal(circumference), system) for system in RingSystem] == sizes


def test_a_price_beside_another_one_is_that_of_a_carat():
    assert fields_of(["Price", "Carat"]) == {"price": 0, "carat": 1}
    assert fields_of(["Price", "Total Price", "Carat"]) == {"price_per_carat": 0, "price": 1, "carat": 2}
    assert fields_of(["Price", "$/ct", "Price"]) == {"price_per_carat": 1, "price": 0}
    assert fields_of(["Total", "Mood", "Amount"]) == {"price": 0}


def test_stone_lists_are_known_by_three_of_the_four_cs():
    assert is_stone_list(["carat", "cut", "color", "clarity"])
    assert is_stone_list(["Stock #", "Wt", "Colour", "Purity"])
    assert not is_stone_list(["sku", "name", "color", "size"])
    assert field_of("Shape!") == "shape"
    assert field_of("") is None


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("headers", ""), ("treatments", ""), ("creations", ""), ("colors", "intensity"), ("colors", "hue"),
        ("colors", "overtone"), ("metals", "metals"), ("metals", "colors"), ("grades", "culet"), ("grades", "girdle"),
        ("grades", "cut"), ("grades", "finish"), ("grades", "clarity"), ("grades", "fluorescence"),
    ],
)  # fmt: skip
def test_no_spelling_of_a_table_has_two_meanings(name, section):
    entries = table(name)[section] if section else table(name)
    for own, others in entries.items():
        for spelling in (own, *others):
            if name == "headers":
                assert field_of(spelling) == own, spelling
            else:
                assert canonical(name, section)["".join(c for c in spelling.lower() if c.isalnum())] == own, spelling


@pytest.mark.parametrize("raw", [None, True, [], {}])
def test_what_can_be_no_number_is_called_that(raw):
    assert refusal(numbers.decimal, raw) == "must be a number"
    assert refusal(numbers.whole, raw) == "must be a number"
