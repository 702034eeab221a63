from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.domain.errors import SearchTimeoutError
from facetry.domain.search.counting import value_order
from facetry.domain.search.fields import Field, Kind, Level
from facetry.domain.search.filters import compared
from facetry.domain.search.ordering import sortable
from facetry.domain.search.values import LOWEST, number_of
from facetry.engines.columns.dictionary import ValueDictionary
from facetry.engines.columns.meanings import Meanings

FIELDS = [
    Field("attributes.a", Level.PRODUCT, Kind.ANY),
    Field("attributes.a", Level.PRODUCT, Kind.TEXT),
    Field("attributes.a", Level.PRODUCT, Kind.SCALE, ("low", "High")),
    Field("attributes.a", Level.PRODUCT, Kind.DATE),
    Field("sku", Level.PRODUCT, Kind.KEYWORD),
]
VALUES = ("Red", "red", " RED", "6", "6.0", "6.00", "-1", "7e2", "low", "HIGH", "2024-01-31", "", "é", "É", "ring")


def go_on() -> None:
    """Never stop."""


def rank(found: float | str) -> tuple[bool, float | str]:
    return isinstance(found, str), found


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind.value)
@pytest.mark.parametrize("seed", range(4))
def test_values_mean_what_the_domain_says_also_those_that_come_later(field, seed):
    draw = random.Random(seed)
    dictionary = ValueDictionary()
    for many in (1, 5, 0, 3, 400, 2, 30):
        dictionary.codes([draw.choice(VALUES) + draw.choice(("", "", f" {draw.randrange(200)}")) for _ in range(many)])
        values, meanings = dictionary.values_by_code, dictionary.meanings
        numbers = [number_of(field, value) for value in values]
        assert meanings.numbers(field, go_on).tolist() == [LOWEST if one is None else one for one in numbers]
        order = meanings.order(field, go_on)
        expected = sorted(range(len(values)), key=lambda code: value_order(field, values[code]))
        assert order.codes.tolist() == expected
        assert order.places[order.codes].tolist() == [*range(len(values))]
        distinct = sorted({rank(sortable(field, value)) for value in values})
        assert order.ranks.tolist() == [distinct.index(rank(sortable(field, value))) for value in values]
        assert [rank(sortable(field, values[code])) for code in order.heads] == distinct
        for text in ("red", "RED", "6", "é", "nothing"):
            wanted = frozenset({compared(field, text), "zzz"})
            codes = meanings.codes_of(field, wanted, go_on).tolist()
            assert codes == [code for code, value in enumerate(values) if compared(field, value) in wanted]
            assert meanings.codes_of(field, [compared(field, text)], go_on).tolist() == codes


def test_places_of_values_that_are_there_are_even_and_of_others_between():
    field = FIELDS[0]
    meanings = Meanings(["6", "6.0", "10", "blue", "RED"])
    order = meanings.order(field, go_on)
    values = [sortable(field, text) for text in ("5", "6", "7", "10", "11", "a", "blue", "c", "red", "s")]
    assert [meanings.place(field, order, value) for value in values] == [-1, 0, 1, 2, 3, 3, 4, 5, 6, 7]


def test_what_was_done_when_the_time_was_over_is_kept():
    meanings = Meanings([str(n) for n in range(25_000)])
    left = 2

    def check() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise SearchTimeoutError

    for method in (lambda: meanings.numbers(FIELDS[0], check), lambda: meanings.codes_of(FIELDS[0], ["7"], check)):
        left = 2
        with pytest.raises(SearchTimeoutError):
            method()
        left = 1
        assert len(method())
    assert np.array_equal(meanings.order(FIELDS[0], go_on).codes, np.arange(25_000))
