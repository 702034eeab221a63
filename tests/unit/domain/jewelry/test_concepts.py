from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.jewelry.concepts import Concept, concepts, product_concepts
from facetry.domain.jewelry.spellings import squeezed
from facetry.domain.jewelry.tables import table
from facetry.domain.jewelry.vocabulary import terms
from facetry.domain.product import Product
from tests.support import data_path

WORDS = st.sampled_from(
    [
        "14",
        "k",
        "ct",
        "carat",
        "1/2",
        "½",
        ".5",
        " ",
        "-",
        "gold",
        "white",
        "or",
        "Weiß",
        "é",
        "é",
        "925",
        "silver",
        "plated",
        "lab",
        "diamond",
        "cut",
        "rose",
        "金",
        "я",
        "ﬁ",
        "585",
        "/",
        ",",
        "'",
        "d",
        "eau",
        "perle",
        "İ",
        "℀",
    ]
)
TEXTS = st.lists(WORDS, max_size=20).map("".join) | st.text(max_size=40)


def named(text):
    """Return the runs of a text that are concepts, with their terms."""
    return [(text[concept.start : concept.end], concept.term) for concept in concepts(text)]


def product(**fields):
    """Return a product with these metals and gemstones."""
    return Product(sku="R1", name="Ring", group_id="R1", object_id="0" * 24, joined=1, **fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Karatcraft 18K (750) Yellow Gold ring, 0.19 Carat diamonds.",
            [
                ("18K", "fineness 750"),
                ("750", "fineness 750"),
                ("Yellow Gold", "yellow gold"),
                ("0.19 Carat", "carat 0.19"),
            ],
        ),
        ("Gold-Plated brass, 24kt plated", [("Gold-Plated", "gold plated"), ("24kt", "plating 999")]),
        ("Pack of 50 ct. pods, 8K TV", []),
        ("1,000 ct lot", []),
        ("$14k budget", []),
        ("0.14k", []),
        ("0 ct and 0/4 ct, 1/0 ct", []),
        ("101 carat", []),
        ("15 ct and 16 ct and 16.5 ct", [("15 ct", "carat 15"), ("16.5 ct", "carat 16.5")]),
        (
            "100 pointer, 1/3 ct, 0.125 ct",
            [("100 pointer", "carat 1"), ("1/3 ct", "carat 0.33"), ("0.125 ct", "carat 0.13")],
        ),
        ("fineness 123, au123, 333 silver; 123 gold; 925 gold", []),
        ("585/1000 and 925/1000", [("585/1000", "fineness 585"), ("925/1000", "sterling silver")]),
        ("hallmarked: 925", [("hallmarked: 925", "sterling silver")]),
        ("carat 0, carat 101 ", []),
        ("plating 916", [("plating 916", "plating 917")]),
        ("weißgoldener", []),
        ("emerald cuts", []),
    ],
)
def test_what_a_text_names(text, expected):
    assert named(text) == expected


def test_places_are_those_of_the_original_text():
    assert named("ﬁne Weißgold ½ct e\u0301 ‘white–gold’ 14K金") == [
        ("Weißgold", "white gold"),
        ("½ct", "carat 0.5"),
        ("white–gold", "white gold"),
        ("14K", "fineness 585"),
    ]
    assert concepts("ßßß white gold") == [Concept(4, 14, "white gold")]


def test_letters_that_have_no_ascii_form_are_parts_of_words():
    assert named("goldя white goldя яwhite gold") == []
    assert named("cz\x7f") == []


def test_marks_behind_the_last_letter_belong_to_the_run():
    text = "ſterling plaque\u0301 or\u0301 x"
    assert named(text) == [("ſterling", "sterling silver"), ("plaque\u0301 or\u0301", "gold plated")]


@pytest.mark.parametrize(
    "term", sorted({*terms().values(), "fineness 585", "fineness 950", "plating 750", "carat 12.25"})
)
def test_a_canonical_term_means_itself(term):
    assert concepts(term) == [Concept(0, len(term), term)]


def test_every_spelling_is_found_whatever_its_gaps():
    by_squeezed = {
        squeezed(spelling): canonical
        for section in ("golds", "coats", "stones", "cuts", "pieces")
        for canonical, others in table("terms")[section].items()
        for spelling in others
    }
    for section in ("golds", "coats", "stones", "cuts", "pieces"):
        for canonical, others in table("terms")[section].items():
            for spelling in others:
                assert by_squeezed[squeezed(spelling)] == canonical, f"{spelling} has two meanings"
                for written in (spelling, spelling.upper(), spelling.replace(" ", "-"), spelling.replace(" ", "  ")):
                    assert concepts(f"x, {written}.") == [Concept(3, 3 + len(written), canonical)]


@given(TEXTS)
def test_runs_lie_in_the_text_and_never_overlap(text):
    last = 0
    for concept in concepts(text):
        assert last <= concept.start < concept.end <= len(text)
        assert concept.term
        last = concept.end


@given(TEXTS)
def test_case_does_not_matter_in_ascii(text):
    if text.isascii():
        assert [concept.term for concept in concepts(text.upper())] == [c.term for c in concepts(text)]


def test_a_product_without_parts_names_nothing():
    assert product_concepts(product()) == []


def test_what_a_product_is_made_of():
    ring = product(
        metals=(
            {"name": "Gold", "purity": "18kt", "color": "White", "weight": 3.5},
            {"name": "Silver", "purity": 925},
            {"purity": "sterling"},
            {"name": "Platinum", "purity": "Pt950"},
            {"name": "Palladium", "purity": True},
        ),
        gemstones=(
            {"type": "Diamond", "creation": "lab grown", "carat": 0.5, "shape": "PR", "color": "D"},
            {"name": "Sapphire", "color": "White", "carat": "1/4 ct", "shape": "kite"},
            {"type": "Emerald", "creation": "Lab-Created", "carat": 0.001, "shape": None},
            {"type": "Diamond", "creation": "natural", "carat": 0.5},
        ),
    )
    assert product_concepts(ring) == [
        "fineness 750",
        "white gold",
        "fineness 925",
        "sterling silver",
        "fineness 950",
        "carat 0.5",
        "lab diamond",
        "princess cut",
        "carat 0.25",
        "white sapphire",
        "lab grown",
    ]


def test_texts_and_parts_of_one_product_agree():
    said = {concept.term for concept in concepts("14kt White Gold Ring with 1/2 ct Lab-Created Diamond, Princess-Cut")}
    ring = product(
        metals=({"name": "gold", "purity": 585, "color": "white"},),
        gemstones=({"type": "diamond", "creation": "lab grown", "carat": 0.50, "shape": "princess"},),
    )
    assert said == set(product_concepts(ring))


def test_real_jewelry_names_its_gold():
    path = data_path("flipkart", "products.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = [json.dumps(line)[:200] for line in lines if " 18 K Ring" in line[:200]]
    assert len(names) > 200
    assert sum(any(c.term == "fineness 750" for c in concepts(name)) for name in names) == len(names)
