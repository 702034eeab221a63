"""Making tables of products and of their gemstones.

Works field by field over many products, because the products of a group share most of their values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import cast

import numpy as np

from facetry.domain.product import AttributeValue, Product, Scalar
from facetry.domain.ring_sizing import circumference_of
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES
from facetry.domain.search.values import HIGHEST, LOWEST, category_paths, text_of
from facetry.engines.columns.dictionary import Dictionaries, ValueDictionary
from facetry.engines.columns.kept_groups import KeptGroups, is_big_group
from facetry.engines.columns.table import Ints, Longs, Numbers, Table, ValueColumn, merge_tables

_SINGLE: tuple[tuple[str, Callable[[Product], str | None]], ...] = (
    *((name, attrgetter(name)) for name in ("sku", "name", "brand", "color", "size", "currency")),
    ("ring_circumference", circumference_of),
)
_SEVERAL: tuple[tuple[str, Callable[[tuple[str, ...]], Iterable[str]]], ...] = (
    ("category", category_paths),
    ("search_keywords", tuple),
)
_STONELESS: tuple[dict[str, Scalar], ...] = ({},)
_CODE_BITS = 32
_KEPT_TABLES = KeptGroups[tuple[Dictionaries, Table]]()
_KINDS_OF_NUMBERS: tuple[set[type], ...] = ({float}, {int}, {bool})
_Cells = tuple[Ints, Sequence[AttributeValue], bool]
"""Values of one name, with their rows, and whether these are ascending and each there once."""


def product_table(products: Sequence[Product], dictionaries: Dictionaries) -> Table:
    """Return the table of products; new values are added to the dictionaries."""
    if not is_big_group(products):
        return _new_table(products, dictionaries)
    found = _KEPT_TABLES.before(products)
    former, (kept_for, known) = found or ((), (None, None))
    # Codes mean something in their dictionaries only.
    if known is not None and kept_for is dictionaries:
        table = _changed_table(products, former, known, dictionaries)
    else:
        table = _new_table(products, dictionaries)
    _KEPT_TABLES.keep(products, (dictionaries, table), former)
    return table


def _changed_table(
    products: Sequence[Product], former: Sequence[Product], known: Table, dictionaries: Dictionaries
) -> Table:
    """Return the table of products, with the rows of those that were there before from the table of these."""
    places = {id(product): place for place, product in enumerate(former)}
    changed = [product for product in products if id(product) not in places]
    places |= {id(product): place for place, product in enumerate(changed, len(former))}
    origins = np.fromiter((places[id(product)] for product in products), np.int64, len(products))
    return merge_tables([known, _new_table(changed, dictionaries)] if changed else [known], origins)


def _new_table(products: Sequence[Product], dictionaries: Dictionaries) -> Table:
    size = len(products)
    rows: Ints = np.arange(size, dtype=np.int32)
    columns = {name: _single(rows, [*map(get, products)], dictionaries[name]) for name, get in _SINGLE}
    for name, expand in _SEVERAL:
        columns[name] = _several(map(attrgetter(name), products), expand, dictionaries[name], size)
    attributes = enumerate(product.attributes for product in products)
    columns |= _bag(ATTRIBUTES, ((row, found) for row, found in attributes if found), size, dictionaries)
    metals = ((row, metal) for row, product in enumerate(products) for metal in product.metals or ())
    columns |= _bag(METALS, metals, size, dictionaries)
    return Table(size, _numbers(products), {name: column for name, column in columns.items() if len(column.codes)})


def stone_table(products: Sequence[Product], dictionaries: Dictionaries) -> tuple[Ints, Table]:
    """Return the table of the products' gemstones; a product without any has one row, of the empty stone.

    Returns:
        Starts (one more than products) of each product's rows, and the table; both empty without any gemstone.
    """
    if not any(map(attrgetter("gemstones"), products)):
        return np.empty(0, np.int32), Table(0, {}, {})
    starts = np.zeros(len(products) + 1, np.int32)
    np.cumsum([len(product.gemstones or _STONELESS) for product in products], out=starts[1:])
    size = int(starts[-1])
    stones = enumerate(stone for product in products for stone in product.gemstones or _STONELESS)
    return starts, Table(size, {}, _bag(STONES, stones, size, dictionaries))


def _numbers(products: Sequence[Product]) -> dict[str, Numbers]:
    size = len(products)

    def longs(numbers: Iterable[int]) -> Longs:
        return np.fromiter(numbers, np.int64, size)

    def prices(numbers: Iterable[int | None]) -> Longs:
        return longs(LOWEST if number is None else number for number in numbers)

    return {
        "regular_price": prices(product.regular_price for product in products),
        "promotion_price": prices(product.promotion_price for product in products),
        # More than that cannot be in stock, but may be written.
        "quantity": longs(min(product.quantity, HIGHEST - 1) for product in products),
        "joined": longs(product.joined for product in products),
        "active": np.fromiter((product.active for product in products), np.uint8, size),
        "is_main": np.fromiter((product.is_main for product in products), np.uint8, size),
    }


def _single(rows: Ints, values: list[str | None], dictionary: ValueDictionary) -> ValueColumn:
    """Return the column of rows with one value or None each."""
    codes = dictionary.codes(values)
    kept = codes >= 0
    return ValueColumn(codes) if kept.all() else ValueColumn.of(rows[kept], codes[kept], len(rows))


def _several(
    listed: Iterable[tuple[str, ...]],
    expand: Callable[[tuple[str, ...]], Iterable[str]],
    dictionary: ValueDictionary,
    size: int,
) -> ValueColumn:
    """Return the column of rows with a list each, which stands for the values that ``expand`` makes of it."""
    known: dict[tuple[str, ...], list[int]] = {}
    codes: list[int] = []
    counts: list[int] = []
    for values in listed:
        found = known.get(values)
        if found is None:
            found = known[values] = [dictionary[value] for value in dict.fromkeys(expand(values))]
        codes += found
        counts.append(len(found))
    return ValueColumn.of(np.repeat(np.arange(size, dtype=np.int32), counts), np.array(codes, np.int32), size)


def _bag(
    prefix: str, parts: Iterable[tuple[int, Mapping[str, AttributeValue]]], size: int, dictionaries: Dictionaries
) -> dict[str, ValueColumn]:
    """Return the columns of rows with values by name; a row may come several times, one after another."""
    alike: dict[tuple[str, ...], tuple[list[int], list[Mapping[str, AttributeValue]]]] = {}
    for row, part in parts:
        # Those with the same names are turned into columns together, which is quicker than value by value.
        names = tuple(part)
        found = alike.get(names)
        if found is None:
            found = alike[names] = ([], [])
        found[0].append(row)
        found[1].append(part)
    cells: dict[str, list[_Cells]] = {}
    for names, (own, same) in alike.items():
        rows: Ints = np.array(own, np.int32)
        is_ascending = _are_ascending(rows)
        # Slices of all values are quicker to take than the values of a name, part after part.
        values = [*chain.from_iterable(part.values() for part in same)]
        for place, name in enumerate(names):
            cells.setdefault(name, []).append((rows, values[place :: len(names)], is_ascending))
    columns = {prefix + name: _column(some, dictionaries[prefix + name], size) for name, some in cells.items()}
    return {name: column for name, column in columns.items() if len(column.codes)}


def _column(cells: Sequence[_Cells], dictionary: ValueDictionary, size: int) -> ValueColumn:
    coded = [_coded(rows, values, dictionary) for rows, values, _ in cells]
    rows, codes = coded[0]
    is_ascending = cells[0][2] and rows is cells[0][0]
    if len(coded) > 1:
        rows, codes = (np.concatenate(parts) for parts in zip(*coded, strict=True))
        is_ascending = False
    if not (is_ascending or _are_ascending(rows)):
        both = np.unique((rows.astype(np.int64) << _CODE_BITS) | codes)
        rows, codes = (both >> _CODE_BITS).astype(np.int32), both.astype(np.int32)
    elif len(rows) == size:
        # Every row has one value, which is what most small tables are like.
        return ValueColumn(codes)
    return ValueColumn.of(rows, codes, size)


def _are_ascending(rows: Ints) -> bool:
    return bool((rows[1:] > rows[:-1]).all())


def _coded(rows: Ints, values: Sequence[AttributeValue], dictionary: ValueDictionary) -> tuple[Ints, Ints]:
    """Return the codes of values with their rows, lists opened, without what is not given."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return rows, dictionary.codes(cast("Sequence[str]", values))
    if kinds in _KINDS_OF_NUMBERS:
        # Numbers of one kind repeat, and those that are equal have the same text.
        numbers = cast("Sequence[float]", values)
        distinct = dict.fromkeys(numbers)
        codes = dictionary.codes([*map(_text_of_number, distinct)]).tolist()
        known = dict(zip(distinct, codes, strict=True))
        return rows, np.fromiter(map(known.__getitem__, numbers), np.int32, len(numbers))
    if list in kinds:
        lists = [value if isinstance(value, list) else [value] for value in values]
        rows = np.repeat(rows, [*map(len, lists)])
        values = [value for some in lists for value in some]
    texts = [text_of(cast("Scalar", value)) for value in values]
    kept = [text is not None for text in texts]
    return rows[np.array(kept, np.bool_)], dictionary.codes([text for text in texts if text is not None])


@lru_cache(maxsize=1 << 14, typed=True)
def _text_of_number(number: float) -> str:
    """Return the text of a number; batch after batch has the same ones."""
    return str(text_of(number))
