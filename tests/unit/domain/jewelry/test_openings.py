from __future__ import annotations

import random

import pytest

from facetry.domain.analysis import words
from facetry.domain.jewelry.concepts import concepts
from facetry.domain.jewelry.openings import may_name
from facetry.domain.jewelry.vocabulary import spellings

NUMBERS = ("1/2", "14", "2.05", ".5", "750", "585/1000", "925", "1 1/4", "0,50", "22", "1-1/2", "750/", "18")
UNITS = ("k", "kt", "karats", "ct", "cts", "carats tw", "ctw", "cttw", "c.t.w", "tcw", "pointers", "er", "quilates")
STAMPS = ("au", "pt", "plat", "hallmark", "hallmarked", "fineness", "plating", "carat", "carats total weight")
GAPS = (" ", "", "-", "'", " -", "_", ".", ", ", "/")


@pytest.mark.parametrize("seed", range(5))
def test_what_names_something_may_name_something(seed: int) -> None:
    dice = random.Random(seed)
    known = [*spellings()]

    def run() -> str:
        kind = dice.random()
        if kind < 0.6:
            return "".join(dice.choice((" ", "", "-", "'")) if char == " " else char for char in dice.choice(known))
        first = dice.choice(NUMBERS) + dice.choice(("", "-", " ")) + dice.choice(UNITS)
        return first if kind < 0.8 else dice.choice(STAMPS) + dice.choice(GAPS) + dice.choice(NUMBERS)

    texts = [dice.choice(GAPS).join((run(), run())) for _ in range(2000)]
    named = [text for text in texts if concepts(text)]
    assert len(named) > 1000
    assert [text for text in named if not may_name(words(text))] == []


@pytest.mark.parametrize("text", ["report 6214097207", "12", "1234", "٠١٢٣"])
def test_numbers_name_nothing(text: str) -> None:
    assert not may_name(words(text))


@pytest.mark.parametrize("text", ["free shipping and 30 day returns", "a box or a bag", "white shirt, blue 2 pack", ""])
def test_plain_words_name_nothing(text: str) -> None:
    assert not may_name(words(text))


@pytest.mark.parametrize("text", ["a white-gold box", "size 9, 750", "lab grown", "14 kt", "5ct", "750", "101"])
def test_words_of_the_trade_may_name_something(text: str) -> None:
    assert may_name(words(text))
