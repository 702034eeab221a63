from __future__ import annotations

import numpy as np
import pytest

from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import EVERYTHING, And, Has, Not
from facetry.domain.search.query import SearchQuery, ValuesFacet
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search.conditions import Conditions
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.filters import Wanted
from facetry.engines.columns.search.matches import PartMatches
from facetry.engines.columns.search.narrowing import MOST_NAMES, narrowed
from facetry.engines.columns.snapshot import Part
from facetry.testing.random_catalogs import RandomCatalog

SKU, GROUP, COLOR = map(Schema().field, ("sku", "group_id", "color"))
ALL = [[0, 1], [0, 1]]


def has(field, *texts):
    return Has(field, frozenset(texts))


def left(condition, facets=()):
    """Return the groups of two parts, A and C, then B and D, that are left of all."""
    catalog, dictionaries = RandomCatalog(1), Dictionaries()
    groups = {name: catalog.group(name) for name in "ABCD"}
    segments = [build_segment([groups[name] for name in names], "en", dictionaries, 1) for names in ("AC", "BD")]
    parts = [Part.whole(segment) for segment in segments]
    conditions = Conditions.of(SearchQuery(filter=condition, facets=facets), EVERYTHING)
    everything = tuple(map(PartMatches.everything, parts))
    found = narrowed(parts, everything, conditions, Wanted(dictionaries, Deadline()))
    return [own.ordinals.tolist() for own in found]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (has(SKU, "R-C-0"), [[1], []]),
        (has(SKU, "R-A-0", "R-D-0", "r-c-0", "none"), [[0], [1]]),
        (has(SKU), [[], []]),
        (has(GROUP, "B"), [[], [0]]),
        (And((has(GROUP, "A", "B"), has(SKU, "R-B-0", "R-C-0"))), [[], [0]]),
    ],
)
def test_only_groups_with_what_is_named_are_left(condition, expected):
    assert left(condition) == expected


@pytest.mark.parametrize(
    "condition",
    [
        EVERYTHING,
        has(COLOR, "red"),
        Not(has(SKU, "R-A-0")),
        Has(SKU, frozenset({"R-A-0"}), ranges=((0, 9),)),
        Has(SKU, exists=True),
        has(SKU, *map(str, range(MOST_NAMES)), "R-A-0"),
    ],
)
def test_other_conditions_narrow_nothing(condition):
    assert left(condition) == ALL


def test_what_a_facet_leaves_out_narrows_nothing():
    facet = ValuesFacet("own", SKU)
    assert left(has(SKU, "R-A-0"), (facet,)) == ALL
    assert left(And((has(SKU, "R-A-0"), has(GROUP, "B"))), (facet,)) == [[], [0]]


def test_groups_that_the_text_does_not_match_stay_out():
    matches = PartMatches(
        np.array([1, 4], np.int32), np.array([0.5, 2.0]), np.array([1, 2], np.int32), np.zeros(2, np.uint8)
    )
    found = matches.among(np.array([0, 4, 5], np.int32))
    assert (found.ordinals.tolist(), found.scores.tolist(), found.matched_words.tolist()) == ([4], [2.0], [2])
