from __future__ import annotations

import pytest

from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.text.identifiers import group_identifiers, normalised, quality
from facetry.testing.search_samples import group, product


@pytest.mark.parametrize(
    ("text", "plain"),
    [("AB-12/34 x", "ab1234x"), ("Ñ_9", "n9"), ("--", ""), ("№ 5", "no5")],
)
def test_identifiers_are_blind_to_case_and_punctuation(text, plain):
    assert normalised(text) == plain


@pytest.mark.parametrize(
    ("needle", "expected"),
    [("ring1000", 1.0), ("ring", 0.8), ("g100", 0.6), ("100", 0.0), ("abc", 1.0), ("ring2", 0.0)],
)
def test_whole_is_better_than_the_beginning_and_that_than_an_inner_part(needle, expected):
    assert quality(("xxring1000xx", "ring1000", "abc") if needle != "g100" else ("ring1000",), needle) == expected


def test_the_best_of_several_counts():
    assert quality(("axring", "ringax"), "ring") == 0.8
    assert quality((), "ring") == 0.0


def test_a_group_has_its_id_its_skus_and_the_values_of_identifying_fields():
    schema = Schema([AttributeDefinition("metals.stamp", Kind.KEYWORD, identifier=True)])
    fields = [schema.field(name) for name in sorted(schema.identifiers)]
    one = product(
        "R-1",
        attributes={"style": ["S1", "S2"], "metal": "gold"},
        gemstones=({"certificate_number": "GIA 5"}, {"carat": 1.0}),
        metals=({"stamp": "M7"},),
    )
    assert sorted(group_identifiers(group("G-1", one, product("R-2")), fields)) == [
        "G-1",
        "GIA 5",
        "M7",
        "R-1",
        "R-2",
        "S1",
        "S2",
    ]
    assert list(group_identifiers(group("G-1", product("R-2")), [schema.field("name")])) == ["G-1", "R-2"]
