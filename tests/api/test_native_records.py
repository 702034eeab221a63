"""What the calls about gemstones, listings, orders and clients have in common."""

from __future__ import annotations

import asyncio

import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.domain.tenant import Scope
from tests.api.server import KeyHolder, problem_of, product

pytestmark = pytest.mark.anyio

STONE = {"code": "D1", "name": "Diamond", "type": "diamond"}
OFFER = {"sku": "R1", "channel": 3000}
ORDER = {"lines": [{"sku": "R1"}]}
BUYER = {"name": "Ada"}
KINDS = {
    "gemstones": (STONE, "D1", {"name": "Other"}),
    "listings": (OFFER, "1", {"title": "Other"}),
    "orders": (ORDER, "1", {"comments": "Other"}),
    "clients": (BUYER, "1", {"name": "Other"}),
}
EACH = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
async def stocked(shop):
    await shop.post(product("R1", quantity=50))
    return shop


async def made(owner, kind, **fields):
    """Return the answer that adds one of a kind."""
    answer = await owner("POST", f"/v2/{kind}", {**KINDS[kind][0], **fields})
    assert answer.status == 201, answer.body
    return answer


def path_of(kind):
    return f"/v2/{kind}/{KINDS[kind][1]}"


@EACH
class TestEach:
    async def test_what_is_added_is_there(self, owner, stocked, kind):
        answer = await made(owner, kind)
        assert (answer.headers["location"], answer.headers["facetry-revision"]) == (path_of(kind), "2")
        assert answer.headers["cache-control"] == "no-store"
        read = await owner("GET", path_of(kind))
        assert (read.status, read.json, read.headers["etag"]) == (200, answer.json, answer.headers["etag"])
        assert (await owner("GET", f"/v2/{kind}")).json == {"items": [answer.json]}
        assert (await owner("HEAD", path_of(kind))).headers["etag"] == read.headers["etag"]
        known = await owner("GET", path_of(kind), headers={"if-none-match": read.headers["etag"]})
        assert (known.status, known.body) == (304, b"")

    async def test_what_is_shown_can_be_sent_back(self, owner, stocked, kind):
        before = await made(owner, kind)
        answer = await owner("PATCH", path_of(kind), before.json)
        assert (answer.status, answer.json, answer.headers["etag"]) == (200, before.json, before.headers["etag"])

    async def test_only_what_is_as_it_was_read_is_changed(self, owner, stocked, kind):
        old, changes = await made(owner, kind), KINDS[kind][2]
        new = await owner("PATCH", path_of(kind), changes, headers={"if-match": old.headers["etag"]})
        assert (new.status, new.json) == (200, old.json | changes)
        stale = {"if-match": old.headers["etag"]}
        refused = await owner("PATCH", path_of(kind), changes, headers=stale)
        problem = problem_of(refused, 412)
        assert (problem["code"], problem["current"]) == ("changed_meanwhile", new.json)
        assert refused.headers["etag"] == new.headers["etag"] != old.headers["etag"]
        if kind != "orders":
            assert problem_of(await owner("DELETE", path_of(kind), headers=stale), 412)["current"] == new.json
        assert (await owner("GET", path_of(kind))).json == new.json

    async def test_a_repeat_does_nothing_and_says_the_same(self, owner, stocked, kind):
        key = {"idempotency-key": "k-1"}
        body = KINDS[kind][0]
        first = await owner("POST", f"/v2/{kind}", body, headers=key)
        again = await owner("POST", f"/v2/{kind}", body, headers=key)
        assert (again.status, again.body, again.headers["location"]) == (201, first.body, first.headers["location"])
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert len((await owner("GET", f"/v2/{kind}")).json["items"]) == 1
        other = await owner("PATCH", path_of(kind), KINDS[kind][2], headers=key)
        assert problem_of(other, 409)["code"] == "key_reused"

    async def test_what_is_not_there_is_not_found(self, owner, stocked, kind):
        for name in ("9", "no", "0", "1%2F2", "99999999999999999999", "%F0%9F%92%8E"):
            for method in ("GET", "PATCH"):
                answer = await owner(method, f"/v2/{kind}/{name}", {} if method == "PATCH" else None)
                assert problem_of(answer, 404)["code"] == "record_not_found"
        assert problem_of(await owner("GET", f"/v2/{kind}/1/2"), 404)["code"] == "not_found"
        assert problem_of(await owner("PUT", f"/v2/{kind}", {}), 405)["code"] == "method_not_allowed"

    async def test_pages_have_each_exactly_once(self, owner, stocked, kind):
        for number in range(7):
            await made(owner, kind, **({"code": f"D{number}"} if kind == "gemstones" else {}))
        seen, target = [], f"/v2/{kind}?limit=3"
        while target:
            page = (await owner("GET", target)).json
            seen.append([one["id"] for one in page["items"]])
            target = f"/v2/{kind}?limit=3&after={page['next']}" if "next" in page else None
        assert seen == [[1, 2, 3], [4, 5, 6], [7]]
        full = (await owner("GET", f"/v2/{kind}?limit=7")).json
        assert "next" not in full

    @pytest.mark.parametrize(
        ("query", "parameter", "message"),
        [
            ("limits=1", "limits", "is no parameter here; did you mean limit?"),
            ("limit=0", "limit", "must be an integer from 1 to 1000"),
            ("limit=1001", "limit", "must be an integer from 1 to 1000"),
            ("after=x", "after", "must be an integer from 0 to 9007199254740991"),
            ("limit=1&limit=1", "limit", "is given twice"),
            ("min_revision=-1", "min_revision", "must be an integer from 0 to 9007199254740991"),
        ],
    )
    async def test_a_parameter_that_is_none_is_refused(self, owner, stocked, kind, query, parameter, message):
        problem = problem_of(await owner("GET", f"/v2/{kind}?{query}"), 400)
        assert (problem["code"], problem["parameter"]) == ("bad_parameter", parameter)
        assert problem["detail"] == f"{parameter} {message}"

    async def test_a_read_holds_the_revision_that_it_wants(self, owner, stocked, kind):
        revision = int((await made(owner, kind)).headers["facetry-revision"])
        for target in (f"/v2/{kind}", path_of(kind)):
            assert (await owner("GET", f"{target}?min_revision={revision}")).status == 200
            problem = problem_of(await owner("GET", f"{target}?min_revision={revision + 1}"), 409)
            assert (problem["code"], problem["revision"]) == ("revision_not_reached", revision + 1)

    async def test_tenants_see_only_their_own(self, server, owner, stocked, rival, kind):
        before = await made(owner, kind)
        other = KeyHolder(server, "api-key-of-rival")
        assert (await other("GET", f"/v2/{kind}")).json == {"items": []}
        tried = [("GET", None), ("PATCH", KINDS[kind][2]), ("DELETE", None)]
        for method, body in tried[: 2 if kind == "orders" else 3]:
            assert problem_of(await other(method, path_of(kind), body), 404)["code"] == "record_not_found"
        assert (await owner("GET", path_of(kind))).json == before.json

    async def test_a_key_may_do_what_its_scopes_say(self, server, owner, stocked, front, kind):
        await made(owner, kind)
        writes = {"gemstones": Scope.WRITE, "listings": Scope.LISTINGS}.get(kind, Scope.ORDERS)
        keys = {}
        for scope in (Scope.READ, Scope.WRITE, Scope.ORDERS, Scope.LISTINGS):
            secret = (await server.access_keys.create("shop", NewAccessKey(name=scope.value, scopes=(scope,)))).secret
            keys[scope] = KeyHolder(server, secret)
        for scope, holder in keys.items():
            read = await holder("GET", path_of(kind))
            assert read.status == (200 if scope is Scope.READ else 403)
            write = await holder("PATCH", path_of(kind), KINDS[kind][2])
            assert write.status == (200 if scope is writes else 403)
            if write.status == 403:
                assert problem_of(write, 403)["detail"] == f"this key does not have the scope {writes.value}"
        for method, body in (("GET", None), ("PATCH", KINDS[kind][2])):
            assert problem_of(await front(method, path_of(kind), body), 403)["detail"] == "this key may only search"

    async def test_a_number_cannot_be_chosen(self, owner, stocked, kind):
        answer = await owner("POST", f"/v2/{kind}", {**KINDS[kind][0], "id": 7})
        problem = problem_of(answer, 422)
        assert (problem["code"], problem["pointer"]) == ("read_only", "/id")
        await made(owner, kind)
        problem = problem_of(await owner("PATCH", path_of(kind), {"id": 7}), 422)
        assert (problem["code"], problem["detail"]) == ("read_only", "is 1 for good: leave it out")

    async def test_a_name_that_is_none_is_refused_with_the_nearest(self, owner, stocked, kind):
        name = {"gemstones": "clarty", "listings": "titel", "orders": "referenze", "clients": "emale"}[kind]
        meant = {"gemstones": "clarity", "listings": "title", "orders": "reference", "clients": "email"}[kind]
        problem = problem_of(await owner("POST", f"/v2/{kind}", {**KINDS[kind][0], name: "x"}), 422)
        assert (problem["pointer"], problem["detail"]) == (
            f"/{name}",
            f"there is no field {name}; did you mean {meant}?",
        )

    async def test_an_addition_cannot_be_conditional(self, owner, stocked, kind):
        answer = await owner("POST", f"/v2/{kind}", KINDS[kind][0], headers={"if-none-match": "*"})
        assert problem_of(answer, 400)["code"] == "malformed_body"
        assert (await owner("GET", f"/v2/{kind}")).json == {"items": []}

    async def test_it_stands_in_the_feed_as_it_is_shown(self, owner, stocked, kind):
        answer = await made(owner, kind)
        assert (await owner("GET", f"/v2/changes?since=1&include={kind}")).json[kind] == [answer.json]

    async def test_many_who_change_it_at_once_lose_nothing(self, owner, stocked, kind):
        field = {"gemstones": "treatment", "listings": "url", "orders": "comments", "clients": "comments"}[kind]
        if kind == "gemstones":
            field = "name"
        await made(owner, kind, **{field: "0"})

        async def count_up():
            while True:
                read = await owner("GET", path_of(kind))
                changes = {field: str(int(read.json[field]) + 1)}
                answer = await owner("PATCH", path_of(kind), changes, headers={"if-match": read.headers["etag"]})
                if answer.status == 200:
                    return
                assert answer.status == 412

        await asyncio.gather(*(count_up() for _ in range(10)))
        assert (await owner("GET", path_of(kind))).json[field] == "10"


@pytest.mark.parametrize("kind", ["gemstones", "listings", "clients"])
async def test_what_is_removed_is_gone(owner, stocked, kind):
    await made(owner, kind)
    changed = await owner("PATCH", path_of(kind), KINDS[kind][2], headers={"idempotency-key": "before"})
    answer = await owner("DELETE", path_of(kind), headers={"idempotency-key": "k"})
    assert (answer.status, answer.body, answer.headers["facetry-revision"]) == (204, b"", "4")
    again = await owner("DELETE", path_of(kind), headers={"idempotency-key": "k"})
    assert (again.status, again.headers["idempotency-replayed"]) == (204, "true")
    patched = await owner("PATCH", path_of(kind), KINDS[kind][2], headers={"idempotency-key": "before"})
    assert (patched.status, patched.json, patched.headers["idempotency-replayed"]) == (200, changed.json, "true")
    for method in ("GET", "DELETE"):
        assert problem_of(await owner(method, path_of(kind)), 404)["code"] == "record_not_found"


async def test_orders_stay(owner, stocked):
    await made(owner, "orders")
    answer = await owner("DELETE", "/v2/orders/1")
    assert problem_of(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET, HEAD, PATCH"
