import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import price_to_text
from facetry.domain.trade_terms import carats, colors, grades, headers, measurements, metals, numbers, prices, stones
from facetry.domain.trade_terms.ring_sizes import ring_circumference
from tests.support import ROOT

LINES = (ROOT / "tests" / "golden" / "trade_spellings.tsv").read_text("utf-8").splitlines()
CASES = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]
REFUSED = "!"


def joined(*parts):
    """Return parts as a line of the list writes them, nothing for None."""
    return "|".join("" if part is None else str(part) for part in parts)


def strength_and_color(field, text):
    found = grades.fluorescence(field, text)
    return joined(found.strength, found.color) if found.color else found.strength


def kind_and_creation(field, text):
    found = stones.stone(field, text)
    return joined(found.name, found.creation)


def amount_and_currency(field, text):
    found = prices.price(field, text)
    return " ".join(part for part in (price_to_text(found.minor), found.currency) if part)


READERS = {
    "fineness": metals.fineness,
    "metal": lambda _, text: joined(*metals.metal(text)),
    "carat": lambda field, text: f"{carats.carat(field, text):g}",
    "shape": stones.shape,
    "stone": kind_and_creation,
    "creation": stones.creation,
    "color": lambda field, text: colors.color(field, text).name,
    "clarity": grades.clarity,
    "cut": grades.cut,
    "finish": grades.finish,
    "fluorescence": strength_and_color,
    "culet": grades.culet,
    "girdle": grades.girdle,
    "treatment": stones.treatment,
    "laboratory": lambda field, text: stones.laboratory(field, text) or "none",
    "ring_size": ring_circumference,
    "price": amount_and_currency,
    "measurements": measurements.measurements,
    "number": numbers.decimal,
    "truth": numbers.truth,
    "header": lambda _, text: headers.field_of(text) or REFUSED,
}


def read(kind, text):
    try:
        return str(READERS[kind]("field", text))
    except InvalidValueError as error:
        return REFUSED if error.field == "field" and error.message else "an error without field or message"


@pytest.mark.parametrize("kind", READERS)
def test_every_spelling_means_what_the_list_says(kind):
    cases = {text: value for case, text, value in CASES if case == kind}
    if kind == "carat":
        cases |= {text: f"{float(value):g}" for text, value in cases.items() if value != REFUSED}
    assert {text: read(kind, text) for text in cases} == cases


def test_the_list_is_long_and_names_nothing_twice():
    assert len(CASES) >= 300
    assert len({case[:2] for case in CASES}) == len(CASES)
    assert {case[0] for case in CASES} == set(READERS)
    assert all(
        any(kind == case[0] and case[2] == REFUSED for case in CASES)
        for kind in set(READERS) - {"laboratory"} - {"metal"}
    )
