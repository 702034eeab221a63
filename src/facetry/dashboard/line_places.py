"""Where a page of a journal's lines begins, as query strings name it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from facetry.dashboard.values import Values
from facetry.domain.journal import Line, Numbered

_TIME = re.compile(r"\d{1,12}(\.\d{1,9})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,16}", re.ASCII)


def line_place(query: Values) -> tuple[float, int] | None:
    """Return behind which line a page begins; None for the first, and for what is no place."""
    time, _, number = query.text("after").partition(",")
    if not (_TIME.fullmatch(time) and _NUMBER.fullmatch(number)):
        return None
    return float(time), int(number)


def next_lines(found: Sequence[Numbered[Line]], size: int) -> str:
    """Return the query string of the page behind one of this size; empty where no more was found than it shows."""
    if len(found) <= size:
        return ""
    last = found[size - 1]
    return f"?after={last.line.time!r},{last.number}"
