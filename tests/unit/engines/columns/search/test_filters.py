from __future__ import annotations

from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import Has
from facetry.engines.columns.dictionary import Dictionaries, ValueDictionary
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.filters import Wanted

COLOR = Schema().field("color")
RED = Has(COLOR, frozenset({"red"}))


def table(dictionary: ValueDictionary, condition: Has = RED):
    return Wanted(Dictionaries({"color": dictionary}), Deadline()).table(condition)


def test_what_is_wanted_is_kept_until_there_are_new_values():
    dictionary = ValueDictionary(["Red", "Blue"])
    first = table(dictionary)
    assert first.tolist() == [0, 1, 0]
    assert table(dictionary) is first
    assert dictionary["RED"] == 2
    assert table(dictionary).tolist() == [0, 1, 0, 1]
    assert table(dictionary, Has(COLOR, frozenset({"blue"}))).tolist() == [0, 0, 1, 0]


def test_few_tables_are_kept():
    dictionary = ValueDictionary(["Red", "Blue"])
    first = table(dictionary)
    for number in range(63):
        table(dictionary, Has(COLOR, frozenset({f"color {number}"})))
    assert table(dictionary) is first
    table(dictionary, Has(COLOR, frozenset({"one more"})))
    again = table(dictionary)
    assert again is not first
    assert again.tolist() == [0, 1, 0]


def test_no_tables_of_many_values_are_kept():
    dictionary = ValueDictionary(f"Color {number}" for number in range(5000))
    assert table(dictionary, Has(COLOR, frozenset({"color 7"}))).nonzero()[0].tolist() == [8]
    assert dictionary.derived == {}
