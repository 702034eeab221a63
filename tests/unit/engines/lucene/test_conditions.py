from __future__ import annotations

import pytest

from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import (
    And,
    AnyProduct,
    AnyStone,
    Candidate,
    Filter,
    Has,
    Not,
    Or,
    is_true,
    with_stones,
)
from facetry.engines.lucene.conditions import Case, Cases, Homes, cases_of
from facetry.engines.lucene.opening_cases import MOST_QUESTIONS
from facetry.engines.lucene.queries import EVERYTHING, NOTHING
from facetry.engines.lucene.slots import Slots
from facetry.testing.random_catalogs import SCHEMA, RandomCatalog
from tests.unit.engines.lucene.made_up_index import MadeUpIndex
from tests.unit.engines.lucene.made_up_lucene import Json, score_of


def documents_of(drawn: RandomCatalog, count: int = 6) -> tuple[Slots, list[tuple[ProductGroup, Json]]]:
    groups = drawn.groups(count)
    index = MadeUpIndex(groups, drawn.definitions)
    return index.state.homes(), [*zip(groups, index.groups, strict=True)]


def is_found(query: Json, document: Json) -> bool:
    return score_of(query, document) is not None


def candidates_found(cases: Cases, document: Json) -> list[tuple[str, int]]:
    """Return SKU and position of the stone of each candidate that any case finds, once for each case."""
    return [
        (product["sku"], place)
        for case in cases.cases
        if is_found(case.group, document)
        for product in document["p"]
        if is_found(case.product, product)
        for place, candidate in enumerate(product["c"])
        if is_found(case.candidate, candidate)
    ]


def candidates_of(condition: Filter, group: ProductGroup, homes: Homes) -> list[tuple[str, int]]:
    """Return SKU and position of the stone of each candidate of which a filter is true."""
    return [
        (product.sku, place)
        for product in group.products
        for place, candidate in enumerate(
            with_stones(Candidate(group.group_id, group.products, product, {}, homes.currency, homes.default_currency))
        )
        if is_true(condition, candidate)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_cases_find_the_candidates_that_a_filter_is_true_of(seed):
    drawn = RandomCatalog(seed)
    slots, documents = documents_of(drawn)
    for number in range(24):
        condition = drawn.filter(number % 4)
        homes = Homes(slots, drawn.draw.choice(("USD", "EUR")), "USD")
        cases = cases_of(condition, homes)
        assert cases is not None
        for group, document in documents:
            wanted = candidates_of(condition, group, homes)
            assert sorted(candidates_found(cases, document)) == sorted(wanted)
            assert is_found(cases.documents, document) == bool(wanted)


@pytest.mark.parametrize("seed", range(6))
def test_a_group_is_in_one_case_at_most_where_groups_are_counted(seed):
    drawn = RandomCatalog(seed)
    slots, documents = documents_of(drawn)
    for _ in range(20):
        parts = tuple(drawn.draw.choice((AnyProduct, AnyStone, Not))(drawn.condition()) for _ in range(2))
        homes = Homes(slots, "USD", "USD")
        cases = cases_of(Or((And((parts[0], drawn.condition())), parts[1])), homes)
        assert cases is not None
        for _, document in documents:
            found = [case for case in cases.cases if is_found(case.document, document)]
            assert len(found) <= 1 or not cases.are_of_groups


CLARITY, CARAT, COLOR = SCHEMA.field("gemstones.clarity"), SCHEMA.field("gemstones.carat"), BUILT_IN["color"]
PEARL = Has(SCHEMA.field("gemstones.type"), frozenset({"pearl"}))
RED = Has(COLOR, frozenset({"red"}))
CLEAR = Has(CLARITY, exists=True)
HOMES = Homes(Slots(), "USD", "USD")
PEARL_QUERY = {"terms": {"p.c.f": ["gemstones.type=pearl"]}}
RED_QUERY = {"terms": {"p.c.f": ["color=red"]}}


def nested(query, path="p.c"):
    return {"nested": {"path": path, "query": query, "score_mode": "none"}}


def cases(condition: Filter) -> list[Case]:
    found = cases_of(condition, HOMES)
    assert found is not None
    return [*found.cases]


def test_a_condition_of_one_stone_is_asked_of_the_candidate():
    assert cases(And((PEARL, RED))) == [
        Case(EVERYTHING, EVERYTHING, {"bool": {"filter": [PEARL_QUERY, RED_QUERY]}}),
    ]


def test_a_condition_of_any_stone_is_asked_of_the_product():
    assert cases(Or((AnyStone(PEARL), RED))) == [
        Case(
            EVERYTHING,
            {"bool": {"should": [nested(PEARL_QUERY), nested(RED_QUERY)], "minimum_should_match": 1}},
            EVERYTHING,
        )
    ]


def test_a_condition_of_any_product_is_asked_of_the_group():
    (case,) = cases(And((AnyProduct(RED), PEARL)))
    assert case == Case(nested(RED_QUERY), EVERYTHING, PEARL_QUERY)
    assert case.document == {"bool": {"filter": [nested(RED_QUERY), nested(PEARL_QUERY)]}}


def test_what_is_true_of_any_product_or_of_this_one_has_two_cases():
    red, other = cases(Or((AnyProduct(RED), PEARL)))
    assert red == Case(nested(RED_QUERY), EVERYTHING, EVERYTHING)
    assert other == Case({"bool": {"must_not": [nested(RED_QUERY)]}}, EVERYTHING, PEARL_QUERY)


def test_two_cases_of_products_are_not_of_groups():
    found = cases_of(Or((And((AnyStone(PEARL), CLEAR)), And((Not(AnyStone(PEARL)), Not(CLEAR))))), HOMES)
    assert found is not None
    assert not found.are_of_groups
    assert [case.product for case in found.cases] == [
        nested(PEARL_QUERY),
        {"bool": {"must_not": [nested(PEARL_QUERY)]}},
    ]


def test_never_has_no_case():
    assert cases(Or(())) == []
    assert cases(And((RED, Not(And(()))))) == []
    assert cases_of(Or(()), HOMES).documents == NOTHING


def test_always_asks_nothing():
    assert cases(And(())) == [Case(EVERYTHING, EVERYTHING, EVERYTHING)]
    assert cases(AnyProduct(Not(Or(())))) == [Case(EVERYTHING, EVERYTHING, EVERYTHING)]


def test_too_many_questions_are_not_asked():
    parts = tuple(AnyStone(Has(COLOR, frozenset({str(number)}))) for number in range(MOST_QUESTIONS + 1))
    assert cases_of(And(parts[1:]), HOMES) is not None
    assert cases_of(And(parts), HOMES) is None


def test_a_price_counts_in_the_currency_of_the_search():
    price = Has(BUILT_IN["price"], ranges=((1, 5),))
    slots, _ = Slots().with_keys(["price:price"])
    (own,) = cases_of(price, Homes(slots, "USD", "USD")).cases
    (other,) = cases_of(price, Homes(slots, "EUR", "USD")).cases
    between = {"range": {"p.c.n00": {"gte": 1, "lte": 5}}}
    assert other.candidate == {"bool": {"filter": [between, {"terms": {"p.c.v": ["currency=EUR"]}}]}}
    unnamed = {"bool": {"must_not": [{"terms": {"p.c.f": ["currency"]}}]}}
    named = {"terms": {"p.c.v": ["currency=", "currency=USD"]}}
    assert own.candidate == {
        "bool": {"filter": [between, {"bool": {"should": [unnamed, named], "minimum_should_match": 1}}]}
    }


def test_numbers_without_a_slot_are_nowhere():
    assert cases(Has(CARAT, ranges=((1, 5),))) == [Case(EVERYTHING, EVERYTHING, NOTHING)]
