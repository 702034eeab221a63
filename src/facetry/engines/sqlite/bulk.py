"""Inserting many rows with few statements.

Each statement lets other threads take the interpreter, and waits until they give it back: that costs more than rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain

import apsw

from facetry.engines.sqlite.connection import Row

ROWS = 100
"""So many rows a statement inserts at most."""
_SIZES = (ROWS, 20, 5)


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
