"""The order of hits as integers: each key of the sort gives every hit one, and lower ones come first."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import Field
from facetry.domain.search.ordering import sortable
from facetry.domain.search.query import SortAtRandom, SortByField, SortByRelevance, SortKey
from facetry.domain.search.values import HIGHEST, float_key
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.kernels.collecting import lowest_or_highest
from facetry.engines.columns.meanings import Order
from facetry.engines.columns.search.columns import Money
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.found import Listed
from facetry.engines.columns.search.reading import Numbers, codes_of, is_number_field, numbers_of, translated
from facetry.engines.columns.segment import MISSING

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Value = float | int | str | None
NO_VALUE = HIGHEST
"""The key of a hit without a value, in both directions; no value has it."""
_SIGN = np.int64(HIGHEST)


@dataclass(frozen=True, slots=True)
class Sorting:
    """Turns values into keys of one search's order, and back."""

    dictionaries: Dictionaries
    money: Money
    deadline: Deadline
    _orders: dict[str, Order] = field(default_factory=dict)

    def field_keys(self, key: SortByField, listed: Listed) -> Longs:
        """Return the key of each list of rows found, by the field of a sort."""
        numbers = self.field_numbers(key.field, listed)
        found = np.empty(len(numbers.starts) - 1, np.int64)
        self.deadline.check()
        lowest_or_highest(numbers.numbers, numbers.starts, MISSING, key.descending, found)
        return directed(found, descending=key.descending)

    def field_numbers(self, field: Field, listed: Listed) -> Numbers:
        """Return numbers in the order of a field's values: the numbers themselves, or twice the ranks of values."""
        if is_number_field(field):
            return numbers_of(listed, field, self.money)
        codes = codes_of(listed, field)
        if codes is None:
            return Numbers(np.full(listed.rows.size, MISSING), listed.rows.starts, listed.units)
        order = self._order(field)
        return translated(codes, np.concatenate([[MISSING], 2 * order.ranks.astype(np.int64)]))

    def key_of(self, key: SortKey, value: Value) -> int:
        """Return the key of a value in a position."""
        if value is None:
            return NO_VALUE
        if isinstance(key, SortByRelevance):
            return ~(float_key(float(value)) or 0)
        if isinstance(key, SortAtRandom):
            return int(value)
        number = self._number_of(key.field, value)
        return ~number if key.descending else number

    def value_of(self, key: SortKey, number: int) -> Value:
        """Return the value that a key of a hit stands for; not of relevance."""
        if number == NO_VALUE:
            return None
        if not isinstance(key, SortByField):
            return number
        plain = ~number if key.descending else number
        if is_number_field(key.field):
            return plain
        code = self._order(key.field).heads[plain // 2]
        return sortable(key.field, self.dictionaries[key.field.name].values_by_code[code])

    def _number_of(self, field: Field, value: float | str) -> int:
        if is_number_field(field):
            return int(value)
        if field.name not in self.dictionaries:
            return 0
        return self.dictionaries[field.name].meanings.place(field, self._order(field), value)

    def _order(self, field: Field) -> Order:
        """Return the order of a field's values, one for the whole search: a write meanwhile adds some and moves all."""
        known = self._orders.get(field.name)
        if known is None:
            known = self._orders[field.name] = self.dictionaries[field.name].meanings.order(field, self.deadline.check)
        return known


def directed(numbers: Longs, *, descending: bool) -> Longs:
    """Return keys of numbers; a missing one comes last in both directions."""
    return np.where(numbers == MISSING, NO_VALUE, ~numbers if descending else numbers)


def score_keys(scores: Floats) -> Longs:
    """Return keys of scores, the highest first; see ``values.float_key``."""
    # Adding zero makes one zero of both.
    bits = (scores + 0.0).view(np.int64)
    is_negative = bits < 0
    return ~np.where(is_negative, bits ^ _SIGN, bits) if is_negative.any() else ~bits


def random_keys(seed: int, hashes: Longs) -> Longs:
    """Return keys of hits; see ``ordering.random_key``."""
    mixed = hashes.view(np.uint64) ^ np.uint64(seed & (2**64 - 1))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).view(np.int64)
