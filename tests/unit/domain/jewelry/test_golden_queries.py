from __future__ import annotations

import pytest

from facetry.domain.jewelry.understanding import understand
from facetry.domain.search.fields import Schema
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.language.syntax import Condition, Conjunction
from tests.support import ROOT

LINES = (ROOT / "tests" / "golden" / "jewelry_queries.tsv").read_text("utf-8").splitlines()
CASES = [(*line.split("\t"), "", "", "")[:4] for line in LINES if not line.startswith("#")]


def conditions(tree):
    """Return the conditions of a filter that is one or several joined by AND."""
    if isinstance(tree, Conjunction):
        return list(tree.parts)
    return [tree]


@pytest.mark.parametrize(("query", "concepts", "condition", "words"), CASES, ids=[case[0] for case in CASES])
def test_a_query_means_what_the_list_says(query, concepts, condition, words):
    readings = understand(query)
    rest = query
    for reading in reversed(readings):
        rest = rest[: reading.start] + " " + rest[reading.end :]
    assert "|".join(reading.concept for reading in readings if reading.concept) == concepts
    assert " AND ".join(reading.filter for reading in readings if reading.filter) == condition
    assert " ".join(rest.split()) == words


def test_the_list_is_long_and_has_no_query_twice():
    queries = [case[0] for case in CASES]
    assert len(queries) >= 400
    assert sorted(queries) == sorted(set(queries))
    assert sum(not concepts and not condition for _, concepts, condition, _ in CASES) >= 60


@pytest.mark.parametrize("condition", sorted({case[2] for case in CASES if case[2]}))
def test_conditions_are_sentences_of_the_filter_language_about_known_fields(condition):
    schema = Schema()
    fields = [part.field.text for part in conditions(parse(condition)) if isinstance(part, Condition)]
    assert len(fields) == len(conditions(parse(condition)))
    labels = {"gemstones.certificate_lab", "gemstones.fluorescence"}
    assert [name for name in fields if not (schema.is_defined(name) or name in labels)] == []
