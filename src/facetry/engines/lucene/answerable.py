"""Whether all that a search compares is in the documents of a tenant, as it is compared now."""

from __future__ import annotations

from facetry.domain.search.counting import facet_field
from facetry.domain.search.fields import Field
from facetry.domain.search.filters import And, Filter
from facetry.domain.search.query import HistogramFacet, RangesFacet, SearchQuery, SortByField
from facetry.engines.lucene.opening_cases import parts_of
from facetry.engines.lucene.tenant_state import TenantState, analysis_of


def is_answerable(query: SearchQuery, condition: Filter, state: TenantState) -> bool:
    """Return whether documents hold all that a search compares.

    Args:
        query: What is asked.
        condition: What was understood of its text.
        state: How the documents are made.
    """
    counted = [facet_field(facet) for facet in query.facets]
    ranged = [facet.field for facet in query.facets if isinstance(facet, RangesFacet | HistogramFacet)]
    sorts = [key.field for key in query.sort if isinstance(key, SortByField)]
    whole = {field.name for field in (*counted, *sorts)}
    return (
        is_condition_answerable(And((query.scope, query.filter, condition)), query, state)
        and all(_is_held(field, query, state) for field in (*ranged, *sorts))
        and not any(_is_without_slot(field, state) for field in sorts)
        and not whole & state.long
    )


def is_condition_answerable(condition: Filter, query: SearchQuery, state: TenantState) -> bool:
    """Return whether documents hold all numbers that a condition of a search compares."""
    return all(_is_held(part.field, query, state) for part in parts_of(condition) if part.ranges)


def _is_held(field: Field, query: SearchQuery, state: TenantState) -> bool:
    """Return whether all documents hold the numbers of a field, as they compare now."""
    if state.is_uncertain(field):
        return False
    return analysis_of(query.attributes) == state.analysis or not _is_without_slot(field, state)


def _is_without_slot(field: Field, state: TenantState) -> bool:
    """Return whether a field that products have values of is put in order nowhere."""
    return field.name in state.known and state.homes().of(field) is None
