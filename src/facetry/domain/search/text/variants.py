"""The texts that tell the products of a group apart: colors, sizes, attributes, metals, gemstones, other names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import cast

from facetry.domain.analysis import has_digit
from facetry.domain.group import ProductGroup
from facetry.domain.product import AttributeValue, Product
from facetry.domain.search.fields import ATTRIBUTES, IDENTIFIERS, STONES

VARIANT_WORDS = 2000
"""So many distinct words of a group's products are kept."""
_ATTRIBUTE_NUMBERS = frozenset(name[len(ATTRIBUTES) :] for name in IDENTIFIERS if name.startswith(ATTRIBUTES))
_STONE_NUMBERS = frozenset(name[len(STONES) :] for name in IDENTIFIERS if name.startswith(STONES))

_MANY = 16
_NO_WORDS = (float, bool, type(None))
_WORDLESS = {*_NO_WORDS}
_PLAIN = {str, *_NO_WORDS}
"""Types of values that are looked at quickly, because most are of these."""


def variant_texts(group: ProductGroup) -> tuple[list[str], list[str]]:
    """Return the distinct values of a group's products in the order in which they joined, and their other names.

    Values are colors, sizes, and the texts and whole numbers of attributes, metals and gemstones. Truths and decimal
    numbers are no words, and an identifier with a digit is found
    as one: see ``identifiers``.
    """
    values = dict.fromkeys((*group.colors, *group.sizes))
    names = dict.fromkeys(product.name for product in group.products)
    names.pop(group.name, None)
    plain = _plain_texts(group.products)
    if plain is not None:
        return list(values | plain), list(names)
    for product in group.products:
        if product.attributes:
            _collect(values, product.attributes, _ATTRIBUTE_NUMBERS)
        for metal in product.metals or ():
            _collect(values, metal, frozenset())
        for stone in product.gemstones or ():
            _collect(values, stone, _STONE_NUMBERS)
    return list(values), list(names)


def alike_texts(bags: Sequence[Mapping[str, AttributeValue]]) -> list[list[str]] | None:
    """Return what ``variant_texts`` takes of the attributes of products, one each and of the same names in order.

    Returns:
        One column a name whose values are taken; None where not all values of a name are treated alike, or where some
        are neither texts nor no words.
    """
    columns: list[list[str]] = []
    # Slices of all values are quicker to take than the values of a name, bag after bag.
    values = [*chain.from_iterable(bag.values() for bag in bags)]
    for place, name in enumerate(bags[0]):
        column = values[place :: len(bags[0])]
        kinds = {*map(type, column)}
        if kinds == {str}:
            texts = cast("list[str]", column)
            hidden = {*map(has_digit, texts)} if name in _ATTRIBUTE_NUMBERS else {False}
            if len(hidden) > 1:
                return None
            columns += [] if True in hidden else [texts]
        elif not kinds <= _WORDLESS:
            return None
    return columns


def _plain_texts(products: Sequence[Product]) -> dict[str, None] | None:
    """Return the distinct texts of many products with texts and whole numbers as attributes only; None for all others.

    Big groups are like that, and looking at all values at once is several times faster than one by one.
    """
    if len(products) < _MANY or any(product.metals or product.gemstones for product in products):
        return None
    bags = [product.attributes for product in products if product.attributes]
    values = [*chain.from_iterable(bag.values() for bag in bags)]
    if not {*map(type, values)} <= {str, int}:
        return None
    numbers = _ATTRIBUTE_NUMBERS.intersection(chain.from_iterable(bags))
    if any(has_digit(text) for text in {str(bag.get(name, "")) for bag in bags for name in numbers}):
        return None
    return dict.fromkeys(map(str, dict.fromkeys(cast("list[str | int]", values))))


def _collect(values: dict[str, None], properties: Mapping[str, AttributeValue], left_out: frozenset[str]) -> None:
    if {*map(type, properties.values())} <= _PLAIN:
        pairs = properties.items()
        own = [text for name, text in pairs if type(text) is str and (name not in left_out or not has_digit(text))]
        values.update(dict.fromkeys(own))
        return
    for name, value in properties.items():
        if isinstance(value, str) and name not in left_out:
            values[value] = None
        elif not isinstance(value, _NO_WORDS):
            values.update((text, None) for text in _texts(value) if name not in left_out or not has_digit(text))


def _texts(value: AttributeValue) -> Iterable[str]:
    if isinstance(value, list):
        return (text for one in value for text in _texts(one))
    if isinstance(value, str):
        return (value,)
    return (str(value),) if type(value) is int else ()
