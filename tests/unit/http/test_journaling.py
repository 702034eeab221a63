"""What journals learn from the batches of the log."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from facetry.domain.journal import (
    REQUEST_COUNTS,
    SEARCH_COUNTS,
    SEARCH_HOURS,
    LineQuery,
    Ranking,
    RequestLine,
    SearchLine,
    SearchNote,
    Span,
)
from facetry.domain.tenant import TenantSettings
from facetry.engines.memory.journal import MemoryJournal
from facetry.http.exchange import Credential, Session
from facetry.http.journaling import RequestJournal, surface_of
from facetry.http.verified import Verified, VerifiedTokens
from facetry.telemetry.request_log import RequestRecord
from tests.unit.http.stage import SetClock

pytestmark = pytest.mark.anyio

OFFSET = 1_600_000_000.0
ALL = LineQuery(limit=1000)


def session(credential=Credential.KEY, key_id=""):
    return Session(
        tenant="shop",
        name="Shop",
        label="l",
        settings=TenantSettings(),
        expires=math.inf,
        credential=credential,
        key_id=key_id,
    )


def record(number, tenant="shop", status=200, **fields):
    """Return a request that began ``number`` seconds after the beginning of time and took 12.5 ms."""
    values = {"request_id": f"id{number}", "tenant": tenant, "method": "GET", "route": "/v2/products", "status": status}
    times = {"started": float(number), "ended": number + 0.0125, "sent": 321}
    return RequestRecord(**{**values, **times, **fields})


class Told:
    """A journal that is told batches."""

    def __init__(self, rate=1000.0):
        self.journal = MemoryJournal()
        self.verified = VerifiedTokens(SetClock())
        self.requests = RequestJournal(self.journal, self.verified, rate)

    def take(self, *records):
        self.requests.take([tuple(one) for one in records], OFFSET)

    async def lines(self, tenant="shop", kind=RequestLine):
        return [numbered.line for numbered in await self.journal.lines(tenant, kind, ALL)]

    async def counts(self, tenant="shop"):
        sums = await self.journal.sums(tenant, REQUEST_COUNTS, Span(), 60)
        return [(one.time - int(OFFSET), one.numbers[:2]) for one in sums]

    async def queries(self, tenant="shop"):
        """Return what was counted of each query, which is the same by day and by hour."""
        by_day, by_hour = [await self.journal.top(tenant, kind, Ranking()) for kind in (SEARCH_COUNTS, SEARCH_HOURS)]
        assert [(one.name, one.numbers) for one in by_hour] == [(one.name, one.numbers) for one in by_day]
        return {one.name: one.numbers for one in by_day}


async def test_a_request_becomes_a_line():
    told = Told()
    told.take(record(1, status=404, code="product_not_found", error="no such product", caller=session(key_id="main")))
    assert await told.lines() == [
        RequestLine(
            id="id1",
            time=OFFSET + 1,
            key="main",
            surface="native",
            method="GET",
            route="/v2/products",
            status=404,
            code="product_not_found",
            duration_ms=12.5,
            size=321,
            error="no such product",
        )
    ]


@pytest.mark.parametrize(
    ("caller", "key"),
    [
        (session(), "api_key"),
        (session(Credential.TOKEN), "token"),
        (session(Credential.SEARCH_KEY), "search_key"),
        (session(Credential.KEY, "k1"), "k1"),
        (b"remembered", "k2"),
        (b"forgotten", ""),
        (None, ""),
    ],
)
async def test_a_line_names_the_key_and_does_not_have_it(caller, key):
    told = Told()
    told.verified.remember(b"remembered", Verified(session(key_id="k2"), 1, None, lambda _: True))
    told.take(record(1, caller=caller))
    assert [line.key for line in await told.lines()] == [key]


async def test_what_is_nobodys_is_not_noted():
    told = Told()
    told.take(record(1, tenant=""), record(2, tenant="", status=401), record(3))
    assert (await told.journal.tenants(), [line.id for line in await told.lines()]) == (["shop"], ["id3"])


async def test_long_texts_are_cut():
    told = Told()
    told.take(record(1, status=400, error="x" * 600))
    assert [line.error for line in await told.lines()] == ["x" * 500]


async def test_all_requests_are_counted_by_minute():
    told = Told(rate=0)
    left, refused = {"status": 0}, {"route": "/client/V1 product_get", "code": "303"}
    good = {"route": "/client/V1 product_get", "code": "100"}
    told.take(record(1), record(2), record(3, **left), record(4, **refused), record(5, **good), record(6, "other"))
    told.take(record(85), record(86, status=500))
    assert await told.counts() == [(-40, (5, 2)), (80, (2, 1))]
    assert await told.counts("other") == [(-40, (1, 0))]
    # Without a rate only what failed has a line.
    assert sorted(line.id for line in await told.lines()) == ["id3", "id4", "id86"]


async def test_above_the_rate_a_sample_is_kept_and_all_failures():
    told = Told(rate=10)
    for second in range(1, 5):
        told.take(*(record(second, request_id=f"{second}.{n}", status=500 if n < 3 else 200) for n in range(100)))
    assert Counter((line.status, int(line.time - OFFSET)) for line in await told.lines()) == {
        **{(500, second): 3 for second in range(1, 5)},
        **{(200, second): 10 for second in range(1, 5)},
    }
    assert sum(calls for _, (calls, _) in await told.counts()) == 400


async def test_a_sample_is_spread_over_the_batch():
    told = Told(rate=4)
    told.take(*(record(1, request_id=f"{n}") for n in range(100)))
    assert sorted(int(line.id) for line in await told.lines()) == [0, 25, 50, 75]


async def test_rest_of_the_rate_is_not_saved_up():
    told = Told(rate=10)
    told.take(record(1))
    told.take(*(record(1000, request_id=f"{n}") for n in range(100)))
    assert len(await told.lines()) == 11


async def test_a_flood_of_one_tenant_takes_no_line_from_another():
    told = Told(rate=20)
    flood = [record(1, tenant="flood", request_id=f"f{n}") for n in range(200)]
    told.take(*flood, *(record(1, request_id=f"s{n}") for n in range(5)), record(1, tenant="", status=401))
    assert (len(await told.lines()), len(await told.lines("flood"))) == (5, 15)


def found(number, query="Gold  Ring", hits=3, **fields):
    return SearchNote(search_id=f"id{number}", query=query, hits=hits, **fields)


async def test_a_search_becomes_a_line_and_a_count():
    told = Told()
    note = found(1, filter="price < 5", duration_ms=2.34567, revision=7)
    told.take(record(1, route="/v2/search", searches=(note,), caller=session(key_id="main")))
    expected = SearchLine(
        id="id1",
        time=OFFSET + 1,
        key="main",
        surface="native",
        query="Gold  Ring",
        filter="price < 5",
        hits=3,
        duration_ms=2.346,
        revision=7,
    )
    assert await told.lines(kind=SearchLine) == [expected]
    assert await told.queries() == {"gold ring": (1, 0, 3, 0, 0)}


async def test_an_answer_that_is_given_again_is_counted_again():
    """Without another line: it has been found once."""
    told = Told()
    notes = (found(1), SearchNote(search_id="id1.1", query="hoop", hits=0))
    told.take(record(1, searches=notes), *(record(n, searches=notes) for n in range(20, 25)))
    assert sorted(line.id for line in await told.lines(kind=SearchLine)) == ["id1", "id1.1"]
    assert await told.queries() == {"gold ring": (6, 0, 18, 0, 0), "hoop": (6, 6, 0, 0, 0)}


async def test_what_asks_for_no_words_or_was_not_finished_is_not_counted():
    told = Told()
    told.take(record(1, searches=(found(1, ""),)), record(2, searches=(found(2, hits=None),)))
    assert len(await told.lines(kind=SearchLine)) == 2
    assert await told.queries() == {}


@pytest.mark.parametrize(
    ("route", "surface"),
    [
        ("/v2/products/{sku}", "native"),
        ("/client/V1 product_get", "client"),
        ("/catalog/v1/products", "catalog"),
        ("/search/v1/search", "catalog"),
        ("unmatched", ""),
    ],
)
def test_routes_tell_their_surface(route, surface):
    assert surface_of(route) == surface
