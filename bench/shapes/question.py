"""What is asked of a generated catalog, in words that every engine under measurement can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Among:
    """The field has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """The number lies in this range, both ends included; prices count in units of the currency."""

    field: str
    low: float
    high: float


@dataclass(frozen=True)
class ValueCounts:
    """Groups per value of a field."""

    field: str


@dataclass(frozen=True)
class RangeCounts:
    """Groups per range of a number: from each bound up to below the next, the last one open."""

    field: str
    bounds: tuple[float, ...]


Condition = Among | Between
Facet = ValueCounts | RangeCounts
Order = Literal["relevance", "price", "-price"]


@dataclass(frozen=True)
class Question:
    """One search; a facet leaves out the condition on its own field.

    Attributes:
        q: What was typed; empty finds everything.
        conditions: What one and the same product must fulfil, all of it.
        facets: What to count.
        order: By relevance, or by the lowest or highest price of a matching product.
        is_typing: Whether the last word may be the beginning of one.
    """

    q: str
    conditions: tuple[Condition, ...] = ()
    facets: tuple[Facet, ...] = ()
    order: Order = "relevance"
    is_typing: bool = False

    def others(self, facet: Facet) -> tuple[Condition, ...]:
        """Return the conditions that a facet counts under: those on other fields."""
        return tuple(condition for condition in self.conditions if condition.field != facet.field)
