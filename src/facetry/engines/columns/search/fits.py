"""Which products of a page's hits the words of the text fit best, by columns; see ``domain.search.text.fitting``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.text.fitting import Fitting
from facetry.engines.columns.dictionary import Dictionaries, ValueDictionary
from facetry.engines.columns.search.value_keys import FEW, ValueKeys
from facetry.engines.columns.segment import Ints, Longs, Segment
from facetry.engines.columns.table import NO_VALUE, Table, ValueColumn

Bits = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """How many words fit each of some products of a segment: their rows, ascending, and the numbers."""

    rows: Ints
    slots: Longs

    def of(self, rows: Ints) -> Longs:
        """Return the numbers of some of the products."""
        found: Longs = self.slots[np.searchsorted(self.rows, rows)]
        return found


class FittingTables:
    """What words fit, and which of their keys the values of columns have, learnt as it is asked for; for any thread."""

    def __init__(self, fitting: Fitting) -> None:
        """Know nothing yet of columns."""
        self.fitting = fitting
        self._tables: dict[str, tuple[Bits | None, int]] = {}

    @property
    def nbytes(self) -> int:
        """Return how many bytes the tables take that are known by now."""
        return sum(bits.nbytes for bits, _ in [*self._tables.values()] if bits is not None)

    def of(self, name: str, dictionary: ValueDictionary) -> Bits | None:
        """Return the bits of each code of a column's dictionary, see ``ValueKeys.bits``."""
        known = self._tables.get(name)
        size = len(dictionary.values_by_code)
        if known is None or known[1] != size:
            keys = ValueKeys.of(name, self.fitting.language, dictionary)
            known = self._tables[name] = keys.bits(self.fitting.whole_keys), size
        return known[0]


def product_fits(tables: FittingTables, segment: Segment, rows: Ints, dictionaries: Dictionaries) -> Fits:
    """Return how many words of a reading fit each product of a segment in these rows (ascending)."""
    fitting = tables.fitting
    bits = _table_bits(tables, segment.products, rows, dictionaries)
    if segment.stones.columns:
        stones, starts = _stones(segment, rows)
        # Every product has one stone at least.
        bits |= np.bitwise_or.reduceat(_table_bits(tables, segment.stones, stones, dictionaries), starts)
    if fitting.has_identifiers:
        skus = (segment.skus[row].decode("utf-8", "surrogatepass") for row in rows.tolist())
        bits |= np.fromiter(map(fitting.sku_bits, skus), np.uint64, len(rows))
    return Fits(rows, _slots(fitting, bits))


def _table_bits(tables: FittingTables, table: Table, rows: Ints, dictionaries: Dictionaries) -> Bits:
    """Return which keys the values of rows have."""
    fitting = tables.fitting
    bits = np.zeros(len(rows), np.uint64)
    for name, column in table.columns.items():
        if not fitting.looks_at(name):
            continue
        dictionary = dictionaries[name]
        if len(dictionary.values_by_code) > FEW or fitting.needs_texts(name):
            _add(bits, column, rows, partial(_value_bits, fitting, name, dictionary.values_by_code))
            continue
        known = tables.of(name, dictionary)
        if known is not None:
            _add(bits, column, rows, known.__getitem__)
    return bits


def _add(bits: Bits, column: ValueColumn, rows: Ints, bits_of: Callable[[Ints], Bits]) -> None:
    """Add to the bits of rows those that the codes of a column stand for; that of a missing value has none."""
    if column.rows is None:
        bits |= bits_of(column.codes[rows])
        return
    first = np.searchsorted(column.rows, rows, side="left")
    counts = np.searchsorted(column.rows, rows, side="right") - first
    own = np.repeat(np.arange(len(rows)), counts)
    np.bitwise_or.at(bits, own, bits_of(column.codes[_ranges(first, counts)]))


def _stones(segment: Segment, rows: Ints) -> tuple[Ints, Longs]:
    """Return the gemstones of products, ascending, and where those of each begin."""
    first = segment.stone_starts[rows].astype(np.int64)
    counts = segment.stone_starts[rows + 1] - first
    return _ranges(first, counts).astype(np.int32), np.cumsum(counts) - counts


def _ranges(first: Longs, counts: Longs) -> Longs:
    """Return the numbers of several ranges, one behind the other."""
    ends = np.cumsum(counts)
    found: Longs = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - counts), counts)
    return found


def _value_bits(fitting: Fitting, name: str, texts: Sequence[str], codes: Ints) -> Bits:
    """Return the bits of the values that codes stand for, each distinct one looked at once."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    bits = [0 if code == NO_VALUE else fitting.value_bits(name, texts[code]) for code in distinct.tolist()]
    return np.array(bits, np.uint64)[inverse]


def _slots(fitting: Fitting, bits: Bits) -> Longs:
    """Return how many slots products fit whose values have these keys together."""
    found = np.zeros(len(bits), np.int64)
    seen = int(np.bitwise_or.reduce(bits)) if len(bits) else 0
    for masks in fitting.masks:
        is_fit = [(bits & np.uint64(mask)) == mask for mask in masks if seen & mask == mask]
        if is_fit:
            found += np.logical_or.reduce(is_fit)
    return found


def rows_of(parts: Iterable[tuple[Segment, Ints]]) -> dict[Segment, Ints]:
    """Return the rows of products by segment, ascending, each once."""
    found: dict[Segment, list[Ints]] = {}
    for segment, rows in parts:
        found.setdefault(segment, []).append(rows)
    return {segment: np.unique(np.concatenate(rows)) for segment, rows in found.items()}
