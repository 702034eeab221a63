"""Reading workbooks in a process of their own, which may have only so much memory and time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
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
_LOOK_SECONDS = 0.2
_PROGRAM = "facetry.application.interchange.workbook_process"


class Refusal(NamedTuple):
    """What the other process says is wrong."""

    message: str


def csv_apart(workbook: BinaryIO, name: str, stopped: threading.Event | None = None) -> BinaryIO:
    """Return a workbook as CSV as ``csv_of`` does; whatever is in it, this process keeps its memory.

    A workbook is XML: a few kilobytes of it, packed well, may be millions of elements for whoever reads them.

    Args:
        workbook: An open file, nothing of it in a buffer.
        name: What messages call it.
        stopped: Set, by another thread, when nobody waits for it any more: the other process then ends at once.

    Raises:
        InterchangeError: It is no workbook, or too large, or what reads it is not installed.
    """
    workbook.seek(0)
    found = cast("BinaryIO", tempfile.TemporaryFile(prefix="facetry-sheet-"))  # noqa: SIM115 - whoever asked closes it
    try:
        _run(workbook, found, name, stopped or threading.Event())
        found.seek(0)
    except BaseException:
        found.close()
        raise
    return found


def _run(workbook: BinaryIO, found: BinaryIO, name: str, stopped: threading.Event) -> None:
    # Modules are those of this program only, not such as lie in the folder where it was started.
    command = [sys.executable, "-P", "-m", _PROGRAM, name]
    # It is this program's own, and no shell reads the name.
    with subprocess.Popen(command, stdin=workbook, stdout=found, stderr=subprocess.PIPE) as process:  # noqa: S603
        try:
            told = _told(process, stopped)
        finally:
            process.kill()
    if process.returncode == REFUSED:
        raise InterchangeError(Refusal(told.decode("utf-8", "replace")).message)
    if process.returncode:
        raise unreadable(name)


def _told(process: subprocess.Popen[bytes], stopped: threading.Event) -> bytes:
    """Return what a process says until its end; nothing where it takes too long, or nobody waits for it."""
    ends = time.monotonic() + MOST_SECONDS * _PATIENCE
    while not stopped.is_set() and (left := ends - time.monotonic()) > 0:
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=min(left, _LOOK_SECONDS))[1]
    return b""


def unreadable(name: str) -> InterchangeError:
    """Return the error of a workbook that cannot be read, for whatever reason."""
    return InterchangeError(f"{name} is no workbook (.xlsx) that can be read: save it as CSV (UTF-8)")
