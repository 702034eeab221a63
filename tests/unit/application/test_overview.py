"""How things stand: counts, stock alerts, searches by day, the last changes."""

import time

import pytest

from facetry.application.asked_queries import Days
from facetry.application.history_notes import HistoryNotes
from facetry.application.overview import LOW_STOCK, Overview, SearchStep, Size, StockAlerts
from facetry.domain.actor import Actor
from facetry.domain.catalog import DeleteProduct, PutProduct
from facetry.domain.errors import SearchTimeoutError
from facetry.domain.journal import DAY_SECONDS, SEARCH_COUNTS, Count, search_counts
from facetry.engines.memory.journal import MemoryJournal
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

NOBODY = StockAlerts(0, 0, ())


@pytest.fixture
def journal():
    return MemoryJournal()


@pytest.fixture
def overview(shop, journal):
    return Overview(shop.store, shop.search, journal, shop.clock)


async def put(shop, sku, **fields):
    await shop.store.write("t", [PutProduct(content(sku, **fields))])


async def test_products_and_groups_are_counted(shop, overview):
    assert await overview.size("t") == Size(0, 0)
    await put(shop, "a")
    await put(shop, "b")
    await put(shop, "c", group_id="H")
    assert await overview.size("t") == Size(3, 2)
    assert await overview.size("nobody") == Size(0, 0)


async def test_active_products_that_are_sold_out_or_will_be_are_counted_each(shop, overview):
    for place, quantity in enumerate((0, 0, 1, LOW_STOCK, LOW_STOCK + 1, 500)):
        await put(shop, f"r{place}", quantity=quantity, active=True)
    await put(shop, "hidden", quantity=0, active=False)
    await put(shop, "other", quantity=2, active=True, group_id="H")
    await put(shop, "gone", quantity=0, active=False, group_id="I")
    alerts = await overview.stock("t", 5)
    assert (alerts.sold_out, alerts.low) == (2, 3)
    assert [one.sku for one in alerts.examples] == ["r0", "other"]
    assert [one.sku for one in (await overview.stock("t", 1)).examples] == ["r0"]


async def test_a_catalog_without_products_has_no_alerts(overview):
    assert await overview.stock("t", 5) == NOBODY


async def test_nobody_waits_for_alerts_longer_than_said(shop, overview):
    await put(shop, "a", active=True)
    with pytest.raises(SearchTimeoutError):
        await overview.stock("t", 5, time.monotonic() - 1)


async def test_searches_are_told_day_by_day(shop, overview, journal):
    today = int(shop.clock.now() // DAY_SECONDS) * DAY_SECONDS
    journal.count("t", Count(SEARCH_COUNTS, today, "ring", (4, 1, 30)))
    journal.count("t", Count(SEARCH_COUNTS, today, "band", (2, 2, 0)))
    journal.count("t", Count(SEARCH_COUNTS, today - 6 * DAY_SECONDS, "ring", (7, 0, 9)))
    journal.count("t", Count(SEARCH_COUNTS, today - 7 * DAY_SECONDS, "ring", (99, 0, 9)))
    journal.count("other", Count(SEARCH_COUNTS, today, "ring", (99, 99, 9)))
    days = await overview.searches("t", Days.WEEK)
    assert days[0] == SearchStep(today - 6 * DAY_SECONDS, 7, 0)
    assert days[-1] == SearchStep(today, 6, 3)
    assert len(days) == 7
    assert {(day.searches, day.empty) for day in days[1:-1]} == {(0, 0)}
    shop.clock.time = 5.0
    assert await overview.searches("t", Days.MONTH) == (SearchStep(0, 0, 0),)


async def test_the_last_day_is_told_hour_by_hour(shop, overview, journal):
    hour = int(shop.clock.now() // 3600) * 3600
    for hours_ago, number in ((0, 4), (23, 7), (24, 99)):
        for count in search_counts(hour - hours_ago * 3600, "ring", (number, 1, 30)):
            journal.count("t", count)
    hours = await overview.searches("t", Days.DAY)
    assert (hours[0], hours[-1]) == (SearchStep(hour - 23 * 3600, 7, 1), SearchStep(hour, 4, 1))
    assert (len(hours), sum(one.searches for one in hours)) == (24, 11)
    shop.clock.time = 5.0
    assert await overview.searches("t", Days.DAY) == (SearchStep(0, 0, 0),)


async def test_the_last_changes_tell_who_changed_what(shop, overview, journal):
    shop.store.on_write(HistoryNotes(journal, shop.clock))
    await put(shop, "a", quantity=3)
    await put(shop, "b", name="gone soon")
    shop.clock.time += 60
    changed = PutProduct(content("a", quantity=4))
    await shop.store.write("t", [changed, DeleteProduct("b")], by=Actor("user:ada@shop.example"))
    found = await overview.changes("t", 10)
    assert [(one.line.id, one.line.action, one.line.by) for one in found] == [
        ("b", "delete", "user:ada@shop.example"),
        ("a", "update", "user:ada@shop.example"),
        ("b", "create", "operator"),
        ("a", "create", "operator"),
    ]
    assert [(one.name, one.is_there) for one in found] == [
        ("gone soon", False),
        ("ring a", True),
        ("", False),
        ("ring a", True),
    ]
    assert [one.line.id for one in await overview.changes("t", 1)] == ["b"]
    assert await overview.changes("nobody", 10) == ()
