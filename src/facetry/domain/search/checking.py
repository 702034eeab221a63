"""Filters ready to be asked of many candidates: they answer as ``filters.is_true`` does, and judge each value once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import ATTRIBUTES, Field, Level
from facetry.domain.search.filters import (
    NO_STONE,
    NUMBER_FIELDS,
    And,
    AnyProduct,
    AnyStone,
    Candidate,
    Filter,
    Has,
    Not,
    Or,
    candidate_texts,
    compared,
    conjuncts,
    with_stones,
)
from facetry.domain.search.values import HIGHEST, LOWEST, number_of, product_number

Check = Callable[[Candidate], bool]
_EVERY_NUMBER = ((LOWEST, HIGHEST),)


class ReadyFilter:
    """A filter, with what it said of each value that it has seen."""

    def __init__(self, condition: Filter) -> None:
        """Make ``condition`` ready."""
        parts = conjuncts(condition)
        self._of_product = _all_of([_check(part) for part in parts if not _asks_stone(part)])
        self._of_stone = _all_of([_check(part) for part in parts if _asks_stone(part)])

    def passing(self, group: ProductGroup, currency: str, default_currency: str) -> Iterator[Candidate]:
        """Yield each product of a group with each stone of which the filter is true, see ``Candidate``."""
        for product in group.products:
            one = Candidate(group.group_id, group.products, product, NO_STONE, currency, default_currency)
            if self._of_product(one):
                yield from filter(self._of_stone, with_stones(one))


def _asks_stone(condition: Filter) -> bool:
    """Return whether an answer depends on which stone of the product is looked at."""
    match condition:
        case Has():
            return condition.field.level is Level.STONE
        case And() | Or():
            return any(map(_asks_stone, condition.parts))
        case Not():
            return _asks_stone(condition.part)
        case AnyStone() | AnyProduct():
            return False


def _check(condition: Filter) -> Check:
    match condition:
        case Has():
            return _number_check(condition) if condition.field.name in NUMBER_FIELDS else _text_check(condition)
        case And():
            return _all_of([*map(_check, condition.parts)])
        case Or():
            return _any_of([*map(_check, condition.parts)])
        case Not():
            return _not(_check(condition.part))
        case AnyStone():
            inner = _check(condition.part)
            return lambda candidate: any(map(inner, with_stones(candidate)))
        case AnyProduct():
            return _any_product(_check(condition.part))


def _all_of(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(candidate: Candidate) -> bool:
        # A plain loop takes half the time of ``all`` over a generator.
        for one in checks:  # noqa: SIM110
            if not one(candidate):
                return False
        return True

    return check


def _any_of(checks: Sequence[Check]) -> Check:
    def check(candidate: Candidate) -> bool:
        for one in checks:  # noqa: SIM110 - see above
            if one(candidate):
                return True
        return False

    return check


def _not(inner: Check) -> Check:
    return lambda candidate: not inner(candidate)


def _any_product(inner: Check) -> Check:
    def check(candidate: Candidate) -> bool:
        others = (msgspec.structs.replace(candidate, product=product) for product in candidate.members)
        return any(inner(other) for one in others for other in with_stones(one))

    return check


def _number_check(condition: Has) -> Check:
    field, ranges = condition.field, _EVERY_NUMBER if condition.exists else condition.ranges

    def check(candidate: Candidate) -> bool:
        number = product_number(field, candidate.product, candidate.currency, candidate.default_currency)
        return number is not None and any(first <= number <= last for first, last in ranges)

    return check


def _text_check(condition: Has) -> Check:
    texts_of = _texts_of(condition.field)
    known: dict[str, bool] = {}

    def check(candidate: Candidate) -> bool:
        for text in texts_of(candidate):
            is_meant = known.get(text)
            if is_meant is None:
                is_meant = known[text] = _means(condition, text)
            if is_meant:
                return True
        return False

    return check


def _texts_of(field: Field) -> Callable[[Candidate], Sequence[str]]:
    if not field.name.startswith(ATTRIBUTES):
        return lambda candidate: candidate_texts(field, candidate)
    name = field.name[len(ATTRIBUTES) :]

    def texts(candidate: Candidate) -> Sequence[str]:
        value = (candidate.product.attributes or {}).get(name)
        # Nearly every attribute is one text, which needs no rewriting.
        return (value,) if type(value) is str else candidate_texts(field, candidate)

    return texts


def _means(condition: Has, text: str) -> bool:
    """Return whether a condition is true of a candidate that has a value."""
    field = condition.field
    if condition.exists or compared(field, text) in condition.texts:
        return True
    number = number_of(field, text) if condition.ranges else None
    return number is not None and any(first <= number <= last for first, last in condition.ranges)
