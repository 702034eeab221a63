"""Searches that documents cannot answer exactly: groups that may match are fetched and the definition is evaluated."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.group import ProductGroup
from facetry.domain.search.evaluation import evaluate
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import conjuncts
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.text.correction import did_you_mean
from facetry.domain.search.text.expansion import ReadingPlan, readings
from facetry.domain.search.text.naive import Matching, analysed
from facetry.engines.lucene.answerable import is_condition_answerable
from facetry.engines.lucene.conditions import Homes, cases_of
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.opening_cases import TRUE
from facetry.engines.lucene.ordering import BY_GROUP
from facetry.engines.lucene.pages import found_groups, shared_condition
from facetry.engines.lucene.queries import Query, all_of, any_of
from facetry.engines.lucene.readings import Ask
from facetry.engines.lucene.tenant_state import TenantState
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.tiers import TextQueries
from facetry.engines.lucene.vocabulary import Facts, NotingVocabulary, answers, question_bodies

MOST_GROUPS = 10_000
"""Of more groups such a search is refused."""
PAGE_GROUPS = 500
"""So many groups come at once."""


async def evaluated(query: SearchQuery, tenant: str, state: TenantState, ask: Ask) -> SearchResult:
    """Return the answer of a search by evaluating it over all groups that may match.

    Raises:
        SearchError: These are more than ``MOST_GROUPS``.
    """
    terms = Terms(tenant, active_only=query.active_only)
    plans, meant = await _plans(query, terms, ask)
    queries = TextQueries(query, terms)
    texts = any_of([queries.found(plan, 0) for plan in plans])
    groups = await _groups(all_of([{"term": {"tenant": tenant}}, _may_pass(query, state), texts]), ask)
    matching = Matching(query, analysed(groups, query.language, Schema(query.attributes).silent))
    attempts = (matching.attempt(plan) for plan in plans)
    return msgspec.structs.replace(evaluate(query, state.revision, groups, attempts, matching), did_you_mean=meant)


async def _plans(query: SearchQuery, terms: Terms, ask: Ask) -> tuple[tuple[ReadingPlan, ...], str]:
    """Return all readings of a search's text, and the text put right."""
    facts: Facts = {}
    while True:
        vocabulary = NotingVocabulary(facts)
        plans = tuple(readings(query, vocabulary))
        meant = did_you_mean(query, vocabulary)
        unknown = vocabulary.unknown
        if not unknown:
            return plans, meant
        facts |= answers(unknown, await ask(question_bodies(unknown, terms)), terms.tenant)


def _may_pass(query: SearchQuery, state: TenantState) -> Query:
    """Return a query of all groups that hits and facets may need, made of what documents can answer."""
    homes = Homes(state.homes(), query.currency, query.default_currency)
    parts = conjuncts(shared_condition(query, TRUE))
    asked = (cases_of(part, homes) for part in parts if is_condition_answerable(part, query, state))
    return all_of([cases.documents for cases in asked if cases])


async def _groups(query: Query, ask: Ask) -> Sequence[ProductGroup]:
    groups: list[ProductGroup] = []
    body: Json = {
        "query": query,
        "sort": [BY_GROUP],
        "size": PAGE_GROUPS,
        "_source": ["body"],
        "track_total_hits": True,
    }
    while True:
        (answer,) = await ask([body])
        hits = answer["hits"]["hits"]
        if answer["hits"].get("total", {"value": 0})["value"] > MOST_GROUPS:
            raise SearchError(
                "", f"asks what the search engine cannot count, of more than {MOST_GROUPS} groups; ask for less"
            )
        groups += found_groups(answer)
        if len(hits) < PAGE_GROUPS:
            return groups
        body = body | {"search_after": hits[-1]["sort"], "track_total_hits": False}
