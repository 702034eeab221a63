"""How long journals are kept, as the settings say."""

import pytest

from facetry.bootstrap.retention import journal_retention
from facetry.domain.journal import COUNT_KINDS, LINE_KINDS, SEARCH_COUNTS, SEARCH_HOURS, RecordHistoryLine
from facetry.settings import Settings

DAY = 86_400


@pytest.mark.parametrize(("days", "expected"), [(400.0, 3), (1.0, 1)])
def test_each_kind_is_kept_for_its_time_and_hours_for_a_few_days(days, expected):
    settings = Settings(journal_counts_days=days, journal_counts_megabytes=7, journal_history_days=5.0)
    kept = journal_retention(settings)
    assert kept.keys() == {*COUNT_KINDS, *(line.kind for line in LINE_KINDS)}
    assert (kept[SEARCH_HOURS].seconds, kept[SEARCH_HOURS].size_bytes) == (expected * DAY, 7 << 20)
    assert kept[SEARCH_COUNTS].seconds == days * DAY
    assert kept[RecordHistoryLine.kind].seconds == 5 * DAY
