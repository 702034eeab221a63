"""Writing a database anew, so that nothing stays in its file of what was deleted or replaced."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import apsw

from facetry.engines.sqlite.connection import open_shared_writer, open_writer, rows, store_error

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.05


def compact(connection: apsw.Connection) -> None:
    """Write the catalog's database anew while its writer does nothing else, and empty its log.

    Raises:
        StoreError: There is no room for a second copy, or somebody reads all the while.
    """
    # The writer keeps all that it changes in memory, which here is everything.
    with closing(open_writer(Path(connection.filename))) as other:
        for pragma in ("cache_spill = ON", "temp_store = FILE"):
            rows(other, f"PRAGMA {pragma}", ())
        _vacuum(other)


def compact_shared(path: Path) -> None:
    """Write a file anew that several processes write in turns, where there is one: that of journals, or of accounts.

    Raises:
        StoreError: There is no room for a second copy, or others write all the while.
    """
    if path.is_file():
        with closing(open_shared_writer(path)) as connection:
            _vacuum(connection)


def _vacuum(connection: apsw.Connection) -> None:
    rows(connection, "VACUUM", ())
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.Error as error:
            # Who reads at the moment holds the log for as long.
            if not isinstance(error, apsw.BusyError) or time.monotonic() > until:
                raise store_error(error) from error
            time.sleep(_PAUSE_SECONDS)
        else:
            return
