from __future__ import annotations

import pytest

from facetry.domain.jewelry.marks import has_meanings, number_term

NEIGHBOURS = [
    ("", ""),
    ("white gold ", " ring"),
    ("", " gold"),
    ("platinum ", " over silver"),
    ("plated with ", " plated"),
]


@pytest.mark.parametrize(
    ("kind", "run", "term"),
    [
        ("weight", "0.57 ct", "carat 0.57"),
        ("weight", "7 ct", "carat 7"),
        ("weight", "1/2 carat", "carat 0.5"),
        ("weight", "16 ct", None),
        ("stamp", "pt950", "fineness 950"),
        ("canonical", "carat 0.5", "carat 0.5"),
    ],
)
def test_a_run_that_means_one_thing_is_the_same_beside_any_neighbours(kind, run, term):
    assert not has_meanings(kind, run)
    assert {number_term(kind, run, before, after) for before, after in NEIGHBOURS} == {term}


@pytest.mark.parametrize(
    ("kind", "run", "terms"),
    [
        ("weight", "18 ct", {"fineness 750", None}),
        ("karat", "18k", {"fineness 750", "plating 750"}),
        ("mark", "585", {"fineness 585", None}),
    ],
)
def test_neighbours_decide_what_other_runs_mean(kind, run, terms):
    assert has_meanings(kind, run)
    assert {number_term(kind, run, before, after) for before, after in NEIGHBOURS} == terms
