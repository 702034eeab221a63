"""What one segment holds of a field: codes of a dictionary, or numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import Field, Kind, Level
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.segment import CURRENCY, GROUP_ID, MISSING, Segment
from facetry.engines.columns.table import NO_VALUE, ValueColumn

Flags = NDArray[np.uint8]
Longs = NDArray[np.int64]
MOST_SMALL = 254
"""A column of codes below this fits into one byte a row, with one for no value, and one that none has."""


class Money:
    """In which currency prices are asked for, as codes of the tenant's dictionary of currencies."""

    def __init__(self, currency: str, default_currency: str, dictionaries: Dictionaries) -> None:
        codes = {dictionaries[CURRENCY].get(currency)} if CURRENCY in dictionaries else set()
        if currency == default_currency:
            codes |= {-1, dictionaries[CURRENCY].get("") if CURRENCY in dictionaries else None}
        self.codes = frozenset(code for code in codes if code is not None)
        """Those of products that are priced in it."""


def value_column(segment: Segment, field: Field) -> ValueColumn | None:
    """Return the column of a field with texts, of products or of gemstones as the field's level says; None for none."""
    if field.level is Level.STONE:
        return segment.stones.columns.get(field.name)
    if field.name == GROUP_ID:
        return segment.cached(GROUP_ID, lambda: _group_column(segment))
    return segment.products.columns.get(field.name)


def small_codes(segment: Segment, field: Field) -> Flags | None:
    """Return 0 for no value and one more than the code for each other, of a dense column that has few codes.

    None for all other fields. These take a quarter of the memory, so that far more of them are near the processor.
    """
    column = value_column(segment, field)
    if column is None or column.rows is not None:
        return None
    codes = segment.cached(("small", field.name), lambda: _small_codes(column))
    return codes if len(codes) else None


def number_column(segment: Segment, field: Field, money: Money) -> Longs:
    """Return a number a product, MISSING where it is not given."""
    if field.kind is Kind.PRICE:
        return segment.cached((field.name, money.codes), lambda: _prices(segment, field, money))
    if field.kind is Kind.BOOLEAN:
        return segment.cached((field.name, "numbers"), lambda: flag_column(segment, field).astype(np.int64))
    return _longs(segment, field.name)


def flag_column(segment: Segment, field: Field) -> Flags:
    """Return 0 or 1 a product."""
    if field.name == "in_stock":
        return segment.cached("in_stock", lambda: (segment.products.numbers["quantity"] > 0).astype(np.uint8))
    return segment.products.numbers[field.name].astype(np.uint8, copy=False)


def _small_codes(column: ValueColumn) -> Flags:
    is_small = int(column.codes.max(initial=NO_VALUE)) < MOST_SMALL
    return (column.codes + 1).astype(np.uint8) if is_small else np.empty(0, np.uint8)


def _group_column(segment: Segment) -> ValueColumn:
    return ValueColumn(np.repeat(segment.group_codes, np.diff(segment.product_starts)))


def _prices(segment: Segment, field: Field, money: Money) -> Longs:
    prices = _longs(segment, "promotion_price" if field.name == "price" else field.name)
    if field.name == "price" and (prices == MISSING).any():
        # Where every product has its promotion price, it is the price, and nothing need be kept twice.
        prices = np.where(prices == MISSING, _longs(segment, "regular_price"), prices)
    priced = _is_priced(segment, money)
    return prices if priced.all() else np.where(priced, prices, MISSING)


def _longs(segment: Segment, name: str) -> Longs:
    return segment.products.numbers[name].astype(np.int64, copy=False)


def _is_priced(segment: Segment, money: Money) -> NDArray[np.bool_]:
    column = segment.products.columns.get(CURRENCY)
    if column is None:
        return np.full(segment.products.size, -1 in money.codes)
    return np.isin(column.dense(segment.products.size), [*money.codes])
