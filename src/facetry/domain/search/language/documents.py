"""The filter language as JSON: from objects to the same syntax tree.

An object is one of ``{"and": [...]}``, ``{"or": [...]}``, ``{"not": {...}}``, ``{"any_product": {...}}`` and
``{"any_stone": {...}}``; or a field with its operators, ``{"field": "price", "gte": 100, "lt": 500}``; or, shorter,
fields with their values or operators, ``{"color": ["Red", "Rose"], "price": {"lt": 500}}``, all of which hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from facetry.domain.search.language.syntax import (
    Allowance,
    Asked,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operator,
    Place,
    Question,
    Tree,
    check_depth,
    joined,
)
from facetry.domain.search.values import text_of

_OPERATORS = {
    "eq": Operator.EQUAL,
    "ne": Operator.UNEQUAL,
    "lt": Operator.LESS,
    "lte": Operator.LESS_OR_EQUAL,
    "gt": Operator.GREATER,
    "gte": Operator.GREATER_OR_EQUAL,
    "in": Operator.IN,
    "not_in": Operator.NOT_IN,
    "between": Operator.BETWEEN,
    "not_between": Operator.NOT_BETWEEN,
    "exists": Operator.EXISTS,
}
_NAMES = ", ".join(_OPERATORS)
_QUESTIONS = {question.value: question for question in Question}
_FIELD = "field"
_MOST_BITS = 1024


def read_filter(document: object, pointer: str = "/filter") -> Tree | None:
    """Return the syntax tree of a filter in JSON, None of an empty array or object.

    An array holds where all of it does.

    Args:
        document: Decoded JSON.
        pointer: Where in the request it stands, for errors.

    Raises:
        SearchError: What is wrong, and where.
    """
    if document in ([], {}):
        return None
    reader = _Reader()
    if isinstance(document, Mapping):
        return reader.one(document, pointer, 0)
    return joined(reader.several(document, pointer, 0), Conjunction)


def pointed(pointer: str, name: str | int) -> str:
    """Return the JSON pointer of a part of what another points to."""
    if isinstance(name, int):
        return f"{pointer}/{name}"
    # What no answer could hold must not make an answer of the error impossible.
    valid = name if name.isascii() else name.encode("utf-8", "replace").decode()
    return f"{pointer}/{valid.replace('~', '~0').replace('/', '~1')}"


class _Reader:
    """Reads one filter."""

    def __init__(self) -> None:
        self._allowance = Allowance()
        self._forms: Mapping[str, Callable[[object, str, int], Tree]] = {
            "and": lambda value, pointer, depth: joined(self.several(value, pointer, depth), Conjunction),
            "or": lambda value, pointer, depth: joined(self.several(value, pointer, depth), Disjunction),
            "not": lambda value, pointer, depth: Negation(self.one(value, pointer, depth)),
            **{name: self._asking(question) for name, question in _QUESTIONS.items()},
        }

    def several(self, document: object, pointer: str, depth: int) -> list[Tree]:
        if not isinstance(document, Sequence) or isinstance(document, str) or not document:
            raise Place(pointer).error("must be an array of one condition or more")
        return [self.one(part, pointed(pointer, index), depth) for index, part in enumerate(document)]

    def one(self, document: object, pointer: str, depth: int) -> Tree:
        if not isinstance(document, Mapping) or not document or not all(isinstance(key, str) for key in document):
            raise Place(pointer).error('must be an object such as {"field": "price", "lt": 500}')
        for name, form in self._forms.items():
            if name in document:
                if len(document) > 1:
                    raise Place(pointer).error(f"{name} must be the only key of its object")
                return form(document[name], pointed(pointer, name), check_depth(depth, Place(pointer)))
        if _FIELD in document:
            return self._long(document, pointer)
        parts = [part for name, value in document.items() for part in self._short(name, value, pointed(pointer, name))]
        return joined(parts, Conjunction)

    def _asking(self, question: Question) -> Callable[[object, str, int], Tree]:
        return lambda value, pointer, depth: Asked(question, self.one(value, pointer, depth))

    def _long(self, document: Mapping[str, object], pointer: str) -> Tree:
        field = _name(document[_FIELD], pointed(pointer, _FIELD))
        operators = {name: value for name, value in document.items() if name != _FIELD}
        return joined(self._operators(field, operators, pointer), Conjunction)

    def _short(self, name: str, value: object, pointer: str) -> list[Tree]:
        field = _name(name, pointer)
        if isinstance(value, Mapping):
            return self._operators(field, value, pointer)
        operator = Operator.IN if _is_array(value) else Operator.EQUAL
        return [self._condition(field, operator, value, pointer)]

    def _operators(self, field: Literal, operators: Mapping[str, object], pointer: str) -> list[Tree]:
        if not operators:
            raise Place(pointer).error(f"must have an operator: {_NAMES}")
        parts: list[Tree] = []
        for name, value in operators.items():
            if name not in _OPERATORS:
                raise Place(pointer).error(f"{name!r} is no operator: {_NAMES}")
            parts.append(self._condition(field, _OPERATORS[name], value, pointed(pointer, name)))
        return parts

    def _condition(self, field: Literal, operator: Operator, value: object, pointer: str) -> Condition:
        if operator is Operator.EXISTS:
            if not isinstance(value, bool):
                raise Place(pointer).error("must be true or false")
            operator = Operator.EXISTS if value else Operator.NOT_EXISTS
        return self._allowance.spend(Condition(field, operator, _values(operator, value, pointer), Place(pointer)))


def _values(operator: Operator, value: object, pointer: str) -> tuple[Literal, ...]:
    match operator:
        case Operator.EXISTS | Operator.NOT_EXISTS:
            return ()
        case Operator.IN | Operator.NOT_IN:
            return _listed(value, pointer)
        case Operator.BETWEEN | Operator.NOT_BETWEEN:
            bounds = _listed(value, pointer)
            if len(bounds) != len(("low", "high")):
                raise Place(pointer).error("must be an array of two values")
            return bounds
        case _:
            return (literal(value, pointer),)


def _listed(value: object, pointer: str) -> tuple[Literal, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise Place(pointer).error("must be an array of one value or more")
    return tuple(literal(one, pointed(pointer, index)) for index, one in enumerate(value))


def _name(value: object, pointer: str) -> Literal:
    if not isinstance(value, str):
        raise Place(pointer).error("must be a text")
    return literal(value, pointer)


def _is_array(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def literal(value: object, pointer: str) -> Literal:
    """Return a JSON scalar as the text that it stands for.

    Raises:
        SearchError: It is none, or a number that cannot be written out.
    """
    place = Place(pointer)
    if isinstance(value, str):
        return Literal(checked_text(value, place), place)
    if isinstance(value, float) and not math.isfinite(value):
        raise place.error("must be a finite number")
    if not isinstance(value, bool | int | float):
        raise place.error("must be a text, a number, true or false")
    # An integer may be longer than Python is willing to write out.
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise place.error("is too large a number")
    return Literal(text_of(value) or "", place)


def checked_text(text: str, place: Place) -> str:
    """Return a text that is whole.

    Raises:
        SearchError: It has half a character in it, a lone surrogate.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise place.error("must be valid Unicode, without lone surrogates") from error
    return text
