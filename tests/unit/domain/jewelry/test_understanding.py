from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.jewelry.understanding import Reading, understand
from facetry.domain.search.language.parsing import parse
from tests.support import data_path

WORDS = st.sampled_from(
    [
        "under",
        "between",
        "and",
        "to",
        "$",
        "€",
        "100",
        "1,000",
        ".5",
        "1/2",
        "½",
        "ct",
        "carat",
        "+",
        "or better",
        "vs1",
        "VVS2",
        "if",
        "clarity",
        "g",
        "D",
        "color",
        "-",
        "/",
        " ",
        "  ",
        "size",
        "6",
        "M",
        "gia",
        "certified",
        "cut",
        "ideal",
        "excellent",
        "polish",
        "no",
        "fluorescence",
        "under ",
        "over ",
        "Größe",
        "≥",
        "k",
        "rs",
        "14k",
        "gold",
        "́",
        "ß",
    ]
)
TEXTS = st.lists(WORDS, max_size=15).map(" ".join) | st.lists(WORDS, max_size=15).map("".join) | st.text(max_size=40)
SEEDS = [
    "1 ",
    "1-",
    "under ",
    "vs1 or ",
    "14k ",
    "or rose ",
    "$1,",
    "9",
    "1.",
    "size 6 1/2 ",
    "g color ",
    "'",
    " ",
    "½",
]
SEEDS += [
    "between 1 and ",
    "clarity ",
    "1ct+ ",
    "gia ",
    " i",
    "\u0301",
    "$5-",
    "no ",
    "very good ",
    "ex/",
    "perle d",
    "925",
]


def fits(text):
    """Check the readings of a text and return them."""
    readings = understand(text)
    last = 0
    for reading in readings:
        assert last <= reading.start < reading.end <= len(text)
        assert bool(reading.filter) != bool(reading.concept)
        if reading.filter:
            parse(reading.filter)
        last = reading.end
    return readings


@given(TEXTS)
def test_runs_lie_in_the_text_never_overlap_and_have_one_meaning(text):
    fits(text)


def test_hostile_texts_are_read_too():
    naughty = json.loads(data_path("naughty-strings", "blns.json").read_text("utf-8"))
    assert len(naughty) > 400
    for text in naughty:
        fits(text)
        fits(f"{text} 14k gold under $500")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_time_is_that_of_the_length(seed):
    def seconds(length):
        text = (seed * length)[:length]
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            understand(text)
            best = min(best, time.process_time() - started)
        return best

    understand("warm up")
    # Ten times the text takes ten times the time; what is quadratic would take a hundred.
    assert seconds(20_000) < 35 * max(seconds(2_000), 0.0005)


@pytest.mark.parametrize(
    ("text", "currencies"),
    [
        ("under €500", ("EUR",)),
        ("up to 100 gbp", ("GBP",)),
        ("under 500", ()),
        ("under us$500", ("USD",)),
        ("between 5 € and 10 €", ("EUR", "EUR")),
    ],
)
def test_a_price_says_what_currency_was_typed(text, currencies):
    assert [reading.currencies for reading in understand(text)] == [currencies]


def test_a_dollar_may_be_of_several_countries():
    assert understand("under $500")[0].currencies[:3] == ("USD", "CAD", "AUD")


def test_places_are_those_of_the_original_text():
    text = "Weißgold \u2018ﬁne\u2019 Größe 54 für unter 500\u00a0€"
    assert [(text[r.start : r.end], r.filter or r.concept) for r in understand(text)] == [
        ("Weißgold", "white gold"),
        ("Größe 54", "size = 54"),
        ("unter 500\u00a0€", "price < 500"),
    ]


def test_what_is_said_twice_is_left_alone():
    assert understand("gia certified igi certified") == []
    assert understand("$100-$50") == []
    assert understand("2-1 carat ring") == [Reading(2, 9, concept="carat 1")]


def test_of_two_readings_that_share_words_the_first_kind_wins():
    assert [reading.filter for reading in understand("under $1 carat or more")] == ["price < 1"]


def test_a_question_states_no_condition():
    assert understand("is vs1 better versus vs2 under $500") == []
    assert understand("vs clarity") == [Reading(0, 10, filter="gemstones.clarity IN [VS2, VS1]")]
