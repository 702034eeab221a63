from __future__ import annotations

from facetry.engines.columns.dictionary import ValueDictionary
from facetry.engines.columns.text.word_lists import values_beginning


def test_values_are_found_by_the_beginnings_of_their_words_however_they_were_added():
    dictionary = ValueDictionary(["Rio Grande", "Jewelry > Gold rings", "Rings > Other"])
    assert values_beginning(dictionary, ["ri"]) == [0, 1]
    for number in range(300):
        code = dictionary[f"Rio {number}"]
        assert code in values_beginning(dictionary, ["ri", f"{number}"])
    assert values_beginning(dictionary, ["ri"]) == [0, 1, *range(3, 303)]
    assert values_beginning(dictionary, ["gr", "ri"]) == [0]


def test_a_new_value_does_not_read_all_others_again():
    dictionary = ValueDictionary([f"Rio {number}" for number in range(100)])
    assert len(values_beginning(dictionary, ["rio"])) == 100
    (first,) = dictionary.derived["words"]
    for number in range(100, 140):
        code = dictionary[f"Rio {number}"]
        assert values_beginning(dictionary, ["rio", f"{number}"]) == [code]
    lists = dictionary.derived["words"]
    assert lists[0] is first
    assert sum(one.size for one in lists) == 140
    assert len(lists) <= 5
