"""The products of a group as a table of two of the things in which they differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

from facetry.domain.product import AttributeValue, Part, Product

MAX_CELLS = 4_000
"""So many cells a table may have."""
MAX_TRIED = 12
"""So many axes are tried with each other to find the usual two."""
SIZE, COLOR, BRAND, METALS, STONES = "size", "color", "brand", "metals", "gemstones"
ATTRIBUTE = "attributes."
_METAL_WORDS = ("purity", "color", "name")
_STONE_WORDS = ("carat", "color", "clarity", "shape", "type")
_PREFERRED = (METALS, f"{ATTRIBUTE}metal", COLOR, STONES, SIZE)
"""What a shop's table is usually made of; of two axes the later one runs across."""
Cell = tuple[Product, ...]
"""The products with the same two values: mostly one, none where there is a hole."""


class Axis(msgspec.Struct, frozen=True):
    """Something in which products differ.

    Attributes:
        name: ``size``, ``color``, ``brand``, ``metals``, ``gemstones``, or an attribute (``attributes.finish``).
        values: Of the products, ascending where they are numbers, else as they first come; empty text stands last,
            for products without one.
    """

    name: str
    values: tuple[str, ...]


class VariantMatrix(msgspec.Struct, frozen=True):
    """A table of products.

    Attributes:
        rows: What differs from row to row.
        columns: What differs from column to column.
        cells: By row and column.
    """

    rows: Axis
    columns: Axis
    cells: tuple[tuple[Cell, ...], ...]


class Variants:
    """Products of one group, with what they differ in.

    Attributes:
        axes: In which they differ, the usual ones first.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        """Look through products."""
        self._products = products
        self._values = [_texts(product) for product in products]
        names = dict.fromkeys(name for values in self._values for name in values)
        found = (Axis(name, _ordered(values.get(name, "") for values in self._values)) for name in names)
        self.axes = tuple(sorted((axis for axis in found if len(axis.values) > 1), key=_preference))

    def usual(self) -> tuple[Axis, Axis] | None:
        """Return rows and columns of the fullest table that tells most products apart; None where there are no two."""
        pairs = [pair for pair in combinations(self.axes[:MAX_TRIED], 2) if _area(pair) <= MAX_CELLS]
        if not pairs:
            return None
        # The first of equals is the one that is preferred.
        rows, columns = max(pairs, key=self._worth)
        return (columns, rows) if _across(rows) > _across(columns) else (rows, columns)

    def axis(self, name: str) -> Axis | None:
        """Return what they differ in by name; None where they do not differ in that."""
        return next((axis for axis in self.axes if axis.name == name), None)

    def matrix(self, rows: Axis, columns: Axis) -> VariantMatrix | None:
        """Return the table of two axes; None where it would be too large."""
        if _area((rows, columns)) > MAX_CELLS:
            return None
        found: dict[tuple[str, str], list[Product]] = {}
        for product, values in zip(self._products, self._values, strict=True):
            found.setdefault((values.get(rows.name, ""), values.get(columns.name, "")), []).append(product)
        cells = tuple(tuple(tuple(found.get((row, column), ())) for column in columns.values) for row in rows.values)
        return VariantMatrix(rows, columns, cells)

    def _worth(self, pair: tuple[Axis, Axis]) -> float:
        """Return how many cells a table fills, less the more holes it has."""
        rows, columns = pair
        filled = len({(values.get(rows.name, ""), values.get(columns.name, "")) for values in self._values})
        return filled * filled / _area(pair)


def _area(pair: tuple[Axis, Axis]) -> int:
    return len(pair[0].values) * len(pair[1].values)


def _preference(axis: Axis) -> int:
    return _PREFERRED.index(axis.name) if axis.name in _PREFERRED else len(_PREFERRED)


def _across(axis: Axis) -> int:
    """Return how much an axis belongs at the head of a table: sizes do, what nobody knows does least."""
    return _PREFERRED.index(axis.name) + 1 if axis.name in _PREFERRED else 0


def _texts(product: Product) -> dict[str, str]:
    """Return what a product has, by the name of the axis."""
    found = {SIZE: product.size or "", COLOR: product.color or "", BRAND: product.brand or ""}
    found[METALS] = _parts(product.metals, _METAL_WORDS)
    found[STONES] = _parts(product.gemstones, _STONE_WORDS)
    found |= {f"{ATTRIBUTE}{name}": _text(value) for name, value in (product.attributes or {}).items()}
    return found


def _parts(parts: tuple[Part, ...] | None, names: Iterable[str]) -> str:
    named = (" ".join(_text(part[name]) for name in names if part.get(name) is not None) for part in parts or ())
    return " + ".join(text for text in dict.fromkeys(named) if text)


def _text(value: AttributeValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "" if value is None else msgspec.json.encode(value).decode()


def _ordered(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts, each once: numbers ascending, others as they come, the empty one last."""
    first: Mapping[str, int] = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    numbers = {text: number for text in first if (number := _number(text)) is not None}
    return tuple(sorted(first, key=lambda text: (not text, text not in numbers, numbers.get(text, 0.0), first[text])))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    # What is called nan would stand in no order.
    return number if math.isfinite(number) else None
