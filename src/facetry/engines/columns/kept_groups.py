"""What was made of the products of big groups last: a write into one leaves nearly all of its products as they are."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Generic, TypeVar

from facetry.domain.product import Product

BIG_GROUP = 500
"""Smaller groups are made anew more quickly than one finds out what of them changed."""
PRODUCTS_KEPT = 20_000
_Work = TypeVar("_Work")


class KeptGroups(Generic[_Work]):
    """What was made of some groups' products, the last ones made; any thread may use it.

    Products are told apart by their identity, not by their values: equal ones may be written differently.
    """

    def __init__(self, limit: int = PRODUCTS_KEPT) -> None:
        """Begin without any; the groups kept have ``limit`` products together."""
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: list[tuple[tuple[Product, ...], _Work]] = []

    def before(self, products: Sequence[Product]) -> tuple[tuple[Product, ...], _Work] | None:
        """Return the former products of the same group with what was made of them; None where that is not kept."""
        first, last = products[0], products[-1]
        with self._lock:
            for kept in reversed(self._kept):
                if kept[0][0] is first or kept[0][-1] is last:
                    return kept
        return None

    def keep(self, products: Sequence[Product], work: _Work, before: tuple[Product, ...] = ()) -> None:
        """Keep what was made of a group's products, in the place of what ``before`` told of."""
        with self._lock:
            others = [kept for kept in self._kept if kept[0] is not before]
            self._kept = [*others, (tuple(products), work)]
            size = sum(len(kept[0]) for kept in self._kept)
            while size > self._limit:
                size -= len(self._kept.pop(0)[0])


def is_big_group(products: Sequence[Product]) -> bool:
    """Return whether products, those of a group together, are of one big group."""
    return len(products) >= BIG_GROUP and products[0].group_id == products[-1].group_id
