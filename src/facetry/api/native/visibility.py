"""What callers see who may not see what is inactive."""

from __future__ import annotations

import msgspec

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
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
    return msgspec.structs.replace(query, filter=_asking_of_active(query.filter), mixed_groups=True)


def visible_hit(hit: SearchHit, default_currency: str) -> SearchHit:
    """Return a hit of ``visible_query`` as if its group had no other products than active ones.

    Marked texts stay where they are of a text that the rest of the group has too.
    """
    group = hit.group
    visible = visible_group(group, default_currency)
    if visible is group:
        return hit
    kept = {
        field: text
        for field, text in hit.highlights.items()
        if field in _OF_MAIN_PRODUCT and _is_same(field, group, visible)
    }
    return msgspec.structs.replace(hit, group=visible, highlights=kept)


def visible_group(group: ProductGroup, default_currency: str) -> ProductGroup:
    """Return a group as if it had no other products than its active ones; one that comes without products as it is."""
    active = [product for product in group.products if product.active]
    if len(active) == len(group.products):
        return group
    return derive_group(GroupIdentity(group.group_id, group.object_id, group.revision), active, default_currency)


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


def _is_same(field: str, group: ProductGroup, visible: ProductGroup) -> bool:
    return bool(getattr(group, field) == getattr(visible, field))
