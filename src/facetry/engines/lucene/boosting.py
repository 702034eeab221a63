"""A tenant's boosts as queries that add steps to scores: the more, the higher a group's highest number is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from facetry.domain.money import SCALE
from facetry.domain.search.fields import Field, Kind, Schema
from facetry.domain.search.filters import Filter, Has
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.rules import Boost
from facetry.domain.search.values import HIGHEST, LOWEST, float_key
from facetry.engines.lucene.queries import NOTHING, Query

BOOST_STEPS = 768
"""All boosts together add at most so many steps."""
LEVELS = 16
"""What one boost adds is told apart by so many parts."""
_DAY = 86_400_000_000


def boost_queries(query: SearchQuery, passing: Callable[[Filter], Query], step: float) -> list[Query]:
    """Return queries whose scores are what boosts add to a group, in levels: it has all up to the one that it reaches.

    Args:
        query: What is asked.
        passing: Returns the query of groups any product of which fulfils a condition.
        step: What a step scores.
    """
    schema, boosts = Schema(query.attributes), query.rules.boosts
    together = sum(boost.weight for boost in boosts) or 1.0
    found: list[Query] = []
    for boost in boosts:
        steps = int(BOOST_STEPS / LEVELS * boost.weight / together)
        conditions = _levels(schema.field(boost.field), boost) if steps else ()
        reached = (passing(condition) for condition in conditions)
        found += ({"constant_score": {"filter": one, "boost": steps * step}} for one in reached if one != NOTHING)
    return found


def _levels(field: Field, boost: Boost) -> Iterator[Filter]:
    """Yield the condition of each level: the share that the definition gives a number is one part larger."""
    for level in range(1, LEVELS):
        key = number_key(field, boost.pivot * level / (LEVELS - level))
        if key is not None:
            yield Has(field, ranges=((key, HIGHEST),))


def number_key(field: Field, number: float) -> int | None:
    """Return the least key of a field that stands for a number or more, see ``boosting.number_value``; None above."""
    match field.kind:
        case Kind.PRICE:
            key = number * SCALE
        case Kind.DATE:
            key = number * _DAY
        case Kind.INTEGER | Kind.BOOLEAN | Kind.SCALE:
            key = number
        case _:
            return float_key(number)
    return math.ceil(key) if LOWEST < key < HIGHEST else None
