"""Inserting many rows with few statements.

Each statement lets other threads take the interpreter, and waits until they give it back: that costs more than rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import chain

import apsw

from facetry.engines.sqlite.connection import Row

ROWS = 100
"""So many rows a statement inserts at most."""
_SIZES = (ROWS, 20, 5)
MANY = 500
"""So many rows are worth a thread, in which SQLite works while the interpreter does something else."""


class WaitingRows:
    """Rows that wait to be inserted together."""

    def __init__(self, connection: apsw.Connection, sql: str) -> None:
        """Insert with a statement for one of them, see ``insert_all``."""
        self._connection = connection
        self._sql = sql
        self._rows: list[Row] = []

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Have a row wait."""
        self._rows.append(row)

    def insert(self) -> None:
        """Insert what waits."""
        if self._rows:
            self._taken()()

    def taken_if_many(self) -> Callable[[], None] | None:
        """Return what inserts all that waits, which has to be done before anything else; None while that is little."""
        return self._taken() if len(self._rows) >= MANY else None

    def _taken(self) -> Callable[[], None]:
        rows, self._rows = self._rows, []
        return partial(insert_all, self._connection, self._sql, rows)


def insert_all(connection: apsw.Connection, sql: str, rows: Sequence[Row]) -> None:
    """Insert rows in their order with a statement for one of them, which ends in its list of parameters."""
    done = 0
    for size in _SIZES:
        while len(rows) - done >= size:
            connection.execute(_repeated(sql, size), tuple(chain.from_iterable(rows[done : done + size])))
            done += size
    if done < len(rows):
        connection.executemany(sql, rows[done:])


@cache
def _repeated(sql: str, size: int) -> str:
    return sql + f", {sql.rpartition('VALUES')[2]}" * (size - 1)
