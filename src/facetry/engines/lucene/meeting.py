"""What groups hold that a tenant's state has to know before they are written."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.fields import Schema
from facetry.domain.search.values import product_texts
from facetry.engines.lucene.candidate_facts import GROUP_ID, NUMERIC, TEXTUAL, given
from facetry.engines.lucene.facts import is_long
from facetry.engines.lucene.slots import slot_key


class Met(msgspec.Struct):
    """What the groups that were looked at hold.

    Attributes:
        fields: Full names of attributes and properties of parts with any value.
        slots: Keys of slots that these need so that they can be compared and sorted.
        long: Full names of fields with values that are too long to be counted and sorted by.
    """

    fields: set[str] = msgspec.field(default_factory=set)
    slots: set[str] = msgspec.field(default_factory=set)
    long: set[str] = msgspec.field(default_factory=set)


def look_at(groups: Iterable[ProductGroup], schema: Schema) -> Met:
    """Return what some groups hold, so that there are slots for it before they are written."""
    met = Met()
    for group in groups:
        for product in group.products:
            _look_at_product(product, met)
    met.slots |= {slot_key(schema.field(name)) for name in met.fields}
    return met


@cache
def built_in_slots() -> frozenset[str]:
    """Return the keys of the slots that every tenant has."""
    return frozenset(slot_key(field) for field in (GROUP_ID, *TEXTUAL, *NUMERIC))


def _look_at_product(product: Product, met: Met) -> None:
    for field in TEXTUAL:
        if any(map(is_long, product_texts(field, product))):
            met.long.add(field.name)
    for name, texts in given(product):
        met.fields.add(name)
        if any(map(is_long, texts)):
            met.long.add(name)
