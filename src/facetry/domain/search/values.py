"""The values of fields: every one is a text, and its kind gives some texts a number to compare by.

A number key is a signed 64-bit integer whose order is the order of the values: the value itself for integers,
microseconds since 1970 for dates, the position for scales, ten-thousandths for prices; for decimals the bits of the
float64, turned so that they sort.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from facetry.domain.analysis import keyword
from facetry.domain.jewelry.scales import SCALES, grade
from facetry.domain.product import AttributeValue, Product, ProductContent, Scalar
from facetry.domain.ring_sizing import circumference_of
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES, Field, Kind

LOWEST = -(2**63)
HIGHEST = 2**63 - 1
PATH_SEPARATOR = " > "
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_TRUTH = {"false": 0, "true": 1}
_MICROSECONDS = 1_000_000
_SIGN = 2**63 - 1


def text_of(value: Scalar) -> str | None:
    """Return the text of a value: numbers in their shortest form, None for what is not given."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)


def product_texts(field: Field, product: ProductContent) -> tuple[str, ...]:
    """Return the distinct values of a product in a field of products that is neither a price nor a number of ours."""
    name = field.name
    if name.startswith(ATTRIBUTES):
        return _texts((product.attributes or {}).get(name[len(ATTRIBUTES) :]))
    if name.startswith(METALS):
        return _distinct(text_of(metal.get(name[len(METALS) :])) for metal in product.metals or ())
    if name == "category":
        return category_paths(product.category)
    if name == "ring_circumference":
        return _distinct((circumference_of(product),))
    value = getattr(product, name)
    return tuple(dict.fromkeys(value)) if isinstance(value, tuple) else _distinct((value,))


def stone_texts(field: Field, stone: Mapping[str, Scalar]) -> tuple[str, ...]:
    """Return the values of a gemstone in a field of gemstones."""
    return _distinct((text_of(stone.get(field.name[len(STONES) :])),))


def product_number(field: Field, product: Product, currency: str, default_currency: str) -> int | None:
    """Return the number of a product in a built-in field of numbers; prices in another currency are not given."""
    if field.kind is Kind.PRICE:
        if (product.currency or default_currency) != currency:
            return None
        if field.name == "regular_price":
            return product.regular_price
        promotion = product.promotion_price
        return product.regular_price if promotion is None and field.name == "price" else promotion
    if field.name == "in_stock":
        return int(product.quantity > 0)
    return int(getattr(product, field.name))


def number_of(field: Field, text: str) -> int | None:
    """Return the number key of a value, None for one that has none."""
    match field.kind:
        case Kind.INTEGER:
            return integer_key(text)
        case Kind.BOOLEAN:
            return _TRUTH.get(keyword(text))
        case Kind.DATE:
            return date_key(text)
        case Kind.SCALE:
            return _rank(field, text)
        case Kind.TEXT:
            return None
        case _:
            return decimal_key(text)


def fits(field: Field, text: str) -> bool:
    """Return whether a value may stand in a field of this kind."""
    return field.kind in {Kind.ANY, Kind.TEXT, Kind.KEYWORD} or number_of(field, text) is not None


def decimal_key(text: str) -> int | None:
    """Return the number key of a decimal number, None for any other text and for one beyond float64."""
    return float_key(float(text)) if _NUMBER.fullmatch(text) else None


def float_key(number: float) -> int | None:
    """Return the key of a finite float64; both zeros have the same."""
    if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN is what differs from itself
        return None
    bits: int = struct.unpack("<q", struct.pack("<d", number + 0.0))[0]
    return bits if bits >= 0 else bits ^ _SIGN


def key_float(key: int) -> float:
    """Return the float64 that a key stands for."""
    number: float = struct.unpack("<d", struct.pack("<q", key if key >= 0 else key ^ _SIGN))[0]
    return number


def integer_key(text: str) -> int | None:
    """Return an integer of 64 bits, None for any other text."""
    number = int(text) if _INTEGER.fullmatch(text) else HIGHEST + 1
    return number if LOWEST < number < HIGHEST else None


def date_key(text: str) -> int | None:
    """Return microseconds since 1970 of an ISO 8601 date or time (UTC where it names no zone), None for other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * _MICROSECONDS + since.microseconds


def category_paths(breadcrumbs: Iterable[str]) -> tuple[str, ...]:
    """Return every level of breadcrumbs like ``Jewelry>Rings``, outermost first: ``Jewelry``, ``Jewelry > Rings``."""
    paths: dict[str, None] = {}
    for breadcrumb in breadcrumbs:
        crumbs = [crumb for part in breadcrumb.split(">") if (crumb := part.strip())]
        paths.update(dict.fromkeys(PATH_SEPARATOR.join(crumbs[: depth + 1]) for depth in range(len(crumbs))))
    return tuple(paths)


def _texts(value: AttributeValue) -> tuple[str, ...]:
    values: list[Scalar] = value if isinstance(value, list) else [value]
    return _distinct(text_of(one) for one in values)


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text is not None))


def _rank(field: Field, text: str) -> int | None:
    """Return the position of a value on a field's scale; grades of the trade are read in any of their spellings."""
    ranks = _ranks(field.scale)
    rank = ranks.get(keyword(text))
    if rank is None and field.scale == SCALES.get(field.name):
        named = grade(field.name, text)
        rank = None if named is None else ranks[keyword(named)]
    return rank


@lru_cache(maxsize=256)
def _ranks(scale: tuple[str, ...]) -> dict[str, int]:
    return {keyword(value): rank for rank, value in enumerate(scale)}
