"""Conditions on gemstones."""

import pytest

from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import GemstoneFilter, is_graded, is_one_of, is_within
from facetry.domain.jewelry.scales import CLARITY, COLOR


def stone(**fields):
    return Gemstone(**{"code": "a", "name": "n", "type": "diamond", **fields})


@pytest.mark.parametrize(
    ("low", "high", "kept"),
    [
        ("VS2", None, ["FL", "VS1", "VS2"]),
        (None, "VS1", ["VS1", "VS2", "I3"]),
        ("VS2", "VS1", ["VS1", "VS2"]),
        ("VS1", "VS2", ["VS1", "VS2"]),
        (None, None, ["FL", "VS1", "VS2", "I3"]),
    ],
)
def test_grades_lie_between_two_whichever_is_better(low, high, kept):
    stones = [stone(clarity=grade) for grade in ("FL", "VS1", "VS2", "I3", None, "eye clean")]
    wanted = GemstoneFilter(conditions=(is_graded("clarity", CLARITY, low, high),))
    assert [one.clarity for one in wanted.chosen(stones)] == kept


def test_every_grade_is_at_least_itself():
    for at, grade in enumerate(COLOR):
        holds = is_graded("color", COLOR, grade, None)
        assert [holds(stone(color=other)) for other in COLOR] == [other >= at for other in range(len(COLOR))]


def test_numbers_lie_between_two_both_included():
    holds = is_within("carat", 0.5, 1.0)
    values = (0.49, 0.5, 0.7, 1.0, 1.01, None)
    assert [holds(stone(carat=carat)) for carat in values] == [False, True, True, True, False, False]
    assert is_within("details.depth", None, 62)(stone(details={"depth": 61.5}))
    assert not is_within("details.depth", 60, None)(stone(details={"depth": "61.5"}))
    assert not is_within("details.depth", 0, None)(stone(details={"depth": True}))
    assert not is_within("details.depth", None, None)(stone())


def test_texts_are_compared_in_any_case():
    holds = is_one_of("color", ["Pigeon Blood", "g"])
    assert [holds(stone(color=color)) for color in ("pigeon blood", "G", "H", None)] == [True, True, False, False]
    assert is_one_of("is_unique", [True])(stone(is_unique=True))
    assert is_one_of("details.origin", ["burma"])(stone(details={"origin": "Burma"}))
    assert not is_one_of("details.origin", ["burma"])(stone())


def test_all_conditions_must_hold():
    stones = [stone(carat=1.0, color="G"), stone(carat=1.0, color="K"), stone(carat=0.5, color="G")]
    wanted = GemstoneFilter(conditions=(is_within("carat", 0.9, None), is_one_of("color", ["G"])))
    assert wanted.chosen(stones) == stones[:1]
    assert GemstoneFilter().chosen(stones) == stones
