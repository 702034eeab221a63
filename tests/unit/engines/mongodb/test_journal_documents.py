"""Lines and counts as documents, and the questions that are asked of them."""

from __future__ import annotations

import math

import pytest
from msgspec import Raw

from facetry.domain.journal import (
    SEARCH_COUNTS,
    Count,
    EventLine,
    HistoryLine,
    LineQuery,
    Ranking,
    RequestLine,
    Span,
)
from facetry.engines.mongodb.journal_documents import (
    count_of,
    count_update,
    line_document,
    line_of,
    lines_wanted,
    ranking_names,
    summing,
)


@pytest.mark.parametrize(
    "line",
    [
        RequestLine(id="r", time=1.5, status=200, duration_ms=0.25, error="é 💍\0"),
        EventLine(id="e", time=2.0, type="click", search_id="s", position=2**53),
        HistoryLine(id="R/1", time=3.0, revision=7, before=Raw(b'{"a":1.50}')),
    ],
)
def test_a_line_comes_back_as_it_was(line):
    document = line_document("acme", line)
    assert (document["t"], document["i"], document["s"]) == ("acme", line.id, line.time)
    assert line_of(type(line), document) == line


def test_fields_of_another_version_are_left_out_or_have_their_defaults():
    document = {"i": "r", "s": 1.0, "f": {"status": 404, "later": 1}}
    assert line_of(RequestLine, document) == RequestLine(id="r", time=1.0, status=404)


@pytest.mark.parametrize("fields", [{"error": "\ud800"}, {"size": 2**63}, {"error": "x" * (8 << 20)}])
def test_what_nothing_can_store_is_no_document(fields):
    assert line_document("acme", RequestLine(id="r", time=1.0, **fields)) is None


def test_a_question_begins_with_what_an_index_has():
    assert lines_wanted("acme", LineQuery(span=Span(1.0, 9.0))) == {"t": "acme", "s": {"$gte": 1.0, "$lt": 9.0}}
    query = LineQuery(id="R", where={"status": 404, "id": "R", "time": 2.0}, after=(5.0, 7), limit=3)
    assert lines_wanted("acme", query) == {
        "t": "acme",
        "i": "R",
        "s": {"$gte": -math.inf, "$lt": math.nextafter(5.0, 6.0)},
        "$or": [{"s": {"$lt": 5.0}}, {"s": 5.0, "_id": {"$lt": 7}}],
        "$and": [{"f.status": 404}, {"i": "R"}, {"s": 2.0}],
    }


def test_a_page_does_not_go_beyond_the_end_of_the_span():
    assert lines_wanted("acme", LineQuery(span=Span(1.0, 4.0), after=(5.0, 7)))["s"] == {"$gte": 1.0, "$lt": 4.0}


def test_counts_are_added_to_and_come_back():
    assert count_update(("acme", 60, "ring"), [1, 0, 2, 0, 0]) is not None
    assert count_update(("acme", 60, "\ud800"), [1, 0, 0, 0, 0]) is None
    assert count_update(("acme", 60, "ring"), [2**63, 0, 0, 0, 0]) is None
    stored = {"s": 60, "n": "ring", "c0": 1, "c1": 0, "c2": 2, "c3": 0, "c4": 0}
    assert count_of(SEARCH_COUNTS, stored) == Count(SEARCH_COUNTS, 60, "ring", (1, 0, 2, 0, 0))


def test_sums_and_rankings_look_at_one_tenant_and_span_only():
    wanted = {"t": "acme", "s": {"$gte": 1, "$lt": 9}}
    assert summing("acme", Span(1, 9), 60)[0] == {"$match": wanted}
    assert ranking_names("acme", Ranking(span=Span(1, 9)))[0] == {"$match": wanted}
    by_day = ranking_names("acme", Ranking(span=Span(1, 9), by=2, limit=4, by_day=True))
    assert by_day[0] == {"$match": {**wanted, "c2": {"$gt": 0}}}
    assert by_day[2] == {"$match": {"place": {"$lte": 4}}}
