"""Inserting many rows with few statements.

Each statement lets other threads take the interpreter, and waits until they give it back: that costs more than rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain

import apsw

from facetry.engines.sqlite.connection import Row

ROWS = 20
"""So many rows a statement inserts."""


def insert_all(connection: apsw.Connection, sql: str, rows: Sequence[Row]) -> None:
    """Insert rows in their order with a statement for one of them, which ends in its list of parameters."""
    whole = len(rows) - len(rows) % ROWS
    for start in range(0, whole, ROWS):
        connection.execute(_repeated(sql), tuple(chain.from_iterable(rows[start : start + ROWS])))
    if whole < len(rows):
        connection.executemany(sql, rows[whole:])


@cache
def _repeated(sql: str) -> str:
    return sql + f", {sql[sql.rindex('(') :]}" * (ROWS - 1)
