"""Filters as trees of typed conditions, and what they mean.

A filter is asked of one product together with one of its gemstones, so all conditions of a filter hold on one and the
same product, and all conditions on gemstones on one and the same stone. A product without gemstones is asked together
with an empty stone, which has no value anywhere. ``AnyProduct`` and ``AnyStone`` open a new question: is there any
product of the group, any stone of the product, of which the inner filter is true?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from facetry.domain.analysis import keyword
from facetry.domain.product import Product, Scalar
from facetry.domain.search.fields import Field, Kind, Level
from facetry.domain.search.values import HIGHEST, LOWEST, number_of, product_number, product_texts, stone_texts

Stone = Mapping[str, Scalar]
NO_STONE: Stone = {}
NUMBER_FIELDS = frozenset(
    {"price", "regular_price", "promotion_price", "quantity", "in_stock", "active", "is_main"},
)
"""Built-in fields that hold a number and no text."""


class Has(msgspec.Struct, frozen=True, tag="has"):
    """True where any value of a field is one of some texts or lies in one of some ranges.

    Attributes:
        texts: Texts in the form of ``analysis.keyword``; of SKU and group id as they are, because their case counts.
        ranges: Number keys, first and last of each range, both included.
        exists: Whether any value at all will do.
    """

    field: Field
    texts: frozenset[str] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()
    exists: bool = False


class And(msgspec.Struct, frozen=True, tag="and"):
    """True where all parts are; without parts always."""

    parts: tuple[Filter, ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    """True where any part is; without parts never."""

    parts: tuple[Filter, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """True where its part is not."""

    part: Filter


class AnyProduct(msgspec.Struct, frozen=True, tag="any_product"):
    """True where its part is true of any product of the group."""

    part: Filter


class AnyStone(msgspec.Struct, frozen=True, tag="any_stone"):
    """True where its part is true of the product with any of its stones, or with the empty one where it has none."""

    part: Filter


Filter = Has | And | Or | Not | AnyProduct | AnyStone
EVERYTHING = And(())


class Candidate(msgspec.Struct, frozen=True):
    """What a filter is asked of: a product with one of its stones, among the products of its group.

    Attributes:
        currency: In which prices are compared; a product priced in another has none.
        default_currency: The tenant's, of products that name none.
    """

    group_id: str
    members: tuple[Product, ...]
    product: Product
    stone: Stone
    currency: str
    default_currency: str


def is_true(condition: Filter, candidate: Candidate) -> bool:
    """Return whether a filter is true of a candidate."""
    match condition:
        case Has():
            return _has(condition, candidate)
        case And():
            return all(is_true(part, candidate) for part in condition.parts)
        case Or():
            return any(is_true(part, candidate) for part in condition.parts)
        case Not():
            return not is_true(condition.part, candidate)
        case AnyStone():
            return any(is_true(condition.part, other) for other in with_stones(candidate))
        case AnyProduct():
            others = (msgspec.structs.replace(candidate, product=product) for product in candidate.members)
            return any(is_true(condition.part, other) for one in others for other in with_stones(one))


def with_stones(candidate: Candidate) -> Iterator[Candidate]:
    """Yield the candidate with each of its product's stones, with the empty one where it has none."""
    for stone in candidate.product.gemstones or (NO_STONE,):
        yield msgspec.structs.replace(candidate, stone=stone)


def conjuncts(condition: Filter) -> tuple[Filter, ...]:
    """Return the parts of a filter all of which must be true, ``And`` in ``And`` opened."""
    if isinstance(condition, And):
        return tuple(inner for part in condition.parts for inner in conjuncts(part))
    return (condition,)


def fields_of(condition: Filter) -> frozenset[str]:
    """Return the full names of the fields that a filter looks at."""
    match condition:
        case Has():
            return frozenset({condition.field.name})
        case And() | Or():
            return frozenset().union(*(fields_of(part) for part in condition.parts))
        case Not() | AnyProduct() | AnyStone():
            return fields_of(condition.part)


def candidate_texts(field: Field, candidate: Candidate) -> Sequence[str]:
    """Return the texts that a candidate has in a field; none in a field of numbers."""
    if field.level is Level.STONE:
        return stone_texts(field, candidate.stone)
    if field.level is Level.GROUP:
        return (candidate.group_id,)
    return () if field.name in NUMBER_FIELDS else product_texts(field, candidate.product)


def candidate_numbers(field: Field, candidate: Candidate) -> list[int]:
    """Return the number keys that a candidate has in a field."""
    if field.name in NUMBER_FIELDS:
        number = product_number(field, candidate.product, candidate.currency, candidate.default_currency)
        return [] if number is None else [number]
    numbers = (number_of(field, text) for text in candidate_texts(field, candidate))
    return [number for number in numbers if number is not None]


def compared(field: Field, text: str) -> str:
    """Return the form in which a text of a field is compared for equality."""
    return text if field.name in {"sku", "group_id"} else keyword(text)


def _has(condition: Has, candidate: Candidate) -> bool:
    field = condition.field
    texts = candidate_texts(field, candidate)
    if any(condition.exists or compared(field, text) in condition.texts for text in texts):
        return True
    numbers = candidate_numbers(field, candidate)
    ranges = ((LOWEST, HIGHEST),) if condition.exists else condition.ranges
    return any(first <= number <= last for number in numbers for first, last in ranges)


def kind_has_texts(kind: Kind) -> bool:
    """Return whether equality in a field of this kind is of texts; in the others it is of numbers."""
    return kind in {Kind.ANY, Kind.TEXT, Kind.KEYWORD}
