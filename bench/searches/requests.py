"""The questions of a shape as requests to ``/v2/search``, and as what these mean to an engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.rivals.rival import HITS, MATCHED
from bench.shapes.question import Among, Condition, Facet, Question, RangeCounts
from facetry.domain.search.fields import Schema
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.requests.context import SearchContext
from facetry.domain.search.requests.search import read_search

Json = dict[str, Any]
VALUES = 50
"""So many values of each facet are answered, as by the other engines."""
_CONTEXT = SearchContext(schema=Schema(), known=lambda _: True)


def request(question: Question) -> Json:
    """Return what is posted to ``/v2/search`` for a question."""
    body: Json = {
        "q": question.q,
        "filter": [_condition(condition) for condition in question.conditions],
        "facets": [_facet(facet) for facet in question.facets],
        "limit": HITS,
        "matched_products": MATCHED,
        "prefix": question.is_typing,
    }
    if question.order != "relevance":
        body["sort"] = ["price:asc" if question.order == "price" else "price:desc"]
    return body


def query(question: Question) -> SearchQuery:
    """Return what an engine is asked for a question."""
    return read_search(request(question), _CONTEXT).query


def _condition(condition: Condition) -> Json:
    if isinstance(condition, Among):
        return {"field": condition.field, "in": list(condition.values)}
    return {"field": condition.field, "gte": condition.low, "lte": condition.high}


def _facet(facet: Facet) -> Json:
    if isinstance(facet, RangeCounts):
        return {"field": facet.field, "ranges": list(_ranges(facet))}
    return {"field": facet.field, "type": "values", "size": VALUES}


def _ranges(facet: RangeCounts) -> Iterator[Json]:
    for number, low in enumerate(facet.bounds):
        end = {"to": facet.bounds[number + 1]} if number + 1 < len(facet.bounds) else {}
        yield {"from": low, **end}
