"""Many products at once through ``/v2/products:bulk``."""

from __future__ import annotations

import gzip
import json

import pytest

from facetry.domain.errors import StoreBusyError
from tests.api.server import problem_of, scope_of

pytestmark = pytest.mark.anyio

BULK = "/v2/products:bulk"
NDJSON = "application/x-ndjson"


def lines(*documents):
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in documents)


@pytest.fixture
def server(make_server):
    """Return a server that waits for a slow index on a busy machine."""
    return make_server(index_wait_seconds=30.0)


@pytest.fixture
def bulk(owner):
    async def send(*documents, query="", body=None, **headers):
        sent = {"content-type": NDJSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        body = lines(*documents) if body is None else body
        answer = await owner("POST", f"{BULK}{query}", body, headers=sent)
        if answer.status == 200:
            assert answer.headers["content-type"] == NDJSON
            return [json.loads(line) for line in answer.body.splitlines()]
        return answer

    return send


async def names(owner):
    """Return the name of each product by SKU, as it is read and as it is found."""
    found = await owner.search(q="", matched_products=100, limit=100)
    searched = {one["sku"]: one["name"] for hit in found["hits"] for one in hit["products"]}
    read = {one.sku: one.name for one in await owner.server.store.products_after("shop", 0, 1000)}
    assert searched == read
    return read


@pytest.mark.parametrize("query", ["", "?atomic=true"])
async def test_a_bulk_that_is_compressed_is_refused(bulk, owner, query):
    body = gzip.compress(lines({"sku": "A", "name": "Ring"}))
    problem = problem_of(await bulk(body=body, query=query, content_encoding="gzip"), 415)
    assert (problem["code"], problem["detail"]) == (
        "unaccepted_type",
        "send it without Content-Encoding, not compressed",
    )
    assert await names(owner) == {}


async def test_every_line_has_its_result(bulk, owner):
    await bulk({"sku": "D", "name": "Old"}, {"sku": "C", "name": "Gone"})
    assert await bulk(
        {"op": "upsert", "product": {"sku": "A", "name": "Ring"}},
        {"op": "patch", "sku": "B", "changes": {"quantity": 3}},
        {"op": "delete", "sku": "C"},
        {"sku": "D", "name": "A line that is a product is an upsert"},
        {"op": "patch", "sku": "A", "changes": {"name": "Band"}},
    ) == [
        {"line": 1, "status": 201, "sku": "A", "id": 3},
        {"line": 2, "status": 404, "sku": "B", "code": "product_not_found", "detail": "product with SKU B not found"},
        {"line": 3, "status": 204, "sku": "C"},
        {"line": 4, "status": 200, "sku": "D", "id": 1},
        {"line": 5, "status": 200, "sku": "A", "id": 3},
        {"done": True, "lines": 5, "failed": 1, "revision": 2},
    ]
    assert await names(owner) == {"A": "Band", "D": "A line that is a product is an upsert"}


@pytest.mark.parametrize(
    ("line", "result"),
    [
        (b"{", {"status": 400, "code": "malformed_body"}),
        (b'{"sku": "\xff", "name": "x"}', {"status": 400, "code": "malformed_body"}),
        (b"[]", {"status": 400, "code": "malformed_body"}),
        (b'{"sku": "A", "sku": "B", "nam": 1}', {"status": 400, "code": "malformed_body"}),
        ({"sku": "A"}, {"status": 422, "sku": "A", "code": "invalid_value", "pointer": "/name"}),
        ({"sku": "A", "nme": "x"}, {"status": 422, "sku": "A", "code": "bad_document", "pointer": "/nme"}),
        ({"sku": "A", "name": "x", "quantity": -1}, {"status": 422, "sku": "A", "pointer": "/quantity"}),
        ({"sku": "A", "name": "x", "regular_price": 1.23456}, {"status": 422, "pointer": "/regular_price"}),
        ({"sku": "", "name": "x"}, {"status": 422, "code": "invalid_value", "pointer": "/sku"}),
        ({"sku": "A", "name": "x", "id": 7}, {"status": 422, "sku": "A", "code": "read_only"}),
        ({"op": "upsrt", "product": {}}, {"status": 422, "code": "bad_document", "pointer": "/op"}),
        ({"op": "upsert", "sku": "A"}, {"status": 422, "sku": "A", "code": "bad_document", "pointer": "/sku"}),
        ({"op": "upsert", "product": 3}, {"status": 422, "code": "bad_document", "pointer": "/product"}),
        ({"op": "delete"}, {"status": 422, "code": "bad_document", "pointer": "/sku"}),
        ({"op": "delete", "sku": "nobody"}, {"status": 404, "sku": "nobody", "code": "product_not_found"}),
        ({"op": "patch", "sku": "Z", "changes": {"quantiti": 1}}, {"status": 422, "sku": "Z", "pointer": "/quantiti"}),
        ({"op": "patch", "sku": "Z", "changes": {"name": None}}, {"status": 422, "sku": "Z", "pointer": "/name"}),
        (b'{"sku": "%s"}' % (b"x" * (1 << 20)), {"status": 413, "code": "too_large"}),
    ],
)
async def test_a_line_that_is_refused_does_not_hold_up_its_neighbours(bulk, owner, line, result):
    first, second, third, last = await bulk({"sku": "X", "name": "One"}, line, {"sku": "Y", "name": "Two"})
    assert [first["status"], third["status"], last["failed"]] == [201, 201, 1]
    assert {"line": 2, **second} == second
    assert {**second, **result} == second, second
    assert ("sku" in second) == ("sku" in result or result.get("pointer") == "/regular_price")
    assert await names(owner) == {"X": "One", "Y": "Two"}


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        (b"", []),
        (b"\n\n", []),
        (b'\xef\xbb\xbf{"sku": "A", "name": "x"}\r\n\r\n{"sku": "B", "name": "x"}\r\n', [1, 3]),
        (b'\n  {"sku": "A", "name": "x"}  \n{"sku": "B", "name": "x"}', [2, 3]),
    ],
    ids=["nothing", "blank lines", "marks and line ends of Windows", "no end of the last line"],
)
async def test_ends_of_lines_are_no_matter(bulk, body, numbers):
    *results, last = await bulk(body=body)
    assert [(one["line"], one["status"]) for one in results] == [(number, 201) for number in numbers]
    assert (last["done"], last["lines"]) == (True, len(numbers))


async def test_results_of_single_lines_can_be_left_out(bulk):
    assert await bulk({"sku": "A", "name": "x"}, {"sku": "B"}, query="?results=failed") == [
        {
            "line": 2,
            "sku": "B",
            "status": 422,
            "code": "invalid_value",
            "pointer": "/name",
            "detail": "must not be left out",
        },
        {"done": True, "lines": 2, "failed": 1, "revision": 1},
    ]


async def test_all_or_nothing(bulk, owner):
    products = [{"sku": f"P{n}", "name": "x"} for n in range(3)]
    refused = {"op": "delete", "sku": "nobody"}
    results = await bulk(products[0], refused, products[1], query="?atomic=true")
    assert results == [
        {"line": 1, "sku": "P0", "status": 424, "code": "not_done", "detail": "line 2 was refused"},
        {
            "line": 2,
            "sku": "nobody",
            "status": 404,
            "code": "product_not_found",
            "detail": "product with SKU nobody not found",
        },
        {"line": 3, "sku": "P1", "status": 424, "code": "not_done", "detail": "line 2 was refused"},
        {"done": True, "lines": 3, "failed": 3, "revision": 0},
    ]
    unread = await bulk(products[0], b"{", query="?atomic=true&results=failed")
    assert [one.get("status") for one in unread] == [424, 400, None]
    assert await names(owner) == {}
    done = await bulk(*products, query="?atomic=true")
    assert [one.get("status") for one in done] == [201, 201, 201, None]
    assert done[-1] == {"done": True, "lines": 3, "failed": 0, "revision": 1}
    assert await names(owner) == {"P0": "x", "P1": "x", "P2": "x"}


async def test_all_or_nothing_of_a_body_that_ends_in_the_middle_is_nothing(owner):
    """However much of it came, and even if it ends behind a line."""
    for body in (lines({"sku": "A", "name": "x"}), lines({"sku": "A", "name": "x"}, {"sku": "B", "name": "x"})[:-5]):
        sent = [{"type": "http.request", "body": body, "more_body": True}]
        received = []

        async def receive(sent=sent):
            return sent.pop() if sent else {"type": "http.disconnect"}

        async def send(message, received=received):
            received.append(message.get("body", b""))

        headers = {**owner.headers, "content-type": NDJSON, "idempotency-key": "K"}
        await owner.server.app(scope_of("POST", f"{BULK}?atomic=true", headers), receive, send)
        last = json.loads(b"".join(received))
        assert (last["done"], last["lines"], last["code"]) == (False, 0, "malformed_body")
        assert await names(owner) == {}


async def test_all_or_nothing_of_what_does_not_fit_names_the_first(bulk, owner):
    types = {"attributes": [{"name": "carat", "type": "decimal"}]}
    assert (await owner("PUT", "/v2/settings/attributes", types)).status == 200
    misfits = [{"sku": sku, "name": "x", "attributes": {"carat": "much"}} for sku in "AB"]
    assert [one.get("status") for one in await bulk(*misfits, query="?atomic=true")] == [422, 424, None]
    assert [one.get("status") for one in await bulk(*misfits)] == [422, 422, None]
    assert await names(owner) == {}


@pytest.mark.parametrize("query", ["", "?atomic=true"])
@pytest.mark.parametrize("body", [b"", b"\n \r\n", b"{\n[]\n", b'{"sku": "B"}'])
async def test_where_nothing_is_to_be_done_there_is_no_new_revision(bulk, owner, body, query):
    await bulk({"sku": "A", "name": "x"})
    results = await bulk(body=body, query=query)
    failed = sum(1 for line in body.splitlines() if line.strip())
    assert results[-1] == {"done": True, "lines": failed, "failed": failed, "revision": 1}
    assert [one["status"] >= 400 for one in results[:-1]] == [True] * failed
    assert (await owner("GET", "/v2/changes")).json["revision"] == 1


async def test_too_much_for_all_or_nothing_is_refused(bulk, owner, monkeypatch):
    body = b'{"op": "delete", "sku": "A"}\n'
    problem_of(await bulk(body=body * 10_001, query="?atomic=true"), 413)
    assert len(await bulk(body=body * 10_000, query="?atomic=true")) == 10_001
    monkeypatch.setattr("facetry.api.native.bulk_load.MOST_BYTES", 50)
    problem_of(await bulk(body=body * 2, query="?atomic=true"), 413)


@pytest.mark.parametrize("query", ["", "?atomic=true"])
async def test_a_repeat_with_the_same_key_does_nothing(bulk, owner, query):
    body = [{"sku": f"P{n}", "name": "x"} for n in range(1700)]
    first = await bulk(*body, query=query, idempotency_key="K")
    await bulk({"op": "delete", "sku": "P7"}, {"sku": "P8", "name": "y"})
    again = await bulk(*body, query=query, idempotency_key="K")
    assert again[:-1] == first[:-1]
    assert again[-1] == {"done": True, "lines": 1700, "failed": 0, "replayed": 1700, "revision": again[-1]["revision"]}
    assert await owner.server.store.product("shop", "P7") is None
    assert (await owner.server.store.product("shop", "P8")).name == "y"


async def test_a_repeat_goes_on_where_the_first_try_ended(bulk, owner):
    body = [{"sku": f"P{n}", "name": "x"} for n in range(1700)]
    await bulk(*body[:1000], idempotency_key="K")
    again = await bulk(*body, idempotency_key="K")
    assert again[-1]["replayed"] == 1000
    assert len({one["id"] for one in again[:-1]}) == 1700


async def test_a_key_cannot_be_used_for_another_body(bulk, owner):
    body = [{"sku": f"P{n}", "name": "x"} for n in range(1100)]
    await bulk(*body, idempotency_key="K")
    assert problem_of(await bulk({"sku": "A", "name": "x"}, idempotency_key="K"), 409)["code"] == "key_reused"
    assert problem_of(await bulk(*body, query="?atomic=true", idempotency_key="K"), 409)["code"] == "key_reused"
    late = await bulk(*body[:1000], {"sku": "A", "name": "x"}, idempotency_key="K")
    assert len(late) == 1001
    assert late[-1] == {
        "done": False,
        "lines": 1000,
        "failed": 0,
        "replayed": 1000,
        "revision": late[-1]["revision"],
        "status": 409,
        "code": "key_reused",
        "detail": "the idempotency key was used for another request",
    }
    assert await owner.server.store.product("shop", "A") is None


async def test_what_is_refused_late_is_undone_alone(bulk, owner):
    await bulk({"sku": "A", "name": "x", "quantity": 1})
    # The gemstone is made before the price is looked at.
    bad = {"sku": "B", "name": "x", "gemstones": [{"code": "S1", "type": "diamond"}], "price": 7}
    results = await bulk({"sku": "C", "name": "x"}, bad, {"op": "patch", "sku": "A", "changes": {"quantity": 2}})
    assert [one.get("status") for one in results] == [201, 422, 200, None]
    assert results[1]["code"] == "read_only"
    assert [one["id"] for one in results[:3] if "id" in one] == [2, 1]
    assert await names(owner) == {"A": "x", "C": "x"}


async def test_a_failure_before_anything_is_done_is_a_problem(bulk, server):
    server.store.failure = StoreBusyError("busy")
    assert problem_of(await bulk({"sku": "A", "name": "x"}), 503)["code"] == "store_busy"
    assert problem_of(await bulk({"sku": "A", "name": "x"}, query="?atomic=true"), 503)["code"] == "store_busy"


async def test_a_failure_on_the_way_is_told_in_the_last_line(bulk, server):
    write, calls = server.store.write, []

    async def fails_later(tenant, writes, **options):
        calls.append(tenant)
        if len(calls) > 1:
            raise StoreBusyError("busy")
        return await write(tenant, writes, **options)

    server.store.write = fails_later
    results = await bulk(*({"sku": f"P{n}", "name": "x"} for n in range(1001)))
    assert len(results) == 1001
    assert {name: results[-1][name] for name in ("done", "lines", "failed", "revision", "status", "code")} == {
        "done": False,
        "lines": 1000,
        "failed": 0,
        "revision": 1,
        "status": 503,
        "code": "store_busy",
    }


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("?results=none", {}, 400, "bad_parameter"),
        ("?atomic=yes", {}, 400, "bad_parameter"),
        ("?atmic=true", {}, 400, "bad_parameter"),
        ("", {"content_type": "application/json"}, 415, "unaccepted_type"),
        ("", {"idempotency_key": "a b"}, 400, "malformed_body"),
    ],
)
async def test_calls_that_cannot_be_read_are_refused(bulk, owner, query, headers, status, code):
    answer = await bulk({"sku": "A", "name": "x"}, query=query, **headers)
    assert problem_of(answer, status)["code"] == code
    assert await names(owner) == {}


async def test_who_may_only_search_may_not(front):
    problem_of(await front("POST", BULK, b"{}"), 403)


async def test_other_methods_are_refused(owner):
    assert problem_of(await owner("GET", BULK), 405)["code"] == "method_not_allowed"
