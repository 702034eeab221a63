"""What the lists of gemstones, orders, clients and listings have in common: places in them, and the links to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

from facetry.application.record_lists import Place, RecordPage
from facetry.dashboard.call import PageCall
from facetry.dashboard.values import Values
from facetry.domain.errors import RecordNotFoundError
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey

LIMIT = 50
AT, BACK, SORT, OLDEST = "at", "back", "sort", "oldest"
_PLACE = frozenset({AT, BACK})
_PAGES = frozenset({"new", "batches"})
"""What paths have in the place of a thing's name."""


class Pager(NamedTuple):
    """The links from one page of a list to others; empty where there is none.

    Attributes:
        first: The first page, from any other.
        previous: The page before.
        next: The page behind.
        is_cut: Whether the page ended before it was full, because so many were looked at.
    """

    first: str = ""
    previous: str = ""
    next: str = ""
    is_cut: bool = False


class Choice(NamedTuple):
    """An entry of a select: what is sent, and what is shown."""

    value: str
    label: str


def place_of(query: Values, limit: int = LIMIT) -> Place:
    """Return which page of a list is asked for."""
    at = query.number(AT)
    return Place(at=at, goes_back=bool(at) and query.flag(BACK), oldest_first=query.text(SORT) == OLDEST, limit=limit)


def pager(call: PageCall, found: RecordPage) -> Pager:
    """Return the links from a page that was found."""
    return Pager(
        first=link(call) if call.query.number(AT) else "",
        previous=link(call, {AT: str(found.preceding), BACK: "1"}) if found.preceding else "",
        next=link(call, {AT: str(found.following)}) if found.following else "",
        is_cut=found.is_cut,
    )


def link(call: PageCall, changes: Mapping[str, str] | None = None) -> str:
    """Return the URL of the first page of the same list, with changes of the query string."""
    changes = changes or {}
    kept = [(name, value) for name, value in call.query.pairs if value and name not in {*_PLACE, *changes}]
    query = urlencode([*kept, *changes.items()], errors="replace")
    return f"{call.path}?{query}" if query else call.path


def url_of(base: str, name: str) -> str:
    """Return the URL of one thing below that of all: the name is one segment, and never that of another page."""
    segment = quote(name, safe="", errors="replace")
    # What is escaped names the same thing, and is no page that the path says in letters.
    return f"{base}/%{ord(segment[0]):02X}{segment[1:]}" if segment in _PAGES else f"{base}/{segment}"


def number_key(call: PageCall, kind: RecordKind, name: str = "id") -> RecordKey:
    """Return the key of the record whose number the path names.

    Raises:
        RecordNotFoundError: Nothing can have it.
    """
    text = call.variables[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 15 and int(text)):  # noqa: PLR2004 - more would not fit
        raise RecordNotFoundError(kind.value, text[:100])
    return RecordKey(int(text))


def choices(names: Sequence[str]) -> tuple[Choice, ...]:
    """Return the entries of a select of words of the trade, which are stored in small letters."""
    return tuple(Choice(name, name[:1].upper() + name[1:]) for name in names)
