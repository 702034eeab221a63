"""A page of hits, with totals and facets, as one search of documents."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.search.evaluation import facet_condition
from facetry.domain.search.filters import And, Filter, conjuncts
from facetry.domain.search.query import SearchQuery
from facetry.engines.lucene.conditions import Cases, Homes, cases_of
from facetry.engines.lucene.counting import Aggregations, Answer, counted, innermost, over_products
from facetry.engines.lucene.documents import unpacked
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.facets import FacetPlan, aggregations, planned
from facetry.engines.lucene.opening_cases import simplified
from facetry.engines.lucene.ordering import Order, Value, ordered
from facetry.engines.lucene.queries import EVERYTHING, Query, all_of, one_of
from facetry.engines.lucene.readings import Response
from facetry.engines.lucene.tiers import domain_score

MOST_KEYS = 10_000
"""So many hits come at once where all are needed to know their order."""
_PRODUCTS = "products"
_SEPARATOR = "/"


class PagePlan(msgspec.Struct, frozen=True):
    """How the page of a search is asked for.

    Attributes:
        query: What is asked.
        tenant: Whose groups.
        passing: Of which candidates hits are made.
        facets: What is counted.
        order: Of hits.
        shared: The query of documents that pass what hits and all facets ask for.
    """

    query: SearchQuery
    tenant: str
    passing: Cases
    facets: tuple[FacetPlan, ...]
    order: Order
    shared: Query


def plan_page(query: SearchQuery, tenant: str, condition: Filter, homes: Homes) -> PagePlan | None:
    """Return how a search is asked of documents, None where they cannot answer it exactly.

    Args:
        query: What is asked.
        tenant: Whose groups.
        condition: What was understood of its text.
        homes: Where numbers are.
    """
    passing = cases_of(And((query.scope, query.filter, condition)), homes)
    counted = [cases_of(And((facet_condition(query, facet), condition)), homes) for facet in query.facets]
    facets = [planned(facet, cases, homes) for facet, cases in zip(query.facets, counted, strict=True) if cases]
    order = ordered(query, passing, homes) if passing else None
    shared = cases_of(shared_condition(query, condition), homes)
    if passing is None or order is None or shared is None or None in counted or None in facets:
        return None
    kept = tuple(plan for plan in facets if plan)
    return PagePlan(query, tenant, passing, kept, order, shared.documents)


def shared_condition(query: SearchQuery, condition: Filter) -> Filter:
    """Return what hits and all that facets count fulfil, of a search whose text was understood as a condition."""
    of_facets = [frozenset(conjuncts(simplified(facet_condition(query, facet)))) for facet in query.facets]
    own = conjuncts(simplified(And((query.scope, query.filter))))
    return And((condition, *(part for part in own if all(part in parts for parts in of_facets))))


def page_body(plan: PagePlan, scored: Query) -> Json:
    """Return the search of a page.

    Args:
        plan: How it is asked for.
        scored: The query of documents with enough of the words, whose score is their relevance.
    """
    query = plan.query
    body = _body(plan, scored) | {"aggs": _aggregations(plan), "track_total_hits": True}
    if plan.shared != plan.passing.documents:
        body["post_filter"] = plan.passing.documents
    if not query.limit:
        return body | {"size": 0}
    if plan.order.is_random:
        return body | _keys(plan, None)
    # Where a search goes on behind a hit, it cannot skip any.
    skipped = {"size": query.offset + query.limit} if query.after else {"size": query.limit, "from": query.offset}
    return (
        body | _sorted(plan, plan.order.after(query.after) if query.after else None) | skipped | {"_source": ["body"]}
    )


def keys_body(plan: PagePlan, scored: Query, after: Sequence[Value]) -> Json:
    """Return the search of further keys of hits, behind those that were found before, in an order of its own."""
    body = _body(plan, scored) | {"post_filter": plan.passing.documents, "track_total_hits": False}
    return body | _keys(plan, after)


def is_all(hits: Sequence[Response]) -> bool:
    """Return whether no keys come behind those of some hits."""
    return len(hits) < MOST_KEYS


def groups_body(plan: PagePlan, group_ids: Sequence[str]) -> Json:
    """Return the search of some groups by their ids."""
    query = all_of([{"term": {"tenant": plan.tenant}}, one_of("group", group_ids)])
    return {"query": query, "size": len(group_ids), "track_total_hits": False, "_source": ["body"]}


def counting_body(plan: PagePlan, scored: Query, asked: Aggregations) -> Json:
    """Return the search that only counts more for a facet."""
    return _body(plan, scored) | {"size": 0, "track_total_hits": False, "aggs": asked}


def named(name: str, cases: Aggregations) -> Aggregations:
    """Return aggregations, one a case, by a name of what they are for."""
    return {f"{name}{_SEPARATOR}{case}": asked for case, asked in cases.items()}


def case_answers(answer: Response, name: str) -> Answer:
    """Return what was answered to the aggregations that were given a name, by case."""
    beginning = name + _SEPARATOR
    given = answer.get("aggregations", {}).items()
    return {case[len(beginning) :]: found for case, found in given if case.startswith(beginning)}


def facet_answers(plan: PagePlan, answer: Response) -> list[Answer]:
    """Return what was answered to each facet, by case."""
    return [case_answers(answer, str(place)) for place in range(len(plan.facets))]


def total_products(answer: Response) -> int:
    """Return how many products match."""
    return sum(map(counted, innermost(case_answers(answer, _PRODUCTS))))


def found_groups(answer: Response) -> list[ProductGroup]:
    """Return the groups that a search found, in its order."""
    return [unpacked(hit["_source"]["body"]) for hit in answer["hits"]["hits"]]


def found_scores(answer: Response) -> dict[str, float]:
    """Return the relevance of the groups that a search found, by their ids."""
    return {hit["sort"][-1]: domain_score(hit["_score"]) for hit in answer["hits"]["hits"]}


def _body(plan: PagePlan, scored: Query) -> Json:
    tenant: Query = {"term": {"tenant": plan.tenant}}
    shared = [] if plan.shared == EVERYTHING else [plan.shared]
    return {"query": {"bool": {"must": [scored], "filter": [tenant, *shared]}}}


def _sorted(plan: PagePlan, after: Sequence[Value] | None) -> Json:
    begin = {} if after is None else {"search_after": [*after]}
    return {"sort": plan.order.sort, "track_scores": True, **begin}


def _keys(plan: PagePlan, after: Sequence[Value] | None) -> Json:
    return _sorted(plan, after) | {"size": MOST_KEYS, "_source": False}


def _aggregations(plan: PagePlan) -> Aggregations:
    asked = named(_PRODUCTS, over_products(plan.passing))
    for place, facet in enumerate(plan.facets):
        asked |= named(str(place), aggregations(facet, len(plan.facets)))
    return asked
