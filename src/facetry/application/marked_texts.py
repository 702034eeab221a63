"""Texts with marks in them, as searches give them, taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import msgspec

from facetry.domain.search.text.highlighting import CLOSING, OPENING


class Run(msgspec.Struct, frozen=True):
    """A run of a text as it was written, and whether it is marked."""

    text: str
    is_marked: bool = False


def runs(marked: str) -> tuple[Run, ...]:
    """Return the runs of a text of ``SearchHit.highlights`` in their order, none of them empty or escaped."""
    return tuple(run for run in _runs(marked) if run.text)


def _runs(marked: str) -> Iterator[Run]:
    # What was written is escaped, so that a mark in the text itself is none.
    plain, *others = marked.split(OPENING)
    yield Run(unescape(plain))
    for other in others:
        within, _, behind = other.partition(CLOSING)
        yield Run(unescape(within), is_marked=True)
        yield Run(unescape(behind))
