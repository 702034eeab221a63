from __future__ import annotations

import random

import pytest

from bench.typos import Case, cases, misspelt, tried
from facetry.domain.search.text.spelling import distance

PRODUCTS = [
    {"sku": "A", "isMain": True, "name": "Gold ring with a stone"},
    {"sku": "B-1", "groupID": "B", "isMain": True, "name": "Silver ring, 9 mm"},
    {"sku": "B-2", "groupID": "B", "isMain": False, "name": "Another silver ring"},
    {"sku": "C", "isMain": True, "name": "Twice the same"},
    {"sku": "D", "isMain": True, "name": "twice THE same"},
    {"sku": "E", "isMain": True, "name": "Two words"},
    {"sku": "F", "isMain": True, "name": "A b c"},
    {"sku": "G", "isMain": True, "name": "Very long " * 52},
]


@pytest.mark.parametrize("seed", range(50))
def test_an_edited_name_is_one_typo_away_in_a_long_word(seed):
    name = "A fine gold ring, 1234 mm"
    typed = misspelt(name, random.Random(seed))
    changed = [(one, other) for one, other in zip(name.split(" "), typed.split(" "), strict=True) if one != other]
    assert [distance(one, other, 2) for one, other in changed] == [1]
    assert changed[0][0] in {"fine", "gold", "ring,"}


def test_a_word_of_equal_letters_is_edited_too():
    typed = {misspelt("a aaaa b", random.Random(seed)) for seed in range(40)}
    assert "a aaaa b" not in typed
    assert len(typed) > 10


def test_cases_are_unique_names_of_three_words_and_the_same_every_time():
    found = cases(PRODUCTS, 10)
    assert {(case.group_id, case.name) for case in found} == {
        ("A", "Gold ring with a stone"),
        ("B", "Silver ring, 9 mm"),
    }
    assert found == cases(PRODUCTS, 10)
    assert found != cases(PRODUCTS, 10, seed=2)
    assert len(cases(PRODUCTS, 1)) == 1


def test_it_is_told_where_the_group_is_found():
    wanted = [Case("A", "gold ring", "golf ring"), Case("B", "silver ring", "silverr ring")]
    hits = {"gold ring": ["A", "B"], "golf ring": [], "silver ring": ["A", "B"], "silverr ring": ["B"]}
    found = tried(wanted, hits.__getitem__)
    assert found.as_written == (0, 1)
    assert found.edited == (None, 0)
