"""What a tenant's boosts add to the score of a group: by the highest number that any of its products has."""

from __future__ import annotations

from collections.abc import Iterator

from facetry.domain.group import ProductGroup
from facetry.domain.money import SCALE
from facetry.domain.search.fields import Field, Kind, Schema
from facetry.domain.search.filters import NO_STONE, Candidate, candidate_numbers, with_stones
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import boost_share
from facetry.domain.search.values import key_float

_DAY = 86_400_000_000.0


def boost_sum(query: SearchQuery, schema: Schema, group: ProductGroup) -> float:
    """Return the sum of a group's boosts, in the order of the rules; a boost without a number adds nothing."""
    total = 0.0
    for boost in query.rules.boosts:
        field = schema.field(boost.field)
        highest = max(_numbers(query, field, group), default=None)
        if highest is not None:
            total += boost_share(boost.weight, boost.pivot, number_value(field, highest))
    return total


def number_value(field: Field, key: int) -> float:
    """Return the number that a number key stands for: prices in units of the currency, dates in days since 1970."""
    if field.kind is Kind.PRICE:
        return key / SCALE
    if field.kind is Kind.DATE:
        return key / _DAY
    return float(key) if field.kind in {Kind.INTEGER, Kind.BOOLEAN, Kind.SCALE} else key_float(key)


def _numbers(query: SearchQuery, field: Field, group: ProductGroup) -> Iterator[int]:
    for product in group.products:
        one = Candidate(group.group_id, group.products, product, NO_STONE, query.currency, query.default_currency)
        for candidate in with_stones(one):
            yield from candidate_numbers(field, candidate)
