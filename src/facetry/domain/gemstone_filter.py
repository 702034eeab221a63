"""Which gemstones a search wants: conditions on their fields, all of which must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from facetry.domain.gemstone import Gemstone
from facetry.domain.records import RecordKey

Condition = Callable[[Gemstone], bool]
Getter = Callable[[Gemstone], Any]

DETAILS = "details."
"""What the names of fields begin with that stand in a gemstone's details."""


class GemstoneFilter(msgspec.Struct, frozen=True):
    """What a search wants.

    Attributes:
        keys: Only the gemstones with one of these, ids or codes; None for all.
        conditions: What must hold.
    """

    keys: tuple[RecordKey, ...] | None = None
    conditions: tuple[Condition, ...] = ()

    def chosen(self, stones: Iterable[Gemstone]) -> Sequence[Gemstone]:
        """Return those of some gemstones, in their order, for which all conditions hold."""
        kept = list(stones)
        for condition in self.conditions:
            kept = [stone for stone in kept if condition(stone)]
        return kept


def getter(field: str) -> Getter:
    """Return what reads a field of a gemstone, or one of its details; None where it has none."""
    if not field.startswith(DETAILS):
        return attrgetter(field)
    name = field.removeprefix(DETAILS)
    return lambda stone: stone.details.get(name)


def is_one_of(field: str, values: Iterable[object]) -> Condition:
    """Return the condition that a field has one of some values; texts are compared in any case."""
    read, wanted = getter(field), frozenset(_caseless(value) for value in values)
    return lambda stone: _caseless(read(stone)) in wanted


def is_within(field: str, low: float | None, high: float | None) -> Condition:
    """Return the condition that a number lies between two, both included; None for no end."""
    read = getter(field)

    def holds(stone: Gemstone) -> bool:
        value = read(stone)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return holds


def is_graded(field: str, scale: Sequence[str], low: str | None, high: str | None) -> Condition:
    """Return the condition that a grade lies between two, both included, whichever of them is the better one.

    Args:
        field: Which grade.
        scale: The lowest grade first.
        low: At least this one; None for no end.
        high: At most this one; None for no end.
    """
    first = scale.index(low) if low is not None else 0
    last = scale.index(high) if high is not None else len(scale) - 1
    if low is not None and high is not None:
        # Who writes "from D to H" means what lies between them, though D is the better one.
        first, last = sorted((first, last))
    read, wanted = getter(field), frozenset(scale[first : last + 1])
    return lambda stone: read(stone) in wanted


def _caseless(value: object) -> object:
    return value.lower() if isinstance(value, str) else value
