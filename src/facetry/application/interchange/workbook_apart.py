"""Reading workbooks in a process of their own, which may have only so much memory and time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import BinaryIO, NamedTuple, cast

from facetry.domain.errors import InterchangeError

MOST_MEMORY = 3 << 29
"""Bytes of addresses that reading a workbook may take."""
MOST_SECONDS = 300
"""Of a processor, for one workbook."""
REFUSED = 3
"""Exit code of one that is refused; what is wrong stands in the error output."""
_PATIENCE = 4
"""So much longer may it take on a machine that is busy."""
_PROGRAM = "facetry.application.interchange.workbook_process"


class Refusal(NamedTuple):
    """What the other process says is wrong."""

    message: str


def csv_apart(workbook: BinaryIO, name: str) -> BinaryIO:
    """Return a workbook as CSV as ``csv_of`` does; whatever is in it, this process keeps its memory.

    A workbook is XML: a few kilobytes of it, packed well, may be millions of elements for whoever reads them.

    Args:
        workbook: An open file, nothing of it in a buffer.
        name: What messages call it.

    Raises:
        InterchangeError: It is no workbook, or too large, or what reads it is not installed.
    """
    workbook.seek(0)
    found = cast("BinaryIO", tempfile.TemporaryFile(prefix="facetry-sheet-"))  # noqa: SIM115 - whoever asked closes it
    try:
        _run(workbook, found, name)
        found.seek(0)
    except BaseException:
        found.close()
        raise
    return found


def _run(workbook: BinaryIO, found: BinaryIO, name: str) -> None:
    # Modules are those of this program only, not such as lie in the folder where it was started.
    command = [sys.executable, "-P", "-m", _PROGRAM, name]
    try:
        done = subprocess.run(  # noqa: S603 - it is this program's own, and no shell reads the name
            command,
            stdin=workbook,
            stdout=found,
            stderr=subprocess.PIPE,
            check=False,
            timeout=MOST_SECONDS * _PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise unreadable(name) from None
    if done.returncode == REFUSED:
        raise InterchangeError(Refusal(done.stderr.decode("utf-8", "replace")).message)
    if done.returncode:
        raise unreadable(name)


def unreadable(name: str) -> InterchangeError:
    """Return the error of a workbook that cannot be read, for whatever reason."""
    return InterchangeError(f"{name} is no workbook (.xlsx) that can be read: save it as CSV (UTF-8)")
