"""Filters over the candidates of one part: which products, and which gemstones, a tree of conditions is true of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_
from typing import cast

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import Kind, Level
from facetry.domain.search.filters import NUMBER_FIELDS, And, AnyProduct, AnyStone, Filter, Has, Not, Or
from facetry.domain.search.values import HIGHEST, LOWEST
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.kernels.filtering import (
    fail,
    fail_codes,
    keep_any,
    keep_codes,
    keep_members,
    keep_numbers,
    keep_sparse,
)
from facetry.engines.columns.search.candidates import Candidates, Rows
from facetry.engines.columns.search.columns import Money, flag_column, number_column, small_codes, value_column
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.segment import GROUP_ID, MISSING
from facetry.engines.columns.table import ValueColumn

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]
NAMES = frozenset({"sku", GROUP_ID})
"""Fields whose values name one thing each, and are compared as they are."""
_FEW = 4096
"""Of dictionaries with no more values the tables are kept."""
_MOST_KEPT = 64
"""So many tables of a dictionary are kept."""


def looks_at_stones(condition: Filter) -> bool:
    """Return whether a filter may be true of a product with one of its gemstones and not with another."""
    match condition:
        case Has():
            return condition.field.level is Level.STONE
        case And() | Or():
            return any(map(looks_at_stones, condition.parts))
        case Not():
            return looks_at_stones(condition.part)
        case AnyProduct() | AnyStone():
            return False


class Wanted:
    """Which values conditions are true of, looked up once a search."""

    def __init__(self, dictionaries: Dictionaries, deadline: Deadline) -> None:
        """Look up in a tenant's dictionaries."""
        self._dictionaries = dictionaries
        self._deadline = deadline
        self._tables: dict[Has, Flags] = {}

    def table(self, condition: Has) -> Flags:
        """Return 1 for each value that a condition is true of, one a code after a first one for no value."""
        found = self._tables.get(condition)
        if found is None:
            found = self._tables[condition] = self._kept(condition)
        return found

    def codes(self, condition: Has) -> Ints:
        """Return the codes of the values that a condition names."""
        dictionary = self._dictionaries[condition.field.name]
        if condition.field.name in NAMES:
            return np.array([dictionary[text] for text in condition.texts if text in dictionary], np.int32)
        return dictionary.meanings.codes_of(condition.field, condition.texts, self._deadline.check)

    def _kept(self, condition: Has) -> Flags:
        """Return the table of an earlier search, where it asked the same of the same few values."""
        dictionary = self._dictionaries[condition.field.name]
        if len(dictionary.values_by_code) > _FEW:
            return self._table(condition)
        known = cast("dict[Has, Flags]", dictionary.derived.setdefault("wanted", {}))
        found = known.get(condition)
        if found is None or len(found) != len(dictionary.values_by_code) + 1:
            if len(known) >= _MOST_KEPT:
                known.clear()
            found = known[condition] = self._table(condition)
        return found

    def _table(self, condition: Has) -> Flags:
        field = condition.field
        dictionary = self._dictionaries[field.name]
        size = len(dictionary.values_by_code)
        table = np.zeros(size + 1, np.uint8)
        if condition.exists:
            table[1:] = 1
            return table
        if condition.texts:
            codes = self.codes(condition)
            table[1 + codes[codes < size]] = 1
        if condition.ranges:
            numbers = dictionary.meanings.numbers(field, self._deadline.check)[:size]
            for first, last in condition.ranges:
                table[1:] |= (numbers != LOWEST) & (first <= numbers) & (numbers <= last)
        return table


class PartFilter:
    """Filters over the candidates of one part."""

    def __init__(self, candidates: Candidates, wanted: Wanted, money: Money, deadline: Deadline) -> None:
        """Filter these candidates."""
        self._candidates = candidates
        self._wanted = wanted
        self._money = money
        self._deadline = deadline

    def fail(self, condition: Filter, number: int, fails: Flags) -> None:
        """Write down which products fail a filter that does not look at gemstones, see ``kernels.filtering.fail``."""
        codes = self._small_codes(condition)
        if codes is None or not isinstance(condition, Has):
            fail(self.products(condition).view(np.uint8), number, fails)
            return
        table = self._wanted.table(condition)
        for span in self._candidates.products.spans(self._deadline):
            fail_codes(codes, *span, table, number, fails)

    def products(self, condition: Filter) -> Mask:
        """Return of which products a filter is true; one that looks at gemstones, of any of them."""
        if looks_at_stones(condition):
            return self.any_stone(self.stones(condition))
        match condition:
            case Has():
                return self._has(condition, self._candidates.products)
            case AnyStone():
                return self.products(condition.part)
            case And() | Or() | Not():
                return self._joined(condition, self.products, self._candidates.products.size)
            case AnyProduct():
                return self._any_product(self.products(condition.part))

    def stones(self, condition: Filter) -> Mask:
        """Return of which gemstones, each with its product, a filter is true."""
        if isinstance(condition, AnyProduct | AnyStone) or not looks_at_stones(condition):
            return self.of_stones(self.products(condition))
        if isinstance(condition, Has):
            return self._has(condition, self._candidates.stones)
        return self._joined(condition, self.stones, self._candidates.stones.size)

    def of_stones(self, products: Mask) -> Mask:
        """Return for each gemstone what its product has."""
        return _members(products, self._candidates.stones) if self._candidates.has_stones else products

    def any_stone(self, stones: Mask) -> Mask:
        """Return for each product whether any of its gemstones has it."""
        return _any(stones, self._candidates.stones) if self._candidates.has_stones else stones

    def _any_product(self, products: Mask) -> Mask:
        groups = self._candidates.products
        return _members(_any(products, groups), groups)

    def _joined(self, condition: And | Or | Not, evaluate: Callable[[Filter], Mask], size: int) -> Mask:
        self._deadline.check()
        if isinstance(condition, Not):
            return ~evaluate(condition.part)
        if not condition.parts:
            return np.full(size, isinstance(condition, And))
        return reduce(and_ if isinstance(condition, And) else or_, map(evaluate, condition.parts))

    def _has(self, condition: Has, rows: Rows) -> Mask:
        field, segment = condition.field, self._candidates.segment
        if field.name in NUMBER_FIELDS:
            return self._has_number(condition, rows)
        kept = np.zeros(rows.size, np.uint8)
        column = value_column(segment, field)
        if column:
            self._keep(column, rows, self._wanted.table(condition), kept)
        return kept.view(np.bool_)

    def _small_codes(self, condition: Filter) -> Flags | None:
        """Return the codes of a condition's column of products in one byte each; None where that does not do."""
        if not isinstance(condition, Has) or condition.field.name in NUMBER_FIELDS:
            return None
        return small_codes(self._candidates.segment, condition.field)

    def _keep(self, column: ValueColumn, rows: Rows, table: Flags, kept: Flags) -> None:
        if column.rows is not None:
            self._deadline.check()
            keep_sparse(column.rows, column.codes, rows.picks, table, kept)
            return
        for span in rows.spans(self._deadline):
            keep_codes(column.codes, *span, table, kept)

    def _has_number(self, condition: Has, rows: Rows) -> Mask:
        field, segment = condition.field, self._candidates.segment
        ranges = ((LOWEST, HIGHEST),) if condition.exists else condition.ranges
        if field.kind is Kind.BOOLEAN:
            flags = flag_column(segment, field)
            return _has_flag(flags if rows.is_everything else flags[rows.picks], ranges)
        numbers = number_column(segment, field, self._money)
        # A number that is not given lies below every range.
        firsts = np.array([max(first, MISSING + 1) for first, _ in ranges], np.int64)
        lasts = np.array([last for _, last in ranges], np.int64)
        kept = np.zeros(rows.size, np.uint8)
        for span in rows.spans(self._deadline):
            keep_numbers(numbers, *span, firsts, lasts, kept)
        return kept.view(np.bool_)


def _has_flag(flags: Flags, ranges: Sequence[tuple[int, int]]) -> Mask:
    no, yes = (any(first <= flag <= last for first, last in ranges) for flag in (0, 1))
    if no == yes:
        return np.full(len(flags), yes)
    return np.equal(flags, 1 if yes else 0)


def _any(mask: Mask, rows: Rows) -> Mask:
    """Return for each list whether any of its rows has it."""
    kept = np.empty(len(rows.starts) - 1, np.uint8)
    keep_any(mask.view(np.uint8), rows.starts, kept)
    return kept.view(np.bool_)


def _members(mask: Mask, rows: Rows) -> Mask:
    """Return for each row what its list has."""
    kept = np.empty(rows.size, np.uint8)
    keep_members(mask.view(np.uint8), rows.starts, kept)
    return kept.view(np.bool_)
