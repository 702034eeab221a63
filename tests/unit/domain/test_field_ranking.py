from __future__ import annotations

import math

import pytest

from facetry.domain.field_query import GROUP_FIELDS, FieldQuery
from facetry.domain.field_ranking import (
    QueryTerms,
    Statistics,
    analysed,
    field_keywords,
    group_score,
    idf,
    known_fields,
    matching_fields,
    query_terms,
    sum_in_order,
    text_weight,
    total_score,
)
from facetry.domain.field_result import FieldScore, TermScore
from facetry.domain.money import SCALE
from facetry.testing.search_samples import group, product, single

NOBODY = Statistics(1, {"name": 4, "description": 0, "category": 0}, {})


def looked_up(held, text: str, *fields: str) -> tuple[FieldScore, ...]:
    """Score a group that is the only one, where every word is as common as can be."""
    seen = analysed(held, "en")
    lengths = {field: sum(counts.values()) for field, counts in seen.texts.items()}
    frequencies = {
        (field, term): 1 for fields in (seen.texts, seen.keywords) for field in fields for term in fields[field]
    }
    query = query_terms(FieldQuery(text=text))
    return matching_fields(seen, query, fields or GROUP_FIELDS, Statistics(1, lengths, frequencies))


def test_a_query_is_read_as_terms_words_prices_and_flags():
    assert query_terms(FieldQuery(text=" Rings 5.50  TRUE rings ")) == QueryTerms(
        text=("ring", "5", "50", "true"),
        words=("rings", "5.50", "true"),
        keywords=("rings", "5.50", "true", "rings 5.50  true rings"),
        prices=(None, 55_000, None),
        flags=(None, None, True),
    )
    assert query_terms(FieldQuery(text="Ketten", language="de")).text == ("kett",)
    assert query_terms(FieldQuery(text=" \t")) == QueryTerms((), (), (), (), ())


def test_rare_words_weigh_more_and_none_weighs_nothing():
    assert idf(1, 1) == math.log(1.0 + 0.5 / 1.5)
    assert idf(100, 1) > idf(100, 50) > idf(100, 100) > 0.0


def test_text_weighs_by_frequency_and_length():
    assert text_weight(2.0, 1.0, 10.0, 10.0) == 2.0 * 2.2 / (1.0 + 1.2 * (1.0 - 0.75 + 0.75))
    assert text_weight(1.0, 2.0, 5.0, 5.0) > text_weight(1.0, 1.0, 5.0, 5.0) > text_weight(1.0, 1.0, 9.0, 5.0)


def test_complete_groups_score_above_all_others():
    assert group_score(1e-9, complete=True) > group_score(1e15, complete=False)
    assert group_score(1.0, complete=False) == 0.5
    assert group_score(1.0, complete=True) == 1.5


def test_sums_are_plain():
    assert sum_in_order([1e16, 1.0, -1e16]) == 0.0
    assert sum_in_order([]) == 0.0


def test_what_is_seen_of_a_group():
    held = group(
        "G-1",
        product(
            "A",
            name="Gold rings ring",
            category=("Rings", "Gold"),
            search_keywords=("Gift", " gift ", "B"),
            is_main=True,
        ),
        product("B", color="Red", regular_price=7),
    )
    seen = analysed(held, "en")
    assert seen.texts == {"name": {"gold": 1, "ring": 2}, "description": {}, "category": {"ring": 1, "gold": 1}}
    assert seen.keywords["product_skus"] == ("a", "b")
    assert seen.keywords["search_keywords"] == ("gift", "b")
    assert seen.keywords["group_id"] == ("g-1",)
    assert seen.keywords["colors"] == ("red",)
    assert seen.numbers == {
        "regular_price_min": 7,
        "regular_price_max": 7,
        "promotion_price_min": None,
        "promotion_price_max": None,
        "active": True,
    }
    assert field_keywords(held, "brands") == ()


def test_fields_come_once_in_a_fixed_order():
    assert known_fields(("active", "name", "nonsense", "group_id", "name")) == ("name", "group_id", "active")
    assert known_fields(GROUP_FIELDS) == GROUP_FIELDS


def test_a_text_field_is_complete_with_every_term():
    held = single("1", name="gold ring")
    weight = text_weight(idf(1, 1), 1.0, 2.0, 2.0)
    found = (TermScore("gold", 1, 1, weight), TermScore("ring", 1, 1, weight))
    assert looked_up(held, "gold ring", "name") == (FieldScore("name", found, complete=True, score=weight + weight),)
    (partly,) = looked_up(held, "gold chain", "name")
    assert (partly.complete, partly.score) == (False, weight)
    assert looked_up(held, "chain", "name") == ()


@pytest.mark.parametrize(
    ("keywords", "text", "words", "complete"),
    [
        (("white", "gold"), "white gold", ["white", "gold"], True),
        (("white gold",), "White Gold", ["white gold"], True),
        (("white",), "white gold", ["white"], False),
        (("white", "gold", "white gold"), "white gold", ["white", "gold", "white gold"], True),
        (("white  gold",), "white gold", [], False),
    ],
)
def test_a_keyword_field_is_complete_with_every_word_or_the_whole_text(keywords, text, words, complete):
    found = looked_up(single("1", search_keywords=keywords), text, "search_keywords")
    assert [[term.term for term in field.terms] for field in found] == ([words] if words else [])
    assert [field.complete for field in found] == ([complete] if words else [])


def test_prices_and_flags_weigh_one_each():
    held = single("1", regular_price=5 * SCALE, active=False)
    (found,) = looked_up(held, "5 5.0 x", "regular_price_min")
    assert found == FieldScore(
        "regular_price_min", (TermScore("5", 1, 0, 1.0), TermScore("5.0", 1, 0, 1.0)), False, 2.0
    )
    assert [field.complete for field in looked_up(held, "5 5.0", "regular_price_min")] == [True]
    assert [field.complete for field in looked_up(held, "FALSE", "active")] == [True]
    assert looked_up(held, "true 1 0", "active") == ()
    assert looked_up(single("1"), "none 0", "regular_price_min") == ()


def test_the_best_field_counts():
    fields = (FieldScore("name", (), False, 1.0), FieldScore("category", (), True, 0.5))
    assert total_score(fields) == group_score(1.0, complete=True)


def test_a_query_without_words_matches_nothing():
    assert looked_up(single("1", name="ring"), " --- ") == ()
    assert matching_fields(analysed(single("1"), "en"), query_terms(FieldQuery(text="")), GROUP_FIELDS, NOBODY) == ()
