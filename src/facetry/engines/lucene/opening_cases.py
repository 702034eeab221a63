"""Filters opened by cases, until each says alone what holds of a group, of a product and of one of its stones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from facetry.domain.search.fields import Level
from facetry.domain.search.filters import And, AnyProduct, AnyStone, Filter, Has, Not, Or

TRUE, FALSE = And(()), Or(())
MOST_QUESTIONS = 5
"""A filter with more questions about any product or any stone has too many cases to be asked of documents."""


class Leaf(msgspec.Struct, frozen=True):
    """A case of a filter.

    Attributes:
        answers: To each of its questions of a kind: the question where it is true, else ``Not`` of it.
        rest: What is left of the filter; it has no question of this kind.
    """

    answers: tuple[Filter, ...]
    rest: Filter


def group_cases(condition: Filter) -> tuple[Leaf, ...]:
    """Return a filter without ``AnyProduct`` in all cases of these; each group is in one of them at most."""
    return tuple(_opened(condition, AnyProduct))


def product_cases(condition: Filter) -> tuple[Leaf, ...]:
    """Return a filter that has no ``AnyProduct`` without ``AnyStone`` too; each product is in one case at most."""
    return tuple(_opened(condition, AnyStone))


def asks_of_one_stone(condition: Filter) -> bool:
    """Return whether a filter may be true of a product with one of its stones and not with another."""
    match condition:
        case Has():
            return condition.field.level is Level.STONE
        case And() | Or():
            return any(map(asks_of_one_stone, condition.parts))
        case Not():
            return asks_of_one_stone(condition.part)
        case AnyProduct() | AnyStone():
            return False


def questions(condition: Filter) -> frozenset[Filter]:
    """Return all that a filter asks about any product or any stone."""
    match condition:
        case Has():
            return frozenset()
        case And() | Or():
            return frozenset().union(*map(questions, condition.parts))
        case Not():
            return questions(condition.part)
        case AnyProduct() | AnyStone():
            return questions(condition.part) | {condition}


def parts_of(condition: Filter) -> Iterator[Has]:
    """Yield the conditions on fields that a filter is made of."""
    match condition:
        case Has():
            yield condition
        case And() | Or():
            for part in condition.parts:
                yield from parts_of(part)
        case Not() | AnyProduct() | AnyStone():
            yield from parts_of(condition.part)


def _opened(condition: Filter, kind: type[AnyProduct | AnyStone]) -> Iterator[Leaf]:
    """Yield a filter for each answer to its innermost question of a kind, then of the next one, but for never."""
    simple = simplified(condition)
    question = _innermost(simple, kind)
    if question is None:
        if simple != FALSE:
            yield Leaf((), simple)
        return
    for answer, value in ((question, TRUE), (Not(question), FALSE)):
        for leaf in _opened(_replaced(simple, question, value), kind):
            yield Leaf((answer, *leaf.answers), leaf.rest)


def _innermost(condition: Filter, kind: type[AnyProduct | AnyStone]) -> Filter | None:
    match condition:
        case And() | Or():
            found = (_innermost(part, kind) for part in condition.parts)
            return next((one for one in found if one is not None), None)
        case Not() | AnyProduct() | AnyStone():
            inner = _innermost(condition.part, kind)
            return condition if inner is None and isinstance(condition, kind) else inner
        case _:
            return None


def _replaced(condition: Filter, question: Filter, answer: Filter) -> Filter:
    return answer if condition == question else _mapped(condition, lambda part: _replaced(part, question, answer))


def _mapped(condition: Filter, change: Callable[[Filter], Filter]) -> Filter:
    match condition:
        case And() | Or():
            return msgspec.structs.replace(condition, parts=tuple(map(change, condition.parts)))
        case Not() | AnyProduct() | AnyStone():
            return msgspec.structs.replace(condition, part=change(condition.part))
        case _:
            return condition


def simplified(condition: Filter) -> Filter:
    """Return a filter without parts that are always or never true, unless it is one of these itself."""
    match _mapped(condition, simplified):
        case And(parts):
            return _joined(And, parts, TRUE, FALSE)
        case Or(parts):
            return _joined(Or, parts, FALSE, TRUE)
        case Not(part):
            return _negated(part)
        case AnyProduct(part) | AnyStone(part) as question:
            # Every group has a product, and every product a stone, be it the empty one.
            return part if part in {TRUE, FALSE} else question
        case Has() as condition:
            return condition if condition.texts or condition.ranges or condition.exists else FALSE


def _joined(kind: type[And | Or], parts: tuple[Filter, ...], neutral: Filter, decisive: Filter) -> Filter:
    opened = [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
    kept = tuple(dict.fromkeys(part for part in opened if part != neutral))
    if decisive in kept:
        return decisive
    return kept[0] if len(kept) == 1 else kind(kept)


def _negated(part: Filter) -> Filter:
    if part in {TRUE, FALSE}:
        return FALSE if part == TRUE else TRUE
    return part.part if isinstance(part, Not) else Not(part)
