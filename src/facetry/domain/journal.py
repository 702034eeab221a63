"""What journals hold: lines, of which each tells one thing, and counts that are kept longer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from facetry.domain.record import RecordKind

MINUTE_SECONDS = 60
HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400
MAX_ERROR_LENGTH = 500
MAX_QUERY_LENGTH = 500
MAX_FILTER_LENGTH = 2_000
MAX_NAME_LENGTH = 200


class JournalLine(msgspec.Struct, frozen=True, kw_only=True):
    """What all lines have.

    Attributes:
        kind: Which journal it stands in; the name of the stored table.
        id: By which it is found; lines of one journal may share it, then the newest is found.
        time: Unix time.
    """

    kind: ClassVar[str]

    id: str
    time: float


class RequestLine(JournalLine, frozen=True, kw_only=True):
    """One call: nothing of its headers or its body.

    Attributes:
        key: By what it was let in: the id of an access key, or ``api_key``, ``search_key`` or ``token``.
        surface: ``catalog``, ``client`` or ``native``.
        route: The route's pattern, of the Client API with the action.
        status: The HTTP status; 0 where the client left before.
        code: The surface's own code; empty where the answer had none.
        duration_ms: From arrival to the last byte.
        size: Bytes of the body that was sent.
        error: What the answer said was wrong.
    """

    kind: ClassVar[str] = "requests"

    key: str = ""
    surface: str = ""
    method: str = ""
    route: str = ""
    status: int = 0
    code: str = ""
    duration_ms: float = 0.0
    size: int = 0
    error: str = ""


class SearchLine(JournalLine, frozen=True, kw_only=True):
    """One answer of a search; its id is the ``search_id``.

    Attributes:
        key: As of a call.
        surface: Likewise.
        query: The words as they were typed.
        filter: The filter as it was sent, an object as JSON.
        hits: How many there are in all; None where the time was over before that was known.
        duration_ms: How long it took to find them.
        revision: What it was answered from.
    """

    kind: ClassVar[str] = "searches"

    key: str = ""
    surface: str = ""
    query: str = ""
    filter: str = ""
    hits: int | None = None
    duration_ms: float = 0.0
    revision: int = 0


class EventLine(JournalLine, frozen=True, kw_only=True):
    """What somebody did after a search.

    Attributes:
        type: ``click`` or ``order``.
        search_id: After which answer.
        query: The words of that search.
        position: The hit's, from 1; 0 where nobody said.
    """

    kind: ClassVar[str] = "events"

    type: str
    search_id: str
    query: str = ""
    group_id: str = ""
    sku: str = ""
    position: int = 0


NOTHING = msgspec.Raw(b"null")
"""JSON of a thing that is not there."""


class HistoryLine(JournalLine, frozen=True, kw_only=True):
    """One change of a product; its id is the SKU.

    Attributes:
        revision: Of the write that made it; no SKU has two lines of one.
        by: Whose write it was, see ``Actor``.
        action: ``create``, ``delete``, or what ``touching.what`` says of the write.
        reason: Why, where the writer said so.
        before: The product before, as the store keeps it; null where it was created.
        after: The product after; null where it was removed. One that was created is not told.
    """

    kind: ClassVar[str] = "history"

    revision: int
    by: str = ""
    action: str = ""
    reason: str = ""
    before: msgspec.Raw = NOTHING
    after: msgspec.Raw = NOTHING


class RecordHistoryLine(HistoryLine, frozen=True, kw_only=True):
    """One change of a gemstone, listing, order or client; its id is what ``record_line_id`` says.

    Attributes:
        code: Of a gemstone that was removed, by which it was called.
    """

    kind: ClassVar[str] = "record_history"

    code: str = ""


LINE_KINDS: tuple[type[JournalLine], ...] = (RequestLine, SearchLine, EventLine, HistoryLine, RecordHistoryLine)

REQUEST_COUNTS = "request_counts"
"""Counts by minute and surface: calls, failures."""
SEARCH_COUNTS = "search_counts"
"""Counts by day and query: searches, those without hits, hits, clicks, orders."""
SEARCH_HOURS = "search_hours"
"""The same counts by hour, which are kept for ``HOURS_DAYS`` only."""
HOURS_DAYS = 3
COUNT_KINDS: Mapping[str, int] = {
    REQUEST_COUNTS: MINUTE_SECONDS,
    SEARCH_COUNTS: DAY_SECONDS,
    SEARCH_HOURS: HOUR_SECONDS,
}
"""The seconds of the minute, hour or day that a count of each kind stands for."""
COUNTS = 5
"""So many numbers a count has; those that a kind does not use are 0."""

Line = TypeVar("Line", bound=JournalLine)


class Numbered(NamedTuple, Generic[Line]):
    """A line and its number, which orders lines of the same time."""

    number: int
    line: Line


class Count(msgspec.Struct, frozen=True):
    """Numbers that are added to those with the same kind, time and name.

    Attributes:
        kind: One of ``COUNT_KINDS``.
        time: Unix time at which the minute, hour or day begins.
        name: The surface, or the query as ``query_name`` gives it.
        numbers: Up to ``COUNTS``, as the kind says.
    """

    kind: str
    time: int
    name: str
    numbers: tuple[int, ...]


class Span(msgspec.Struct, frozen=True):
    """From a Unix time on, up to another that is not in it any more."""

    first: float = -math.inf
    end: float = math.inf


class LineQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines are wanted, newest first.

    Attributes:
        id: Only those with this id; quick, however many others there are.
        where: Values that fields of the line must have, by their names.
        after: Time and number of the line behind which a page begins; None for the newest.
    """

    id: str | None = None
    span: Span = Span()
    where: Mapping[str, str | int] = {}
    after: tuple[float, int] | None = None
    limit: int = 50


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """Which names are wanted: those with the highest number first, then by name; those without any never.

    Attributes:
        by: Place of the number.
        limit: How many names, or where it is by day, how many of each day.
    """

    span: Span = Span()
    by: int = 0
    limit: int = 50
    by_day: bool = False


class Retention(msgspec.Struct, frozen=True):
    """How long a journal is kept, and how large it may become; whatever is met first ends the oldest."""

    seconds: float = math.inf
    size_bytes: float = math.inf


class SearchNote(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What an answer tells the journal of a search that it holds; see ``SearchLine``.

    Each equals only itself, so that many answers are counted quickly by what they hold.
    """

    search_id: str
    query: str
    filter: str = ""
    hits: int | None = None
    duration_ms: float = 0.0
    revision: int = 0


def record_line_id(kind: RecordKind, record_id: int) -> str:
    """Return the id of the lines about a record."""
    return f"{kind.value} {record_id}"


def record_id_of(line_id: str) -> int:
    """Return the id of the record that a line is about."""
    return int(line_id.rpartition(" ")[2])


def search_counts(time: float, name: str, numbers: tuple[int, ...]) -> tuple[Count, Count]:
    """Return what is counted of a query that was asked at a Unix time: by day and by hour."""
    return (
        Count(SEARCH_COUNTS, period(time, DAY_SECONDS), name, numbers),
        Count(SEARCH_HOURS, period(time, HOUR_SECONDS), name, numbers),
    )


def query_name(text: str) -> str:
    """Return the name under which equal queries are counted: small letters, single blanks, not too long."""
    return storable(" ".join(text.split()).casefold(), MAX_NAME_LENGTH)


def storable(text: str, longest: int) -> str:
    """Return the beginning of a text, with a question mark for each half of a character that nothing can store."""
    return text[:longest].encode("utf-8", "replace").decode()


def period(time: float, seconds: int) -> int:
    """Return the beginning of the minute, hour or day that a Unix time lies in."""
    return math.floor(time / seconds) * seconds
