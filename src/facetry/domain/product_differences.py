"""Where two states of a product differ, and the patch that leads from one to the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import UNSET

from facetry.domain.patching import ProductPatch, TradePatch
from facetry.domain.product import Product, ProductContent, completed
from facetry.domain.trade import Trade

ATTRIBUTES = "attributes"
FLAT = tuple(name for name in ProductContent.__struct_fields__ if name not in {"sku", ATTRIBUTES, "trade"})
"""The fields that are compared as a whole; attributes and what a back office keeps are compared one by one."""
Place = tuple[str, ...]
"""A field, or ``attributes`` and the name of one."""


def values_of(product: ProductContent) -> dict[Place, object]:
    """Return what a product has, by place."""
    found: dict[Place, object] = {(name,): getattr(product, name) for name in FLAT}
    for name in ("metals", "gemstones"):
        found[name,] = found[name,] or ()
    found |= {(ATTRIBUTES, name): value for name, value in (product.attributes or {}).items()}
    trade = product.trade or Trade()
    return found | {(name,): getattr(trade, name) for name in trade.__struct_fields__}


def differing(before: Mapping[Place, object], after: Mapping[Place, object]) -> Iterator[Place]:
    """Yield the places at which two products differ, those of the first one first."""
    for place in [*before, *(place for place in after if place not in before)]:
        if differ(before.get(place), after.get(place)):
            yield place


def differ(one: object, other: object) -> bool:
    """Return whether two values differ as JSON, in which 1 is another value than 1.0 and true."""
    return one is not other and msgspec.json.encode(one) != msgspec.json.encode(other)


def patch_of(values: Mapping[Place, object]) -> ProductPatch:
    """Return the patch that gives a product these values; an attribute with None goes."""
    fields = {place[0]: value for place, value in values.items() if place[0] in FLAT}
    trade = {place[0]: value for place, value in values.items() if place[0] in TradePatch.__struct_fields__}
    attributes = {place[1]: value for place, value in values.items() if place[0] == ATTRIBUTES}
    return ProductPatch(
        attributes=attributes or UNSET,  # type: ignore[arg-type]  # values of attributes
        trade_changes=TradePatch(**trade) if trade else UNSET,  # type: ignore[arg-type]  # fields of it
        **fields,  # type: ignore[arg-type]  # likewise
    )


def patch_to(product: Product, content: ProductContent) -> ProductPatch:
    """Return the patch that makes a product all that a content says; an empty one where it is that already.

    Raises:
        InvalidValueError: The content breaks a rule of the domain.
    """
    before, after = values_of(product), values_of(completed(content))
    return patch_of({place: after.get(place) for place in differing(before, after)})
