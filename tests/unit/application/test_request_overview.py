import pytest

from facetry.application import request_overview
from facetry.application.request_overview import (
    Fullness,
    Period,
    RequestOverview,
    RequestWish,
    Step,
    SurfaceCalls,
)
from facetry.domain.journal import REQUEST_COUNTS, Count, RequestLine
from facetry.domain.leaky_bucket import Bucket
from facetry.engines.memory.journal import MemoryJournal
from facetry.testing.rate_limiter import SetClock

pytestmark = pytest.mark.anyio

NOW = 1_600_000_020
"""On the minute."""


@pytest.fixture
def journal():
    return MemoryJournal()


@pytest.fixture
def overview(journal):
    clock = SetClock()
    clock.time = NOW + 30.0
    return RequestOverview(journal, clock)


def note(journal, number, *, tenant="t", **fields):
    journal.note(tenant, RequestLine(id=f"r{number}", time=NOW - 100.0 + number, **{"status": 200, **fields}))


@pytest.mark.parametrize(
    ("period", "first"),
    [
        (Period.HOUR, NOW - 59 * 60),
        (Period.DAY, 1_599_998_400 - 47 * 1800),
        (Period.WEEK, 1_599_998_400 - 27 * 21_600),
        (Period.MONTH, 1_599_955_200 - 29 * 86_400),
    ],
)
async def test_every_step_of_a_period_is_told_also_where_nothing_happened(overview, period, first):
    steps = (await overview.traffic("t", period)).steps
    assert len(steps) == period.steps
    assert steps[0] == Step(first, 0, 0)
    assert steps[-1].time <= NOW + 30 < steps[-1].time + period.step_seconds


async def test_calls_are_summed_by_step_and_by_surface(overview, journal):
    journal.count("t", Count(REQUEST_COUNTS, NOW, "native", (7, 2)))
    journal.count("t", Count(REQUEST_COUNTS, NOW, "client", (9, 0)))
    journal.count("t", Count(REQUEST_COUNTS, NOW - 60, "client", (1, 1)))
    journal.count("t", Count(REQUEST_COUNTS, NOW - 3600, "catalog", (50, 0)))
    journal.count("other", Count(REQUEST_COUNTS, NOW, "native", (99, 0)))
    traffic = await overview.traffic("t", Period.HOUR)
    assert traffic.steps[-2:] == (Step(NOW - 60, 1, 1), Step(NOW, 16, 2))
    assert traffic.surfaces == (SurfaceCalls("client", 10, 1), SurfaceCalls("native", 7, 2))
    assert (traffic.calls, traffic.failures) == (17, 3)


async def test_a_call_is_found_by_its_id_by_its_own_tenant_only(overview, journal):
    note(journal, 1, route="/v2/search")
    assert (await overview.find("t", "r1")).route == "/v2/search"
    assert await overview.find("other", "r1") is None
    assert await overview.find("t", "r2") is None


async def test_calls_are_told_newest_first_page_by_page(overview, journal):
    for number in range(5):
        note(journal, number)
    first = await overview.recent("t", RequestWish(limit=2))
    second = await overview.recent("t", RequestWish(limit=2, after=first.next))
    third = await overview.recent("t", RequestWish(limit=2, after=second.next))
    assert [[line.id for line in page.lines] for page in (first, second, third)] == [["r4", "r3"], ["r2", "r1"], ["r0"]]
    assert third.next is None


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (RequestWish(key="main"), ["r1"]),
        (RequestWish(surface="native"), ["r2"]),
        (RequestWish(code="105"), ["r3"]),
        (RequestWish(status=404), ["r2"]),
        (RequestWish(failed_only=True), ["r4", "r3", "r2"]),
        (RequestWish(failed_only=True, surface="client"), ["r3"]),
        (RequestWish(key="nobody"), []),
    ],
)
async def test_calls_are_narrowed(overview, journal, wish, expected):
    note(journal, 0)
    note(journal, 1, key="main", code="100")
    note(journal, 2, surface="native", status=404)
    note(journal, 3, surface="client", code="105")
    note(journal, 4, status=0)
    page = await overview.recent("t", wish)
    assert [line.id for line in page.lines] == expected
    assert page.next is None


async def test_calls_that_failed_are_found_among_many_that_did_not(overview, journal):
    for number in range(10):
        note(journal, number, status=500 if number % 4 == 0 else 200)
    first = await overview.recent("t", RequestWish(failed_only=True, limit=2))
    second = await overview.recent("t", RequestWish(failed_only=True, limit=2, after=first.next))
    assert [line.id for line in (*first.lines, *second.lines)] == ["r8", "r4", "r0"]
    assert second.next is None


async def test_only_so_many_calls_are_looked_through_at_once(overview, journal, monkeypatch):
    monkeypatch.setattr(request_overview, "MOST_LOOKED_AT", 6)
    for number in range(20):
        note(journal, number, status=500 if number == 0 else 200)
    page, found = await overview.recent("t", RequestWish(failed_only=True, limit=2)), []
    while page.next:
        found += page.lines
        page = await overview.recent("t", RequestWish(failed_only=True, limit=2, after=page.next))
    assert [line.id for line in (*found, *page.lines)] == ["r0"]


async def test_how_full_a_bucket_was_is_worked_out_from_its_calls(overview, journal):
    def call(at, code="100", key="main", route="/client/V1 product_sold"):
        line = RequestLine(id="x", time=at, key=key, route=route, status=200, code=code)
        journal.note("t", line)

    for at in (NOW - 60, NOW - 59, NOW - 59, NOW - 58):
        call(at)
    call(NOW - 57, code="105")
    call(NOW + 5)
    call(NOW + 90)
    call(NOW + 6, key="other")
    call(NOW + 7, route="/client/V1 order_search")
    call(NOW - 59 * 60 - 1)
    found = await overview.fullness("t", "main", "product_sold", Bucket(4, 0.5))
    assert len(found) == 60
    assert found[-2:] == [Fullness(NOW - 60, 4, 1), Fullness(NOW, 1, 0)]
    assert sum(one.most for one in found[:-2]) == 0
    quiet = await overview.fullness("t", "main", "product_put", Bucket(4, 0.5))
    assert [one.most for one in quiet] == [0] * 60
