"""A shape: how large a catalog is, how it is drawn, and what is asked of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from bench.shapes.question import Facet, Question
from facetry.domain.group import ProductGroup

PAGE = 500
SEED = 20_26


@dataclass(frozen=True)
class Size:
    """How many groups and products; there are at least as many products as groups."""

    groups: int
    products: int


Draw = Callable[[Size, np.random.Generator], Iterator[ProductGroup]]
Ask = Callable[[random.Random], Question]


@dataclass(frozen=True)
class Shape:
    """A catalog that is drawn anew, and always the same, whenever it is asked for.

    Attributes:
        name: What the figures call it.
        size: How large it is.
        draw: Yields its groups.
        asks: The kinds of questions: what draws one of each.
        facets: What all of its faceted questions count.
        text_source: What its words were taken from.
    """

    name: str
    size: Size
    draw: Draw
    asks: Mapping[str, Ask]
    facets: tuple[Facet, ...]
    text_source: str

    def groups(self, seed: int = SEED) -> Iterator[ProductGroup]:
        """Yield the groups one by one."""
        return self.draw(self.size, np.random.default_rng(seed))

    def pages(self, seed: int = SEED) -> Iterator[list[ProductGroup]]:
        """Yield the groups in pages, as a store would."""
        groups = self.groups(seed)
        while page := list(islice(groups, PAGE)):
            yield page

    def questions(self, count: int, kind: str = "faceted", seed: int = SEED) -> list[Question]:
        """Return questions of a kind."""
        dice = random.Random(f"{kind}{seed}")
        return [self.asks[kind](dice) for _ in range(count)]
