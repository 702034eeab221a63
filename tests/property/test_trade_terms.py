from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facetry.application.interchange.stone_values import StoneValues, scales_of
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.tables import table
from facetry.domain.money import MAX_PRICE, price_to_text
from facetry.domain.trade_terms import carats, colors, grades, headers, measurements, metals, numbers, prices, stones
from facetry.domain.trade_terms.ring_sizes import RingSystem, ring_circumference, ring_size, rules
from facetry.domain.trade_terms.supplier_scales import SupplierScale

READERS = [
    numbers.text, numbers.decimal, numbers.whole, numbers.truth, metals.fineness, metals.color, carats.carat,
    stones.stone, stones.creation, stones.shape, stones.treatment, stones.laboratory, grades.clarity, grades.cut,
    grades.finish, grades.fluorescence, grades.culet, grades.girdle, colors.color, colors.fancy_color,
    colors.fancy_intensity, ring_circumference, prices.price, measurements.measurements,
]  # fmt: skip
WORDS = """
$ € £ . , - / x 0 1 12 750 18k Fancy vivid light Yellow ish pink G H VS SI 1/2 ½ ct pts mm US UK EU JP L Z + ( ) % Pt Au
gold white medium faint blue thin to thick faceted EUR Rs. premium 1'000 ß İ ﬁ ④ ٣
"""
PIECES = st.sampled_from([*WORDS.split(), "\u00a0", "\u2212", "\ud800"])
ANY_TEXT = st.one_of(
    st.text(max_size=40), st.lists(PIECES, max_size=6).map(" ".join), st.lists(PIECES, max_size=6).map("".join)
)
ANY_VALUE = st.one_of(
    ANY_TEXT, st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text(max_size=3), max_size=2)
)


def field_refused(read):
    """Return the field that an error names, None where there is none."""
    try:
        read()
    except InvalidValueError as error:
        return error.field
    return None


@pytest.mark.parametrize("read", READERS, ids=lambda read: f"{read.__module__.rpartition('.')[2]}.{read.__name__}")
@given(raw=ANY_VALUE)
@example(raw="9" * 300)
@example(raw="(" * 200)
@example(raw="1 " * 100)
@example(raw="-" * 200)
def test_any_value_is_read_or_refused_by_name(read, raw):
    assert field_refused(lambda: read("f", raw)) in {None, "f"}


@given(ANY_TEXT)
def test_any_header_is_a_field_or_none(name):
    assert headers.field_of(name) is None or headers.field_of(name) in headers.fields_of([name])


@given(st.lists(ANY_TEXT, max_size=5), ANY_TEXT)
def test_any_column_has_a_scale(values, cell):
    assert field_refused(lambda: SupplierScale("cut", values).read("f", cell)) in {None, "f"}


@given(st.integers(0, 999_999))
def test_weights_survive_being_written(hundredths):
    for text in (f"{hundredths / 100:.2f}", f"{hundredths / 100:.2f} ct", f"{hundredths / 100:.2f} CTW"):
        if hundredths:
            assert carats.carat("f", text) == hundredths / 100


@given(st.decimals("0.0001", "9999.9999", places=4))
def test_weights_have_four_decimals(weight):
    assert carats.carat("f", float(weight)) == float(weight)
    assert carats.carat("f", str(weight)) == float(weight)


@given(st.integers(0, MAX_PRICE), st.sampled_from(["EUR", "USD", "ILS", "CHF"]))
def test_prices_survive_being_written(minor, currency):
    plain = price_to_text(minor)
    assert prices.price("f", plain) == (minor, None)
    assert prices.price("f", f"{currency} {plain}") == (minor, currency)
    english = f"{Decimal(plain):,}"
    assert prices.price("f", f"{english} {currency}") == (minor, currency)


@given(st.decimals("1000", "99999999", places=2))
def test_thousands_mean_the_same_in_every_country(number):
    english = f"{number:,}"
    swapped = english.translate({ord(","): ".", ord("."): ","})
    for text in (
        english,
        swapped,
        english.replace(",", "'"),
        english.replace(",", " "),
        swapped.replace(".", "\u202f"),
    ):
        assert numbers.decimal("f", text) == number


@pytest.mark.parametrize("system", RingSystem)
def test_every_ring_size_of_a_system_survives_the_way_through_the_circumference(system):
    rule = rules()[system]
    count = int((rule.highest - rule.lowest) / rule.finest)
    lengths = [Decimal(0)]
    for step in range(count + 1):
        number = rule.lowest + step * rule.finest
        size = ring_size(exact(rule, number), system)
        length = ring_circumference("f", f"{system.value} {size}")
        assert ring_size(length, system) == size
        assert abs(length - exact(rule, number)) <= Decimal("0.005")
        lengths.append(length)
    assert lengths == sorted(set(lengths))


def exact(rule, number):
    measure = rule.zero + rule.step * number
    return measure * Decimal("3.14159265358979323846") if rule.measure == "diameter" else measure


@given(st.lists(st.decimals("40", "75", places=2), min_size=2, max_size=2, unique=True))
def test_larger_rings_have_no_smaller_sizes(lengths):
    small, large = sorted(lengths)
    for system in set(RingSystem) - {RingSystem.UK}:
        one, other = ring_size(small, system), ring_size(large, system)
        assert one is None or other is None or Decimal(one) <= Decimal(other)


@given(st.sampled_from(scales.CLARITY), st.sampled_from(scales.CLARITY))
def test_a_range_of_clarity_is_its_poorer_end(one, other):
    poorer = min(one, other, key=scales.CLARITY.index)
    assert grades.clarity("f", f"{one}-{other}") == poorer
    assert grades.clarity("f", f"{one.lower()} / {other}") == poorer


@given(st.sampled_from(scales.COLOR), st.sampled_from(scales.COLOR))
def test_a_range_of_color_holds_all_between_best_first(one, other):
    found = colors.color("f", f"{one}-{other}")
    assert list(found.grades) == sorted(found.grades)
    assert (found.grades[0], found.grades[-1]) == (min(one, other), max(one, other))


@pytest.mark.parametrize("name", ["cut", "finish", "clarity"])
def test_canonical_grades_are_read_as_themselves(name):
    read = {"cut": grades.cut, "finish": grades.finish, "clarity": grades.clarity}[name]
    scale = scales.CLARITY if name == "clarity" else scales.GRADE
    assert [read("f", grade) for grade in scale] == list(scale)


@given(st.dictionaries(st.sampled_from(sorted(table("headers"))), ANY_TEXT), st.sampled_from(["diamond", "ruby"]))
def test_any_row_of_a_list_is_read_or_its_faults_are_told(cells, kind):
    values = StoneValues(kind, scales_of({field: [text] for field, text in cells.items()}))
    values.read(cells)
    assert {problem.field for problem in values.problems} <= set(cells)
    stone = Gemstone(**{"code": "A", "name": "a", **values.fields}, details=values.details)
    assert msgspec.json.decode(msgspec.json.encode(stone), type=Gemstone) == stone
