"""Leaving out of a tenant's dictionaries the values that no product has any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from facetry.engines.columns.dictionary import Dictionaries, ValueDictionary
from facetry.engines.columns.segment import CURRENCY, GROUP_ID, Ints, Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.table import Table, ValueColumn

_WASTEFUL = 2
"""A dictionary is wasteful that has more than so many times the values that its segments hold."""


def is_wasteful(snapshot: Snapshot, unused: int) -> bool:
    """Return whether any dictionary is much bigger than it need be.

    Args:
        snapshot: Whose dictionaries.
        unused: So many values more than are held are always in order.
    """
    held: dict[str, int] = {}
    for part in snapshot.parts:
        for name, codes in _codes(part.segment):
            held[name] = held.get(name, 0) + len(codes)
    sizes = snapshot.dictionaries.sizes().items()
    return any(size > _WASTEFUL * held.get(name, 0) + unused for name, size in sizes)


def recoded(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with dictionaries of their own, of the values that its segments hold, none of them saved.

    Nobody may add values meanwhile.
    """
    used = {name: np.zeros(size + 1, np.bool_) for name, size in snapshot.dictionaries.sizes().items()}
    for part in snapshot.parts:
        for name, codes in _codes(part.segment):
            if name in used:
                used[name][codes] = True
    dictionaries = Dictionaries()
    moves: dict[str, Ints] = {}
    for name, kept in used.items():
        # The last one stands for no value, whose code is negative.
        kept[-1] = False
        held = np.flatnonzero(kept)
        moves[name] = np.full(len(kept), -1, np.int32)
        moves[name][held] = np.arange(len(held), dtype=np.int32)
        values = snapshot.dictionaries[name].values_by_code
        dictionaries[name] = ValueDictionary(values[code] for code in held.tolist())
    parts = tuple(_moved_part(part, moves) for part in snapshot.parts)
    return replace(snapshot, parts=parts, dictionaries=dictionaries)


def _codes(segment: Segment) -> Iterator[tuple[str, Ints]]:
    """Yield all codes that a segment holds, with the name of their dictionary."""
    yield GROUP_ID, segment.group_codes
    yield CURRENCY, segment.currencies
    for table in (segment.products, segment.stones):
        for name, column in table.columns.items():
            yield name, column.codes


def _moved_part(part: Part, moves: Mapping[str, Ints]) -> Part:
    segment = part.segment
    currencies = moves[CURRENCY][segment.currencies] if CURRENCY in moves else segment.currencies
    moved = replace(
        segment,
        group_codes=moves[GROUP_ID][segment.group_codes],
        currencies=currencies,
        products=_moved_table(segment.products, moves),
        stones=_moved_table(segment.stones, moves),
        file_name=None,
    )
    return replace(part, segment=moved)


def _moved_table(table: Table, moves: Mapping[str, Ints]) -> Table:
    columns = {name: ValueColumn(moves[name][column.codes], column.rows) for name, column in table.columns.items()}
    return replace(table, columns=columns)
