"""Lines of the journals, and counts."""

from __future__ import annotations

from datetime import datetime

import msgspec


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """A call as the journal has it.

    Attributes:
        id: The request id that its answer named.
        key: Id or kind of the key; empty where nobody was known.
        size: Bytes of the answer.
        code: Why it was refused; empty where it was not.
    """

    id: str
    time: datetime
    method: str
    route: str
    status: int
    duration_ms: float
    size: int = 0
    key: str = ""
    surface: str = ""
    code: str = ""
    error: str = ""


class SearchLine(msgspec.Struct, frozen=True, kw_only=True):
    """A search as the journal has it; ``hits`` is None where the time was over."""

    search_id: str
    time: datetime
    query: str
    duration_ms: float
    revision: int = 0
    filter: str = ""
    hits: int | None = None
    key: str = ""
    surface: str = ""


class CallCount(msgspec.Struct, frozen=True):
    """How many calls there were in a step of time, and how many of them failed."""

    time: datetime
    calls: int
    failures: int


class CallCounts(msgspec.Struct, frozen=True):
    """Counts of calls; ``step`` is minute, hour or day."""

    step: str
    items: tuple[CallCount, ...]


class QueryCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a text was searched for, and what came of it.

    Attributes:
        empty: How many of these searches found nothing.
        hits: Of one search, on the average.
        day: The day, where days are told apart.
    """

    query: str
    searches: int
    empty: int
    hits: int
    clicks: int
    orders: int
    day: str = ""


class QueryCounts(msgspec.Struct, frozen=True):
    """Counts of queries, the highest first."""

    items: tuple[QueryCount, ...]
