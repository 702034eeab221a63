from __future__ import annotations

from facetry.domain.search.slots import WORD
from facetry.engines.columns.dictionary import ValueDictionary
from facetry.engines.columns.search.value_keys import ValueKeys

WANTED = {WORD + "red": 1, WORD + "gold": 4}


def test_bits_of_values_that_have_keys():
    colors = ValueDictionary(["Red", "Blue", "Red gold"])
    bits = ValueKeys.of("color", "en", colors).bits(WANTED)
    assert bits is not None
    assert bits.tolist() == [1, 0, 5, 0]
    assert ValueKeys.of("color", "en", colors).bits({WORD + "green": 1}) is None


def test_new_values_are_learnt():
    colors = ValueDictionary(["Blue"])
    known = ValueKeys.of("color", "en", colors)
    assert known.bits(WANTED) is None
    assert colors["Gold"] == 1
    again = ValueKeys.of("color", "en", colors)
    assert again is known
    bits = again.bits(WANTED)
    assert bits is not None
    assert bits.tolist() == [0, 4, 0]


def test_languages_are_kept_apart():
    colors = ValueDictionary(["Red"])
    assert ValueKeys.of("color", "en", colors) is not ValueKeys.of("color", "de", colors)
