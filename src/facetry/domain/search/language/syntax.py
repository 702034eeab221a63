"""The syntax tree of a filter: what was written, before anybody knows the fields."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.errors import SearchError

MAX_LENGTH = 65_536
"""Longest filter, in characters."""
MAX_DEPTH = 50
"""How deep parentheses, NOT and functions may stand in each other."""
MAX_CONDITIONS = 500
MAX_VALUES = 10_000
"""How many values all conditions of a filter may name."""

RESERVED = frozenset({"and", "or", "not"})
"""Words that join conditions; as a name or a value they stand in quotes."""


class Place(msgspec.Struct, frozen=True):
    """Where something was written. All places are equal, so that trees are equal that say the same.

    Attributes:
        pointer: JSON pointer of the text or value in the request.
        offset: Of the character in a text of the language, from 0; None in JSON.
    """

    pointer: str = ""
    offset: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place)

    def __hash__(self) -> int:
        return hash(Place)

    def error(self, message: str) -> SearchError:
        """Return the error that something is wrong here."""
        return SearchError(self.pointer, message, self.offset)


class Operator(Enum):
    """How a condition compares, as it is written."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    IN = "IN"
    NOT_IN = "NOT IN"
    BETWEEN = "BETWEEN"
    NOT_BETWEEN = "NOT BETWEEN"
    EXISTS = "EXISTS"
    NOT_EXISTS = "NOT EXISTS"


class Literal(msgspec.Struct, frozen=True):
    """A name or a value as a text, without its quotes."""

    text: str
    place: Place = Place()


class Condition(msgspec.Struct, frozen=True):
    """A field compared with values: as many as the operator takes.

    Attributes:
        place: Of the operator.
    """

    field: Literal
    operator: Operator
    values: tuple[Literal, ...] = ()
    place: Place = Place()


class Conjunction(msgspec.Struct, frozen=True):
    """All of two parts or more."""

    parts: tuple[Tree, ...]


class Disjunction(msgspec.Struct, frozen=True):
    """Any of two parts or more."""

    parts: tuple[Tree, ...]


class Negation(msgspec.Struct, frozen=True):
    """What its part is not."""

    part: Tree


class Question(Enum):
    """What a part may be asked of anew."""

    ANY_PRODUCT = "any_product"
    ANY_STONE = "any_stone"


class Asked(msgspec.Struct, frozen=True):
    """Whether its part is true of any product of the group, of any stone of the product."""

    question: Question
    part: Tree


Tree = Condition | Conjunction | Disjunction | Negation | Asked


class Allowance(msgspec.Struct):
    """What is left of the limits while one filter is read."""

    conditions: int = MAX_CONDITIONS
    values: int = MAX_VALUES

    def spend(self, condition: Condition) -> Condition:
        """Return a condition that was read.

        Raises:
            SearchError: It is one too many, or its values are.
        """
        self.conditions -= 1
        self.values -= len(condition.values)
        if self.conditions < 0:
            raise condition.field.place.error(f"at most {MAX_CONDITIONS} conditions are allowed")
        if self.values < 0:
            raise condition.place.error(f"at most {MAX_VALUES} values are allowed")
        return condition


def check_depth(depth: int, place: Place) -> int:
    """Return the depth one below.

    Raises:
        SearchError: It is too deep.
    """
    if depth >= MAX_DEPTH:
        raise place.error(f"at most {MAX_DEPTH} levels of parentheses and NOT are allowed")
    return depth + 1


def joined(parts: list[Tree], kind: type[Conjunction | Disjunction]) -> Tree:
    """Return parts as one tree; a single one is itself."""
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
