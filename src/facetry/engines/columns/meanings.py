"""What the values of a dictionary mean: their numbers, the forms they are compared in, their order.

All of it is computed when it is first asked for and kept; values that are new since then are added.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.analysis import keyword
from facetry.domain.search.fields import Field, Kind
from facetry.domain.search.filters import compared
from facetry.domain.search.ordering import sortable
from facetry.domain.search.values import LOWEST, number_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Sense = tuple[Kind, tuple[str, ...]]
"""What decides on the numbers of texts: the kind of a field, and its scale."""
_STEP = 10_000
"""Values looked at between two looks at the clock."""
_FEW = 64
"""So many new values are put into an order one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """The order of values: numbers first, then texts as keywords, then as they are.

    Attributes:
        codes: All codes in this order.
        places: Where each code stands in it.
        ranks: One a code: equal for those that sort alike.
        heads: Of each rank the first code.
    """

    codes: Ints
    places: Ints
    ranks: Ints
    heads: Ints


class Meanings:
    """What the values of one dictionary mean."""

    def __init__(self, values: Sequence[str]) -> None:
        """Know nothing yet of values that may grow in number."""
        self._values = values
        self._numbers: dict[Sense, Longs] = {}
        self._forms = np.empty(0, np.int64)
        self._orders: dict[Sense, Order] = {}
        self._lock = threading.Lock()
        # Nearly all searches ask for the order by one and the same field.
        self._latest: tuple[Field, Order] | None = None

    def numbers(self, field: Field, check: Callable[[], None]) -> Longs:
        """Return the number key of each value, LOWEST for one that has none.

        Args:
            field: Whose kind and scale say what is a number.
            check: Called now and then; what it raises ends the work, and what is done is kept.
        """
        sense = (field.kind, field.scale)
        known = self._numbers.get(sense, _NOTHING)
        while len(known) < len(self._values):
            check()
            new = (number_of(field, value) for value in self._values[len(known) : len(known) + _STEP])
            known = _extended(known, (LOWEST if number is None else number for number in new))
            self._numbers[sense] = known
        return known

    def codes_of(self, field: Field, texts: Iterable[str], check: Callable[[], None]) -> Ints:
        """Return the codes of all values whose form for comparing is one of some texts."""
        forms = self._forms
        while len(forms) < len(self._values):
            check()
            new = self._values[len(forms) : len(forms) + _STEP]
            forms = _extended(forms, (hash(compared(field, value)) for value in new))
            self._forms = forms
        wanted = frozenset(texts)
        hashes: Longs = np.fromiter(map(hash, wanted), np.int64, len(wanted))
        likely = np.flatnonzero(forms == hashes[0] if len(hashes) == 1 else np.isin(forms, hashes))
        codes = [code for code in likely.tolist() if compared(field, self._values[code]) in wanted]
        return np.array(codes, np.int32)

    def order(self, field: Field, check: Callable[[], None]) -> Order:
        """Return the order of values by a field's kind."""
        latest = self._latest
        if latest is not None and latest[0] is field and len(latest[1].codes) == len(self._values):
            return latest[1]
        order = self._order(field, check)
        self._latest = field, order
        return order

    def _order(self, field: Field, check: Callable[[], None]) -> Order:
        sense = (field.kind, field.scale)
        numbers = self.numbers(field, check)
        known = self._orders.get(sense)
        if known is None or len(known.codes) < len(numbers):
            # Sorting many values takes long, and two searches at once need it only once.
            with self._lock:
                known = self._orders.get(sense)
                if known is None or len(known.codes) < len(numbers):
                    known = self._orders[sense] = self._ordered(known, numbers)
        return known

    def place(self, field: Field, order: Order, value: float | str) -> int:
        """Return twice the rank of what sorts like a value; where nothing does, odd, between its neighbours."""
        wanted = (isinstance(value, str), value)

        def key(code: int) -> tuple[bool, float | str]:
            found = sortable(field, self._values[code])
            return isinstance(found, str), found

        rank = bisect_left(order.heads, wanted, key=key)
        is_there = rank < len(order.heads) and key(order.heads[rank]) == wanted
        return 2 * rank if is_there else 2 * rank - 1

    def _ordered(self, known: Order | None, numbers: Longs) -> Order:
        size = len(numbers)
        before = len(known.codes) if known else 0

        def key(code: int) -> tuple[bool, int, str, str]:
            number, value = int(numbers[code]), self._values[code]
            return number == LOWEST, number, keyword(value), value

        def sorts_alike(one: int, other: int) -> bool:
            return key(one)[:-1] == key(other)[:-1] if numbers[one] == LOWEST else bool(numbers[one] == numbers[other])

        new = sorted(range(before, size), key=key)
        if known is None or len(new) > max(_FEW, before // _FEW):
            codes: Ints = np.array(sorted(range(size), key=key), np.int32)
            heads, changed = np.ones(size, np.bool_), [*range(1, size)]
        else:
            places = np.array([bisect_left(known.codes, key(code), key=key) for code in new], np.int64)
            codes = np.insert(known.codes, places, np.array(new, np.int32))
            heads = np.insert(np.diff(known.ranks[known.codes], prepend=-1) != 0, places, values=True)
            inserted = places + np.arange(len(new))
            changed = sorted({int(place) for at in inserted for place in (at, at + 1) if 0 < place < size})
        for place in changed:
            heads[place] = not sorts_alike(codes[place], codes[place - 1])
        positions = np.empty(size, np.int32)
        positions[codes] = np.arange(size, dtype=np.int32)
        ranks = np.empty(size, np.int32)
        ranks[codes] = np.cumsum(heads) - 1
        return Order(codes, positions, ranks, codes[heads])


_NOTHING: Longs = np.empty(0, np.int64)


def _extended(known: Longs, new: Iterable[int]) -> Longs:
    return np.concatenate([known, np.fromiter(new, np.int64)])
