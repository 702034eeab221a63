"""Bulks: in parcels, each with a key of its own, sent until all of it is answered."""

import json
from decimal import Decimal

import pytest

from facetry.client.bulk import ATOMIC_LINES, MOST_LINES, Bulk
from facetry.client.errors import BulkStoppedError, NoAnswerError
from facetry.client.types.bulk import MOST_FAILURES, Delete, LineResult, Patch, Upsert
from facetry.client.types.product import Product, StoredProduct
from tests.unit.client.driving import Driven, core, lines


def last(count, failed=0, **more):
    return {"done": True, "lines": count, "failed": failed, "revision": 9, **more}


def told(line, **more):
    return {"line": line, "status": 200, "sku": f"S{line}", "id": line, **more}


def products(count):
    return (Product(sku=f"S{i}", name="x") for i in range(count))


def sent_lines(request):
    return [json.loads(line) for line in request.body.splitlines()]


def test_all_kinds_of_lines():
    stored = StoredProduct(
        sku="A", name="x", id=7, price=Decimal(1), in_stock=True, etag="e", regular_price=Decimal("1.5")
    )
    some = [stored, Upsert(stored), Patch("B", {"quantity": 3}), Delete("C"), {"anything": 1}]
    done = Driven(Bulk(core(), some, key="k").results(), lines(*(told(i) for i in range(1, 6)), last(5)))
    written = {"sku": "A", "name": "x", "regular_price": 1.5}
    assert sent_lines(done.sent[0]) == [
        written,
        {"op": "upsert", "product": written},
        {"op": "patch", "sku": "B", "changes": {"quantity": 3}},
        {"op": "delete", "sku": "C"},
        {"anything": 1},
    ]
    assert done.sent[0].target == "/v2/products:bulk"
    assert done.sent[0].headers["content-type"] == "application/x-ndjson"
    assert done.items[0] == LineResult(line=1, status=200, sku="S1", id=1)


def test_nothing_is_sent_for_nothing():
    assert Driven(Bulk(core(), []).results()).sent == []
    assert Driven(Bulk(core(), []).summary()).result.lines == 0


def test_lines_go_in_parcels_with_places_in_the_whole():
    count = MOST_LINES + 3
    first = lines(*(told(i) for i in range(1, MOST_LINES + 1)), last(MOST_LINES))
    done = Driven(
        Bulk(core(), products(count), key="k").results(), first, lines(*(told(i) for i in (1, 2, 3)), last(3))
    )
    assert [item.line for item in done.items] == list(range(1, count + 1))
    assert [len(sent_lines(request)) for request in done.sent] == [MOST_LINES, 3]
    assert [request.headers["idempotency-key"] for request in done.sent] == ["k", "k-1"]


def test_parcels_are_small():
    large = (Product(sku=f"S{i}", name="x", description="d" * 400_000) for i in range(5))
    done = Driven(
        Bulk(core(), large).results(), *(lines(told(1), told(2), last(2)) for _ in range(2)), lines(told(1), last(1))
    )
    assert [len(sent_lines(request)) for request in done.sent] == [2, 2, 1]
    assert [item.line for item in done.items] == [1, 2, 3, 4, 5]


def test_lines_are_read_as_they_are_sent():
    read = []

    def some():
        for i in range(MOST_LINES * 2):
            read.append(i)
            yield Delete(str(i))

    Driven(Bulk(core(), some()).results())
    assert len(read) == MOST_LINES


@pytest.mark.parametrize(
    "broken",
    [
        lines(told(1), told(2)),
        lines(told(1), last(2), whole=False),
        lines(),
        lines(told(1), {"done": False, "lines": 1, "failed": 0, "code": "malformed_body", "detail": "cut"}),
        lines(told(1), {"done": False, "lines": 1, "failed": 0, "code": "store_failed", "status": 503}),
    ],
)
def test_an_answer_that_is_cut_off_is_asked_for_again(broken):
    done = Driven(Bulk(core(), products(2)).results(), broken, lines(told(1), told(2), last(2, replayed=1)))
    assert [item.line for item in done.items] == [1, 2]
    assert done.sent[0] == done.sent[1]


def test_a_bulk_that_is_always_cut_off_fails():
    done = Driven(Bulk(core(attempts=2), products(2)).results(), lines(), lines(told(1)))
    assert isinstance(done.error, NoAnswerError)
    assert done.items == []


def test_a_bulk_that_is_stopped_says_how_far_it_was():
    first = lines(*(told(i) for i in range(1, MOST_LINES + 1)), last(MOST_LINES))
    stopped = lines(
        told(1), {"done": False, "lines": 1, "failed": 0, "code": "key_reused", "detail": "d", "status": 409}
    )
    done = Driven(Bulk(core(), products(MOST_LINES + 1)).results(), first, stopped)
    assert isinstance(done.error, BulkStoppedError)
    assert (done.error.code, done.error.lines, done.error.status) == ("key_reused", MOST_LINES, 409)


def test_a_summary_keeps_what_failed_and_tells_progress():
    seen = []
    one = core()
    failure = {"line": 2, "status": 404, "sku": "B", "code": "product_not_found", "detail": "d", "pointer": "/p"}
    flow = Bulk(one, products(MOST_LINES + 2)).summary(lambda summary: seen.append((summary.lines, summary.failed)))
    done = Driven(flow, lines(last(MOST_LINES)), lines(failure, last(2, 1)))
    assert done.sent[0].target == "/v2/products:bulk?results=failed"
    assert seen == [(MOST_LINES, 0), (MOST_LINES + 2, 1)]
    (kept,) = done.result.failures
    assert (kept.line, kept.is_done, kept.pointer) == (MOST_LINES + 2, False, "/p")
    assert (done.result.lines, done.result.failed, done.result.revision, one.revision) == (MOST_LINES + 2, 1, 9, 9)


def test_a_summary_keeps_so_many_failures():
    failures = [{"line": i, "status": 404, "code": "c"} for i in range(1, MOST_LINES + 1)]
    parcel = lines(*failures, last(MOST_LINES, MOST_LINES))
    done = Driven(Bulk(core(), products(MOST_LINES * 2)).summary(), parcel, parcel)
    assert (len(done.result.failures), done.result.failed) == (MOST_FAILURES, 2 * MOST_LINES)


def test_all_or_none_is_one_request():
    count = MOST_LINES + 5
    done = Driven(Bulk(core(), products(count), atomic=True).summary(), lines(last(count)))
    assert (len(done.sent), len(sent_lines(done.sent[0]))) == (1, count)
    assert done.sent[0].target == "/v2/products:bulk?atomic=true&results=failed"


def test_too_many_lines_for_all_or_none_are_not_sent():
    done = Driven(Bulk(core(), (Delete("A") for _ in range(ATOMIC_LINES + 1)), atomic=True).summary())
    assert isinstance(done.error, ValueError)
    assert done.sent == []
