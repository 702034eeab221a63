"""The conformance suite of the ``Journal`` port."""

from __future__ import annotations

import pytest
from msgspec import Raw

from facetry.domain.journal import (
    REQUEST_COUNTS,
    SEARCH_COUNTS,
    SEARCH_HOURS,
    Count,
    EventLine,
    HistoryLine,
    JournalLine,
    LineQuery,
    Ranking,
    RecordHistoryLine,
    RequestLine,
    Retention,
    SearchLine,
    Span,
    search_counts,
)
from facetry.ports.journal import Journal

NOW = 1_600_000_000.0
DAY = 86_400
TODAY = int(NOW // DAY * DAY)


def request(number: int, **fields: object) -> RequestLine:
    """Return the line of a call, ``number`` seconds after ``NOW``."""
    values = {"id": f"r{number}", "time": NOW + number, "route": "/v2/products", "status": 200, **fields}
    return RequestLine(**values)  # type: ignore[arg-type]


def searches(name: str, *numbers: int, day: int = 0) -> Count:
    """Return what was counted of a query, ``day`` days after today."""
    return Count(SEARCH_COUNTS, TODAY + day * DAY, name, numbers)


async def ids(journal: Journal, tenant: str = "acme", kind: type[JournalLine] = RequestLine, **query: object) -> str:
    """Return the ids of the lines that are found, in their order."""
    found = await journal.lines(tenant, kind, LineQuery(**query))  # type: ignore[arg-type]
    return " ".join(numbered.line.id for numbered in found)


class JournalConformance:
    """Everything that the contract of ``ports.journal`` promises.

    A subclass provides the pytest fixture ``journal``, which is empty.
    """

    pytestmark = pytest.mark.anyio

    async def test_an_empty_journal_has_nothing(self, journal: Journal) -> None:
        assert await ids(journal) == ""
        assert await journal.line("acme", RequestLine, "r1") is None
        assert await journal.sums("acme", REQUEST_COUNTS, Span(), 60) == []
        assert await journal.top("acme", SEARCH_COUNTS, Ranking()) == []
        assert await journal.tenants() == []
        assert await journal.trim({"requests": Retention(0, 0)}, NOW) == 0
        await journal.forget("acme")
        assert journal.dropped == 0

    async def test_a_line_comes_back_as_it_was(self, journal: Journal) -> None:
        """With every field, whatever texts stand in it."""
        lines: list[JournalLine] = [
            RequestLine(
                id="x" * 32,
                time=NOW + 0.123456,
                key="main",
                surface="client",
                method="POST",
                route='/client/V1 "product_get" 💍',
                status=200,
                code="303",
                duration_ms=1.25,
                size=2**40,
                error="must be\n'one'\0 of é",
            ),
            SearchLine(id="s1", time=NOW, query="ring 💍", filter='a = "b"', hits=None, revision=2**53),
            SearchLine(id="s2", time=NOW, hits=0, duration_ms=0.5, key="k", surface="native"),
            EventLine(id="e1", time=NOW, type="click", search_id="s1", query="ring", group_id="G'1", position=3),
            HistoryLine(id="R/1", time=NOW, revision=3, by="main", action="create", reason="new 'one'"),
            RecordHistoryLine(id="order 1", time=NOW, revision=4, before=Raw(b'{"a":1}'), after=Raw(b'{"a":2}')),
            HistoryLine(id="R2", time=NOW, revision=4, before=Raw(b'{"a":1.50,"b":"\xc3\xa9"}'), after=Raw(b"null")),
        ]
        for line in lines:
            journal.note("acme", line)
        for line in lines:
            found = await journal.line("acme", type(line), line.id)
            assert (type(found), found) == (type(line), line)

    async def test_the_newest_comes_first(self, journal: Journal) -> None:
        """By time, not by arrival; of the same time the one that was kept last."""
        for number in (3, 1, 2):
            journal.note("acme", request(number))
        journal.note("acme", request(2, id="again"))
        assert await ids(journal) == "r3 again r2 r1"
        journal.note("acme", request(9, id="again", status=500))
        newest = await journal.line("acme", RequestLine, "again")
        assert newest is not None
        assert newest.status == 500

    async def test_pages_hold_each_line_once_while_others_are_written(self, journal: Journal) -> None:
        for number in range(10):
            journal.note("acme", request(number // 3, id=f"r{number}"))
        found: list[str] = []
        after = None
        while page := await journal.lines("acme", RequestLine, LineQuery(after=after, limit=4)):
            assert len(page) <= 4
            found += [numbered.line.id for numbered in page]
            after = (page[-1].line.time, page[-1].number)
            journal.note("acme", request(100 + len(found)))
        assert found == [f"r{number}" for number in reversed(range(10))]

    async def test_lines_of_one_id(self, journal: Journal) -> None:
        for number in range(6):
            line = HistoryLine(id=f"R{number % 2}", time=NOW + number // 4, revision=number)
            journal.note("acme" if number < 5 else "other", line)
        found = await journal.lines("acme", HistoryLine, LineQuery(id="R0"))
        assert [numbered.line.revision for numbered in found] == [4, 2, 0]
        after = (found[0].line.time, found[0].number)
        rest = await journal.lines("acme", HistoryLine, LineQuery(id="R0", after=after, limit=1))
        assert [numbered.line.revision for numbered in rest] == [2]
        assert await ids(journal, kind=HistoryLine, id="R1", where={"revision": 3}) == "R1"
        assert await ids(journal, kind=HistoryLine, id="R1", span=Span(NOW + 1)) == ""
        assert await ids(journal, kind=HistoryLine, id="none") == ""

    async def test_many_lines_are_kept_in_their_order(self, journal: Journal) -> None:
        journal.note_all("acme", [request(0, id=f"r{number}") for number in range(250)])
        journal.note_all("acme", [])
        assert await ids(journal, limit=1000) == " ".join(f"r{number}" for number in reversed(range(250)))

    async def test_a_span_has_its_beginning_and_not_its_end(self, journal: Journal) -> None:
        for number in range(5):
            journal.note("acme", request(number))
        assert await ids(journal, span=Span(NOW + 1, NOW + 3)) == "r2 r1"
        assert await ids(journal, span=Span(first=NOW + 4)) == "r4"
        assert await ids(journal, span=Span(end=NOW)) == ""

    async def test_fields_narrow(self, journal: Journal) -> None:
        journal.note("acme", request(1, status=404, code="product_not_found", key="main"))
        journal.note("acme", request(2, status=404, code="not_found", key="ma"))
        journal.note("acme", request(3, route="/v2/search", key="main"))
        assert await ids(journal, where={"status": 404}) == "r2 r1"
        assert await ids(journal, where={"status": 404, "key": "main"}) == "r1"
        assert await ids(journal, where={"code": ""}) == "r3"
        assert await ids(journal, where={"key": "' OR 1 --"}) == ""
        assert await ids(journal, where={"status": 404}, limit=1) == "r2"

    async def test_journals_are_apart(self, journal: Journal) -> None:
        journal.note("acme", request(1))
        journal.note("acme", SearchLine(id="r1", time=NOW, query="ring"))
        assert await ids(journal, kind=SearchLine) == "r1"
        assert await ids(journal, kind=EventLine) == ""
        assert await journal.line("acme", EventLine, "r1") is None

    async def test_counts_are_added_up(self, journal: Journal) -> None:
        for minute in (60, 0, 0, 3600):
            journal.count("acme", Count(REQUEST_COUNTS, TODAY + minute, "native", (2, 1)))
        journal.count("acme", Count(REQUEST_COUNTS, TODAY + 60, "client", (5, 0)))
        by_minute = await journal.sums("acme", REQUEST_COUNTS, Span(), 60)
        assert [(one.time - TODAY, one.numbers) for one in by_minute] == [
            (0, (4, 2, 0, 0, 0)),
            (60, (7, 1, 0, 0, 0)),
            (3600, (2, 1, 0, 0, 0)),
        ]
        by_hour = await journal.sums("acme", REQUEST_COUNTS, Span(), 3600)
        assert [(one.time - TODAY, one.numbers[:2]) for one in by_hour] == [(0, (11, 3)), (3600, (2, 1))]
        some = await journal.sums("acme", REQUEST_COUNTS, Span(TODAY + 60, TODAY + 3600), DAY)
        assert some == [Count(REQUEST_COUNTS, TODAY, "", (7, 1, 0, 0, 0))]

    async def test_the_highest_stand_first(self, journal: Journal) -> None:
        journal.count("acme", searches("ring", 2, 0, 20))
        journal.count("acme", searches("hoop", 5, 4, 1))
        journal.count("acme", searches("band", 2, 1, 0))
        journal.count("acme", searches("ring", 1, 0, 10, 1, 1, day=1))
        journal.count("acme", searches("late", 9, 9, day=2))
        span = Span(end=TODAY + 2 * DAY)
        top = await journal.top("acme", SEARCH_COUNTS, Ranking(span=span))
        assert [(one.time, one.name, one.numbers) for one in top] == [
            (0, "hoop", (5, 4, 1, 0, 0)),
            (0, "ring", (3, 0, 30, 1, 1)),
            (0, "band", (2, 1, 0, 0, 0)),
        ]
        empty = await journal.top("acme", SEARCH_COUNTS, Ranking(span=span, by=1, limit=1))
        assert [one.name for one in empty] == ["hoop"]

    async def test_the_highest_of_each_day(self, journal: Journal) -> None:
        journal.count("acme", searches("b", 2))
        journal.count("acme", searches("a", 2))
        journal.count("acme", searches("c", 1))
        journal.count("acme", searches("c", 3, day=1))
        top = await journal.top("acme", SEARCH_COUNTS, Ranking(limit=2, by_day=True))
        assert [((one.time - TODAY) // DAY, one.name, one.numbers[0]) for one in top] == [
            (1, "c", 3),
            (0, "a", 2),
            (0, "b", 2),
        ]

    async def test_hours_are_counted_beside_days(self, journal: Journal) -> None:
        for hour, number in ((0, 1), (1, 2), (1, 4), (25, 8)):
            for count in search_counts(TODAY + hour * 3600 + 59, "ring", (number, 1)):
                journal.count("acme", count)
        by_hour = await journal.sums("acme", SEARCH_HOURS, Span(), 3600)
        assert [((one.time - TODAY) // 3600, one.numbers[:2]) for one in by_hour] == [
            (0, (1, 1)),
            (1, (6, 2)),
            (25, (8, 1)),
        ]
        top = await journal.top("acme", SEARCH_HOURS, Ranking(span=Span(TODAY + 3600, TODAY + 2 * DAY)))
        assert [(one.name, one.numbers[:2]) for one in top] == [("ring", (14, 3))]
        assert [one.numbers[0] for one in await journal.sums("acme", SEARCH_COUNTS, Span(), DAY)] == [7, 8]
        await journal.trim({SEARCH_HOURS: Retention(seconds=DAY)}, TODAY + DAY + 3600)
        assert len(await journal.sums("acme", SEARCH_HOURS, Span(), 3600)) == 2
        await journal.forget("acme", TODAY + 2 * DAY)
        assert await journal.tenants() == []

    async def test_tenants_are_apart(self, journal: Journal) -> None:
        """Nobody finds, counts or forgets what is another's, whatever ids they have."""
        names = ["acme", "acm", "acme'", "é💍", "%"]
        for number, tenant in enumerate(names):
            journal.note(tenant, request(number))
            journal.count(tenant, searches("ring", number + 1))
        for number, tenant in enumerate(names):
            assert await ids(journal, tenant) == f"r{number}"
            assert await journal.line(tenant, RequestLine, f"r{(number + 1) % 5}") is None
            assert [one.numbers[0] for one in await journal.top(tenant, SEARCH_COUNTS, Ranking())] == [number + 1]
            assert [one.numbers[0] for one in await journal.sums(tenant, SEARCH_COUNTS, Span(), DAY)] == [number + 1]
        assert await journal.tenants() == sorted(names)
        await journal.forget("acme")
        assert await journal.tenants() == sorted(set(names) - {"acme"})
        assert (await ids(journal), await ids(journal, "acm")) == ("", "r1")
        assert await journal.top("acme", SEARCH_COUNTS, Ranking()) == []

    async def test_what_is_older_can_be_forgotten(self, journal: Journal) -> None:
        for number in range(3):
            journal.note("acme", request(number))
            journal.count("acme", searches("ring", 1, day=number))
        await journal.forget("acme", NOW + 1)
        assert await ids(journal) == "r2 r1"
        assert len(await journal.sums("acme", SEARCH_COUNTS, Span(), DAY)) == 3
        await journal.forget("acme", TODAY + DAY)
        assert await ids(journal) == ""
        assert [one.time for one in await journal.sums("acme", SEARCH_COUNTS, Span(), DAY)] == [
            TODAY + DAY,
            TODAY + 2 * DAY,
        ]

    async def test_what_is_too_old_goes(self, journal: Journal) -> None:
        """By the journal's own age, of all tenants, and nothing else."""
        for number in range(10):
            journal.note(f"t{number % 2}", request(number))
            journal.note("t0", SearchLine(id=f"s{number}", time=NOW + number, query="ring"))
            journal.count("t0", searches("ring", 1, day=number))
        retention = {"requests": Retention(seconds=4), "search_counts": Retention(seconds=3 * DAY)}
        now = TODAY + 10 * DAY
        assert await self.trimmed(journal, {"search_counts": retention["search_counts"]}, now) == 7
        assert await self.trimmed(journal, {"requests": retention["requests"]}, NOW + 10) == 6
        assert (await ids(journal, "t0"), await ids(journal, "t1")) == ("r8 r6", "r9 r7")
        assert len(await journal.lines("t0", SearchLine, LineQuery())) == 10

    async def test_what_is_too_old_goes_from_behind_what_a_wrong_clock_noted(self, journal: Journal) -> None:
        """Where the clock was ahead and is set right, age counts for all that is noted then, as ever."""
        for number in range(1_100):
            journal.note("ahead", request(10 * DAY + number))
        for number in range(10):
            journal.note("acme", request(number))
            journal.note("ahead", request(number))
        assert await self.trimmed(journal, {"requests": Retention(seconds=4)}, NOW + 10) == 12
        assert await ids(journal) == "r9 r8 r7 r6"
        assert (await ids(journal, "ahead", limit=2_000)).split()[-5:] == [f"r{10 * DAY}", "r9", "r8", "r7", "r6"]

    async def test_what_is_too_much_goes_from_its_old_end(self, journal: Journal) -> None:
        """In small steps, until the journal is no larger than it may be."""
        for number in range(200):
            journal.note("acme", request(number, error="x" * 200))
            journal.count("acme", Count(REQUEST_COUNTS, TODAY + 60 * number, "native", (1,)))
        retention = {"requests": Retention(size_bytes=20_000), "request_counts": Retention(size_bytes=5_000)}
        assert await self.trimmed(journal, retention, NOW) > 100
        left = await journal.lines("acme", RequestLine, LineQuery(limit=1000))
        assert 10 <= len(left) <= 100
        assert [numbered.line.id for numbered in left] == [f"r{199 - at}" for at in range(len(left))]
        counts = await journal.sums("acme", REQUEST_COUNTS, Span(), 60)
        assert 10 <= len(counts) <= 100
        assert counts[-1].time == TODAY + 60 * 199

    async def test_who_floods_a_journal_shortens_only_its_own_memory(self, journal: Journal) -> None:
        for number in range(5):
            journal.note("quiet", request(number))
        for number in range(300):
            journal.note("flood", request(5 + number, error="x" * 200))
        assert await self.trimmed(journal, {"requests": Retention(size_bytes=20_000)}, NOW) > 100
        assert await ids(journal, "quiet") == "r4 r3 r2 r1 r0"
        left = (await ids(journal, "flood", limit=1000)).split()
        assert 10 <= len(left) <= 100
        assert left == [f"r{304 - at}" for at in range(len(left))]

    async def trimmed(self, journal: Journal, retention: dict[str, Retention], now: float) -> int:
        """Trim until there is no more to do, and return how much went."""
        removed = 0
        while step := await journal.trim(retention, now):
            removed += step
        return removed

    async def test_texts_that_nothing_can_store_do_no_harm(self, journal: Journal) -> None:
        """A line with half a character may be lost, and counted as such; its neighbours are kept."""
        journal.note("acme", request(1))
        journal.note("acme", request(2, error="\ud800"))
        journal.note("acme", request(3))
        assert {"r1", "r3"} <= set((await ids(journal)).split())

    async def test_closing_twice_and_writing_after_it_do_no_harm(self, journal: Journal) -> None:
        journal.note("acme", request(1))
        await journal.close()
        await journal.close()
        journal.note("acme", request(2))
        journal.count("acme", searches("ring", 1))
