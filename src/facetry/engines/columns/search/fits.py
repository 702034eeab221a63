"""Which products of a page's hits the words of the text fit best, by columns; see ``domain.search.text.fitting``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.text.fitting import Fitting, is_fitting_field
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.segment import Ints, Longs, Segment
from facetry.engines.columns.table import NO_VALUE, Table

Bits = NDArray[np.uint64]
_FEW = 4096
"""Values of a dictionary that is not much larger than what is looked at are marked in an array as long."""


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """How many words fit each of some products of a segment: their rows, ascending, and the numbers."""

    rows: Ints
    slots: Longs

    def of(self, rows: Ints) -> Longs:
        """Return the numbers of some of the products."""
        found: Longs = self.slots[np.searchsorted(self.rows, rows)]
        return found


def product_fits(fitting: Fitting, segment: Segment, rows: Ints, dictionaries: Dictionaries) -> Fits:
    """Return how many words of a reading fit each product of a segment in these rows (ascending)."""
    bits = np.zeros(len(rows), np.uint64)
    for name, own, codes in _coded(segment.products, rows):
        np.bitwise_or.at(bits, own, _value_bits(fitting, name, codes, dictionaries))
    if segment.stones.columns:
        stones, products = _stones(segment, rows)
        for name, own, codes in _coded(segment.stones, stones):
            np.bitwise_or.at(bits, products[own], _value_bits(fitting, name, codes, dictionaries))
    if fitting.has_identifiers:
        skus = (segment.skus[row].decode("utf-8", "surrogatepass") for row in rows.tolist())
        bits |= np.fromiter(map(fitting.sku_bits, skus), np.uint64, len(rows))
    distinct, inverse = np.unique(bits, return_inverse=True)
    return Fits(rows, np.array([fitting.slots(one) for one in distinct.tolist()], np.int64)[inverse])


def _coded(table: Table, rows: Ints) -> Iterator[tuple[str, Longs, Ints]]:
    """Yield the name of each column looked at, the positions in ``rows`` of its values there, and their codes."""
    for name, column in table.columns.items():
        if not is_fitting_field(name):
            continue
        if column.rows is None:
            codes = column.codes[rows]
            own = np.flatnonzero(codes != NO_VALUE)
            yield name, own, codes[own]
            continue
        first = np.searchsorted(column.rows, rows, side="left")
        counts = np.searchsorted(column.rows, rows, side="right") - first
        yield name, np.repeat(np.arange(len(rows)), counts), column.codes[_ranges(first, counts)]


def _stones(segment: Segment, rows: Ints) -> tuple[Ints, Longs]:
    """Return the gemstones of products, ascending, and the position in ``rows`` of the product of each."""
    first = segment.stone_starts[rows].astype(np.int64)
    counts = segment.stone_starts[rows + 1] - first
    return _ranges(first, counts).astype(np.int32), np.repeat(np.arange(len(rows)), counts)


def _ranges(first: Longs, counts: Longs) -> Longs:
    """Return the numbers of several ranges, one behind the other."""
    ends = np.cumsum(counts)
    found: Longs = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - counts), counts)
    return found


def _value_bits(fitting: Fitting, name: str, codes: Ints, dictionaries: Dictionaries) -> Bits:
    texts = dictionaries[name].values_by_code
    if len(texts) > _FEW + len(codes):
        distinct, inverse = np.unique(codes, return_inverse=True)
        bits = [fitting.value_bits(name, texts[code]) for code in distinct.tolist()]
        return np.array(bits, np.uint64)[inverse]
    # Marking what is there is several times faster than sorting it.
    by_code = np.zeros(len(texts), np.uint64)
    is_there = np.zeros(len(texts), np.bool_)
    is_there[codes] = True
    for code in np.flatnonzero(is_there).tolist():
        by_code[code] = fitting.value_bits(name, texts[code])
    return by_code[codes]


def rows_of(parts: Iterable[tuple[Segment, Ints]]) -> dict[Segment, Ints]:
    """Return the rows of products by segment, ascending, each once."""
    found: dict[Segment, list[Ints]] = {}
    for segment, rows in parts:
        found.setdefault(segment, []).append(rows)
    return {segment: np.unique(np.concatenate(rows)) for segment, rows in found.items()}
