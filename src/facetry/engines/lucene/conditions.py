"""Filters as queries of documents: of groups, of products nested in these, of their stones nested in those."""

from __future__ import annotations

from typing import cast

import msgspec
from msgspec import structs

from facetry.domain.search.fields import Field, Kind
from facetry.domain.search.filters import NUMBER_FIELDS, And, AnyProduct, AnyStone, Filter, Has, Not, Or
from facetry.domain.search.values import HIGHEST, LOWEST
from facetry.engines.lucene.facts import fact, has_any
from facetry.engines.lucene.opening_cases import (
    MOST_QUESTIONS,
    TRUE,
    asks_of_one_stone,
    group_cases,
    product_cases,
    questions,
    simplified,
)
from facetry.engines.lucene.queries import (
    CANDIDATE,
    EVERYTHING,
    FACTS,
    PRODUCT,
    VALUES,
    Query,
    all_of,
    any_of,
    between,
    nested,
    none_of,
    one_of,
)
from facetry.engines.lucene.slots import Slot, Slots

_CURRENCY = "currency"


class Homes(msgspec.Struct, frozen=True):
    """Where the numbers of fields are, and which of them count, in one search.

    Attributes:
        slots: Those of the tenant.
        currency: Of the search.
        default_currency: The tenant's, of products that name none.
    """

    slots: Slots
    currency: str
    default_currency: str

    def of(self, field: Field) -> Slot | None:
        """Return the slot that holds the numbers of a field, None where no product has one."""
        return self.slots.of(field)

    def counting(self, field: Field) -> Query:
        """Return the query of candidates whose number in a field counts: of a price in the search's currency."""
        if field.kind is not Kind.PRICE:
            return EVERYTHING
        named = [self.currency]
        if self.currency != self.default_currency:
            return _priced_in(named)
        unnamed = none_of(one_of(FACTS, [has_any(_CURRENCY)]))
        return any_of([unnamed, _priced_in(["", *named])])


class Case(msgspec.Struct, frozen=True):
    """A way in which a filter can be true.

    Attributes:
        group: What is asked of the document.
        product: What is asked of a product in it.
        candidate: What is asked of the product with one of its stones.
    """

    group: Query
    product: Query
    candidate: Query

    @property
    def document(self) -> Query:
        """Return the query of documents of which the filter is true in this way."""
        if self.product == EVERYTHING:
            found = nested(CANDIDATE, self.candidate)
        else:
            found = nested(PRODUCT, all_of([self.product, nested(CANDIDATE, self.candidate)]))
        return all_of([self.group, found])


class Cases(msgspec.Struct, frozen=True):
    """The ways in which a filter can be true: no product has two of them.

    Attributes:
        are_of_groups: Whether no group has two of them either.
    """

    cases: tuple[Case, ...]
    are_of_groups: bool

    @property
    def documents(self) -> Query:
        """Return the query of documents that have a candidate of which the filter is true."""
        return any_of([case.document for case in self.cases])

    def also(self, query: Query) -> Cases:
        """Return the same cases, of candidates alone that a query finds too."""
        narrowed = (structs.replace(case, candidate=all_of([case.candidate, query])) for case in self.cases)
        return structs.replace(self, cases=tuple(narrowed))


class _ProductCase(msgspec.Struct, frozen=True):
    """What is asked of products, of all their stones alike, and what of the one stone beside it."""

    product: Filter
    rest: Filter


def cases_of(condition: Filter, homes: Homes) -> Cases | None:
    """Return how a filter can be true, None where there are too many ways."""
    simple = simplified(condition)
    if len(questions(simple)) > MOST_QUESTIONS:
        return None
    merged: dict[tuple[_ProductCase, ...], list[Query]] = {}
    for leaf in group_cases(simple):
        groups = all_of(_of_group(answer, homes) for answer in leaf.answers)
        merged.setdefault(_product_cases(leaf.rest), []).append(groups)
    cases = [
        Case(any_of(groups), _of_product(product.product, homes), _of_candidate(product.rest, homes))
        for products, groups in merged.items()
        for product in products
    ]
    return Cases(tuple(cases), all(len(products) <= 1 for products in merged))


def _product_cases(condition: Filter) -> tuple[_ProductCase, ...]:
    """Return a filter without ``AnyProduct`` by what it asks of one stone in the end."""
    if not any(isinstance(question, AnyStone) for question in questions(condition)):
        return (_ProductCase(TRUE, condition),)
    if not asks_of_one_stone(condition):
        return (_ProductCase(condition, TRUE),)
    merged: dict[Filter, list[Filter]] = {}
    for leaf in product_cases(condition):
        # What is the same for all stones is asked of the product, so that such cases are one.
        is_alike = not asks_of_one_stone(leaf.rest)
        rest = TRUE if is_alike else leaf.rest
        merged.setdefault(rest, []).append(And((*leaf.answers, leaf.rest) if is_alike else leaf.answers))
    return tuple(_ProductCase(simplified(Or(tuple(products))), rest) for rest, products in merged.items())


def _of_group(answer: Filter, homes: Homes) -> Query:
    """Return the query of documents with a product of which something is true, or, for a ``Not``, without one."""
    if isinstance(answer, Not):
        return none_of(_of_group(answer.part, homes))
    condition = answer.part if isinstance(answer, AnyProduct) else answer
    cases = _product_cases(condition)
    return any_of(
        Case(EVERYTHING, _of_product(case.product, homes), _of_candidate(case.rest, homes)).document for case in cases
    )


def _of_product(condition: Filter, homes: Homes) -> Query:
    """Return the query of products of which a filter is true that asks nothing of one stone."""
    match condition:
        case And(parts):
            return all_of(_of_product(part, homes) for part in parts)
        case Or(parts):
            return any_of(_of_product(part, homes) for part in parts)
        case Not(part):
            return none_of(_of_product(part, homes))
        case AnyStone(part):
            return any_of(
                all_of([*(_of_product(one, homes) for one in leaf.answers), _with_any_stone(leaf.rest, homes)])
                for leaf in product_cases(part)
            )
        case _:
            return _with_any_stone(condition, homes)


def _with_any_stone(condition: Filter, homes: Homes) -> Query:
    return nested(CANDIDATE, _of_candidate(condition, homes))


def _of_candidate(condition: Filter, homes: Homes) -> Query:
    """Return the query of products with one stone of which a filter is true that asks for no other."""
    match condition:
        case And(parts):
            return all_of(_of_candidate(part, homes) for part in parts)
        case Or(parts):
            return any_of(_of_candidate(part, homes) for part in parts)
        case Not(part):
            return none_of(_of_candidate(part, homes))
        case _:
            return _has(cast("Has", condition), homes)


def _has(condition: Has, homes: Homes) -> Query:
    field = condition.field
    ranges = ((LOWEST, HIGHEST),) if condition.exists else condition.ranges
    slot = homes.of(field)
    numbers = any_of([between(slot.numbers, first, last) for first, last in ranges] if slot else [])
    found = [all_of([numbers, homes.counting(field)])]
    if field.name not in NUMBER_FIELDS:
        facts = [has_any(field.name)] if condition.exists else []
        facts += [fact(field.name, text) for text in condition.texts]
        found.append(one_of(FACTS, facts))
    return any_of(found)


def _priced_in(currencies: list[str]) -> Query:
    return one_of(VALUES, [fact(_CURRENCY, currency) for currency in currencies])
