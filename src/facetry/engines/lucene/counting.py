"""Aggregations over the candidates of which a filter is true, case by case, and their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from facetry.domain.search.query import CountLevel
from facetry.engines.lucene.conditions import Case, Cases
from facetry.engines.lucene.queries import CANDIDATE, EVERYTHING, PRODUCT, Query

Aggregations = dict[str, Any]
Answer = Mapping[str, Any]
_INSIDE, _COUNTED = "inside", "counted"


def over_candidates(cases: Cases, asked: Aggregations) -> dict[str, Query]:
    """Return aggregations over all candidates of which a filter is true, one a case, by names of ours."""
    return {str(number): _of_candidates(case, asked) for number, case in enumerate(cases.cases)}


def over_products(cases: Cases) -> dict[str, Query]:
    """Return aggregations that count the products of which a filter is true, one a case."""
    return {str(number): _of_products(case) for number, case in enumerate(cases.cases)}


def innermost(answers: Answer) -> Iterator[Answer]:
    """Yield what was answered to that which was asked, case by case."""
    for answer in answers.values():
        inner = answer
        while _INSIDE in inner:
            inner = inner[_INSIDE]
        yield inner


def units(level: CountLevel) -> Aggregations:
    """Return the aggregation that counts each group, or each product, of some candidates once."""
    return {_COUNTED: {"reverse_nested": {} if level is CountLevel.GROUP else {"path": PRODUCT}}}


def counted(answer: Answer) -> int:
    """Return how many groups or products there are, see ``units``; of ``over_products`` what an answer counts."""
    count: int = answer.get(_COUNTED, answer)["doc_count"]
    return count


def _of_candidates(case: Case, asked: Aggregations) -> Query:
    inner = _nested(CANDIDATE, _filtered(case.candidate, asked))
    if case.product != EVERYTHING:
        inner = _nested(PRODUCT, _filtered(case.product, inner))
    return _whole(_filtered(case.group, inner))


def _of_products(case: Case) -> Query:
    if case.candidate != EVERYTHING:
        return _of_candidates(case, units(CountLevel.PRODUCT))
    return _whole(_filtered(case.group, _nested(PRODUCT, _filtered(case.product, {}))))


def _whole(asked: Aggregations) -> Query:
    aggregation: Query = asked[_INSIDE]
    return aggregation


def _nested(path: str, asked: Aggregations) -> Aggregations:
    return {_INSIDE: {"nested": {"path": path}, "aggs": asked}}


def _filtered(query: Query, asked: Aggregations) -> Aggregations:
    return asked if query == EVERYTHING else {_INSIDE: {"filter": query, "aggs": asked}}
