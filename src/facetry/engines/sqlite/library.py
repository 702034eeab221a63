"""Which SQLite this program runs on."""

from __future__ import annotations

import apsw


def library_version() -> str:
    """Return the version of the SQLite library in use."""
    return apsw.sqlite_lib_version()
