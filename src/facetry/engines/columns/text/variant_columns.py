"""The texts that tell the products of groups apart, numbered: see ``domain.search.text.variants``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from facetry.domain.group import ProductGroup
from facetry.domain.search.text.variants import alike_texts, variant_texts
from facetry.engines.columns.segment import Ints
from facetry.engines.columns.text.number_columns import Column, interleaved, numbers_in, numbers_of, scattered

_MANY = 16
"""So many groups of one product with the same attributes are looked at column by column, which is quicker then."""
_REPEATED = 2
"""Texts that come so often on average are worth a dictionary of their own."""
_Placed = tuple[list[int], Column]


def variant_columns(groups: Sequence[ProductGroup], numbering: Mapping[str, int]) -> tuple[Column, Column]:
    """Return the columns of ``variant_texts``: of values, of which a group may have some twice, and of names."""
    alike: dict[tuple[str, ...], list[int]] = {}
    others: list[int] = []
    for place, group in enumerate(groups):
        names = _attribute_names(group)
        if names is None:
            others.append(place)
        else:
            alike.setdefault(names, []).append(place)
    values: list[_Placed] = []
    for places in alike.values():
        found = _alike_values([groups[place] for place in places], numbering) if len(places) >= _MANY else None
        if found is None:
            others += places
        else:
            values.append((places, found))
    names_of = (np.empty(0, np.int32), np.zeros(len(groups), np.int64))
    if others:
        others.sort()
        own_values, own_names = _one_by_one([groups[place] for place in others], numbering)
        values.append((others, own_values))
        names_of = scattered([(others, own_names)], len(groups))
    return scattered(values, len(groups)), names_of


def _attribute_names(group: ProductGroup) -> tuple[str, ...] | None:
    """Return the names of the attributes of a group that has one product and no other texts; None of all others."""
    if len(group.products) != 1:
        return None
    product = group.products[0]
    if not product.attributes or product.metals or product.gemstones or product.name != group.name:
        return None
    return tuple(product.attributes)


def _alike_values(groups: Sequence[ProductGroup], numbering: Mapping[str, int]) -> Column | None:
    """Return the values of groups of one product each, whose attributes have the same names in the same order."""
    columns = alike_texts([group.products[0].attributes or {} for group in groups])
    if columns is None:
        return None
    own = _side_by_side([_numbers(column, numbering) for column in columns], len(groups))
    colors, sizes = ([group.colors for group in groups], [group.sizes for group in groups])
    numbers, ends = interleaved([numbers_of(colors, numbering), numbers_of(sizes, numbering), own])
    return numbers, np.diff(ends[:, -1], prepend=0)


def _numbers(texts: Sequence[str], numbering: Mapping[str, int]) -> Ints:
    """Return the number of each text."""
    distinct = dict.fromkeys(texts)
    known = numbering
    if _REPEATED * len(distinct) <= len(texts):
        # A small dictionary is quicker to read than one of all texts.
        known = dict(zip(distinct, map(numbering.__getitem__, distinct), strict=True))
    return np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))


def _side_by_side(columns: Sequence[Ints], rows: int) -> Column:
    """Return one column of several that have one number a row each."""
    own = np.stack(columns, axis=1).ravel() if columns else np.empty(0, np.int32)
    return own, np.full(rows, len(columns), np.int64)


def _one_by_one(groups: Sequence[ProductGroup], numbering: Mapping[str, int]) -> tuple[Column, Column]:
    flat_values: list[str] = []
    flat_names: list[str] = []
    counts: list[int] = []
    name_counts: list[int] = []
    for group in groups:
        values, names = variant_texts(group)
        # What stays in lists of its own is looked through by the collector of garbage again and again.
        flat_values += values
        flat_names += names
        counts.append(len(values))
        name_counts.append(len(names))
    return numbers_in(flat_values, counts, numbering), numbers_in(flat_names, name_counts, numbering)
