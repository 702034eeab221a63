"""Whether all that a search compares is in the documents of a tenant, as it is compared now."""

from __future__ import annotations

from collections.abc import Iterator

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
    has_other_types = analysis_of(query.attributes) != state.analysis
    compared = [*_compared(query, condition)]
    if any(state.is_uncertain(field) for field in compared):
        return False
    if has_other_types and any(_is_without_slot(field, state) for field in compared):
        return False
    sorted_by = [key.field for key in query.sort if isinstance(key, SortByField)]
    if any(_is_without_slot(field, state) for field in sorted_by):
        return False
    whole = {field.name for field in sorted_by} | {facet_field(facet).name for facet in query.facets}
    return not whole & state.long


def _compared(query: SearchQuery, condition: Filter) -> Iterator[Field]:
    """Yield the fields whose numbers or order a search looks at."""
    asked = parts_of(And((query.scope, query.filter, condition)))
    yield from (part.field for part in asked if part.ranges)
    yield from (facet_field(facet) for facet in query.facets if isinstance(facet, RangesFacet | HistogramFacet))
    yield from (key.field for key in query.sort if isinstance(key, SortByField))


def _is_without_slot(field: Field, state: TenantState) -> bool:
    """Return whether a field that products have values of is put in order nowhere."""
    return field.name in state.known and state.homes().of(field) is None
