from __future__ import annotations

import pytest

from facetry.domain.analysis import words
from facetry.engines.columns.text.word_numbers import numbered

TEXTS = ["Gold_Ring 18k, the gold", "", "Été d'ÉTÉ", "½ ct", "İstanbul", "ᏣᎳᎩ", "कपड़ा 𐒰", "x" * 300, "- ", "RING"]


def test_the_words_of_texts_are_those_of_the_analysis():
    found = numbered(TEXTS)
    for place, text in enumerate(TEXTS):
        numbers = found.numbers[found.starts[place] : found.starts[place + 1]]
        assert [found.listed[number] for number in numbers.tolist()] == words(text)
    assert len(set(found.listed)) == len(found.listed)


@pytest.mark.parametrize("texts", [[], [""], ["", "-"]])
def test_texts_may_have_no_words(texts):
    found = numbered(texts)
    assert found.starts.tolist() == [0] * (len(texts) + 1)
    assert found.listed == []
