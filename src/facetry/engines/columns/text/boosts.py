"""What a tenant's boosts add to the groups of a part; ``domain.search.text.boosting`` defines it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.domain.money import SCALE
from facetry.domain.search.fields import Field, Kind, Level, Schema
from facetry.domain.search.filters import NUMBER_FIELDS
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.values import LOWEST
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search.columns import Money, number_column, value_column
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.segment import Ints, Longs, Segment

Floats = NDArray[np.float64]
NO_BOOSTS: Floats = np.empty(0, np.float64)
_DAY = 86_400_000_000.0
_SIGN = 2**63 - 1


class Boosts:
    """The boosts of a query's rules."""

    def __init__(self, query: SearchQuery, dictionaries: Dictionaries, deadline: Deadline) -> None:
        """Look up numbers in a tenant's dictionaries."""
        schema = Schema(query.attributes)
        self._boosts = [(boost, schema.field(boost.field)) for boost in query.rules.boosts]
        self._money = Money(query.currency, query.default_currency, dictionaries)
        self._dictionaries = dictionaries
        self._deadline = deadline

    def of(self, segment: Segment) -> Floats:
        """Return what all boosts add to each group of a segment; nothing at all where there are none."""
        if not self._boosts:
            return NO_BOOSTS
        total = np.zeros(len(segment), np.float64)
        for boost, field in self._boosts:
            highest = self._highest(segment, field)
            known = highest != LOWEST
            # The same operations in the same order as ``ranking.boost_share``.
            number = np.maximum(_numbers(field, highest[known]), 0.0)
            total[known] += boost.weight * (number / (number + boost.pivot))
        return total

    def _highest(self, segment: Segment, field: Field) -> Longs:
        """Return the highest number key of each group's products, LOWEST for none."""
        if field.name in NUMBER_FIELDS:
            key = ("highest", field.name, self._money.codes)
            return segment.cached(key, lambda: _highest_number(segment, field, self._money))
        return segment.cached(
            ("highest", field.name, field.kind, field.scale), lambda: self._highest_value(segment, field)
        )

    def _highest_value(self, segment: Segment, field: Field) -> Longs:
        highest = np.full(len(segment), LOWEST, np.int64)
        column = value_column(segment, field)
        if column:
            rows, codes = column.pairs()
            numbers = self._dictionaries[field.name].meanings.numbers(field, self._deadline.check)
            groups = _owners(segment.product_starts, rows)
            if field.level is Level.STONE:
                groups = _owners(segment.product_starts, _owners(segment.stone_starts, rows))
            np.maximum.at(highest, groups, numbers[codes])
        return highest


def _highest_number(segment: Segment, field: Field, money: Money) -> Longs:
    return np.maximum.reduceat(number_column(segment, field, money), segment.product_starts[:-1])


def _owners(starts: Ints, members: Ints) -> Ints:
    return (np.searchsorted(starts, members, side="right") - 1).astype(np.int32)


def _numbers(field: Field, keys: Longs) -> Floats:
    """Return the numbers that number keys stand for, see ``boosting.number_value``."""
    if field.kind is Kind.PRICE:
        return keys / SCALE
    if field.kind is Kind.DATE:
        return keys / _DAY
    if field.kind in {Kind.INTEGER, Kind.BOOLEAN, Kind.SCALE}:
        return keys.astype(np.float64)
    # Keys of floats are their bits, those of negative ones turned, see ``values.float_key``.
    return np.where(keys >= 0, keys, keys ^ _SIGN).view(np.float64)
