"""What callers see who may not see what is inactive."""

from __future__ import annotations

import msgspec

from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import EVERYTHING, And, AnyProduct, AnyStone, Filter, Has, Not, Or
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchHit

ACTIVE: Filter = Has(BUILT_IN["active"], ranges=((1, 1),))
_OF_MAIN_PRODUCT = ("name", "description")


def scope_of(*, may_only_search: bool) -> Filter:
    """Return what products a caller sees."""
    return ACTIVE if may_only_search else EVERYTHING


def visible_query(query: SearchQuery) -> SearchQuery:
    """Return a search that asks of active products only, also where it asks of any product of a group."""
    return msgspec.structs.replace(query, filter=_asking_of_active(query.filter), active_only=True)


def visible_highlights(hit: SearchHit, default_currency: str) -> dict[str, str]:
    """Return the marked texts of a hit that the active products of its group have too."""
    group = hit.group
    visible = visible_group(group, default_currency)
    if visible is group:
        return hit.highlights
    return {
        field: text
        for field, text in hit.highlights.items()
        if field in _OF_MAIN_PRODUCT and getattr(group, field) == getattr(visible, field)
    }


def visible_group(group: ProductGroup, default_currency: str) -> ProductGroup:
    """Return a group as if it had no other products than its active ones; one that comes without products as it is."""
    visible = active_part(group, default_currency)
    assert visible is not None  # noqa: S101 - a group without active products is no hit and no offer
    return visible


def _asking_of_active(condition: Filter) -> Filter:
    match condition:
        case And() | Or():
            return type(condition)(tuple(map(_asking_of_active, condition.parts)))
        case Not() | AnyStone():
            return type(condition)(_asking_of_active(condition.part))
        case AnyProduct():
            return AnyProduct(And((ACTIVE, _asking_of_active(condition.part))))
        case Has():
            return condition
