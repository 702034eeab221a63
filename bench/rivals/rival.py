"""What every other engine under measurement does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bench.shapes.question import Question
from bench.shapes.shape import Shape

HITS = 10
MATCHED = 5
"""How many groups an answer lists, and how many matching products of each."""


class UnavailableError(Exception):
    """An engine cannot run here; the text says what is missing."""


@dataclass(frozen=True)
class Answer:
    """What an engine found.

    Attributes:
        total: How many groups match.
        hits: Ids of the first groups.
        counts: Groups per value of each facet, or per range's number.
        matched: How many matching products were listed with the hits.
    """

    total: int
    hits: list[str]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    matched: int = 0


class Rival(Protocol):
    """An engine with one catalog in it."""

    name: str

    def refusal(self, shape: Shape, question: Question) -> str:
        """Return why it cannot answer a question as it is meant, or nothing where it can."""

    def load(self, shape: Shape) -> None:
        """Take in all groups of a shape and make them ready to be searched."""

    def ask(self, question: Question) -> Answer:
        """Return the answer to a question."""

    def close(self) -> None:
        """Stop, and leave nothing behind."""
