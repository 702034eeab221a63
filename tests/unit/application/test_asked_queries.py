import pytest

from facetry.application.asked_queries import AskedQueries, AskedQuery, Days
from facetry.domain.journal import DAY_SECONDS, SEARCH_COUNTS, Count, search_counts
from facetry.engines.memory.journal import MemoryJournal
from facetry.testing.rate_limiter import SetClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def asked(clock):
    journal = MemoryJournal()
    today = int(clock.now() // DAY_SECONDS) * DAY_SECONDS

    def count(days_ago, text, *numbers):
        for one in search_counts(today - days_ago * DAY_SECONDS, text, numbers):
            journal.count("t", one)

    count(0, "ring", 10, 0, 305, 4, 1)
    count(1, "band", 20, 20, 0)
    count(6, "ring", 5, 0, 40)
    count(7, "brooch", 99, 99, 0)
    journal.count("other", Count(SEARCH_COUNTS, today, "secret", (1, 1, 0)))
    return AskedQueries(journal, clock)


async def test_texts_are_ranked_by_how_often_they_are_searched(asked):
    ring = AskedQuery(text="ring", searches=10, empty=0, hits=30, clicks=4, orders=1)
    assert await asked.most("t", Days.DAY, 10) == [ring]
    assert [(one.text, one.searches, one.hits) for one in await asked.most("t", Days.WEEK, 10)] == [
        ("band", 20, 0),
        ("ring", 15, 23),
    ]
    assert [one.text for one in await asked.most("t", Days.MONTH, 1)] == ["brooch"]


async def test_texts_without_hits_are_ranked_by_how_often_they_found_nothing(asked):
    found = await asked.without_hits("t", Days.QUARTER, 10)
    assert [(one.text, one.empty) for one in found] == [("brooch", 99), ("band", 20)]
    assert await asked.without_hits("t", Days.DAY, 10) == []
    assert await asked.without_hits("nobody", Days.MONTH, 10) == []


async def test_the_first_days_of_time_are_no_trouble(clock):
    clock.time = 5.0
    assert await AskedQueries(MemoryJournal(), clock).most("t", Days.MONTH, 10) == []
