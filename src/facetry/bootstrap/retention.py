"""How long and how large journals are kept, as the settings say."""

from __future__ import annotations

from facetry.domain.journal import (
    COUNT_KINDS,
    DAY_SECONDS,
    HOURS_DAYS,
    SEARCH_HOURS,
    EventLine,
    HistoryLine,
    RecordHistoryLine,
    RequestLine,
    Retention,
    SearchLine,
)
from facetry.settings import Settings

_MEGABYTE = 1 << 20


def journal_retention(settings: Settings) -> dict[str, Retention]:
    """Return how long and how large journals are kept, by kind."""
    of_requests = _retention(settings.journal_requests_days, settings.journal_requests_megabytes)
    of_searches = _retention(settings.journal_searches_days, settings.journal_searches_megabytes)
    of_history = _retention(settings.journal_history_days, settings.journal_history_megabytes)
    of_counts = _retention(settings.journal_counts_days, settings.journal_counts_megabytes)
    return {
        RequestLine.kind: of_requests,
        SearchLine.kind: of_searches,
        EventLine.kind: of_searches,
        **dict.fromkeys((HistoryLine.kind, RecordHistoryLine.kind), of_history),
        **dict.fromkeys(COUNT_KINDS, of_counts),
        SEARCH_HOURS: _retention(min(HOURS_DAYS, settings.journal_counts_days), settings.journal_counts_megabytes),
    }


def _retention(days: float, megabytes: int) -> Retention:
    return Retention(days * DAY_SECONDS, megabytes * _MEGABYTE)
