"""QR codes as paths of SVG, which a template draws in the colours that cameras need."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import segno

QUIET = 4
"""So many modules around a code are left white, as ISO/IEC 18004 has it."""


class QrCode(NamedTuple):
    """A code: the modules of a side, the quiet zone included, and the path of the dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Return the code of a text, with a medium correction of errors."""
    matrix = segno.make(text, error="m", micro=False).matrix
    rows = enumerate(matrix, QUIET)
    return QrCode(len(matrix) + 2 * QUIET, "".join(run for y, row in rows for run in _runs(bytes(row), y)))


def _runs(row: bytes, y: int) -> list[str]:
    """Return the paths of the runs of dark modules in a row."""
    found, x = [], QUIET
    for is_dark, run in groupby(row):
        length = len(list(run))
        if is_dark:
            found.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return found
