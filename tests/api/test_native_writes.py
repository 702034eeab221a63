"""What all writes of ``/v2`` have in common: conditions, keys for repeats, revisions."""

from __future__ import annotations

import anyio
import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.domain.errors import IndexFailedError
from facetry.domain.tenant import Scope
from tests.api.server import KeyHolder, problem_of

pytestmark = pytest.mark.anyio

R1 = "/v2/products/R1"
RING = {"name": "Ring", "quantity": 3}
DAY = 86_400


@pytest.fixture
async def ring(owner):
    """Return the answer that made a product."""
    return await owner("PUT", R1, RING)


class TestConditions:
    @pytest.mark.parametrize("form", ['"{}.USD"', 'W/"{}.USD"', '"0000000000000000", "{}"', '"{}.USD-gzip"', "*"])
    async def test_a_tag_of_what_was_read_lets_a_write_through(self, owner, ring, form):
        tag = (await owner("GET", R1)).headers["etag"]
        assert tag == ring.headers["etag"]
        given = form.format(tag.strip('"').removesuffix(".USD"))
        answer = await owner("PATCH", R1, {"quantity": 4}, headers={"if-match": given})
        assert (answer.status, answer.json["quantity"]) == (200, 4)

    @pytest.mark.parametrize(
        ("method", "target", "body"),
        [
            ("PUT", R1, RING),
            ("PATCH", R1, {"quantity": 9}),
            ("DELETE", R1, None),
            ("POST", f"{R1}/stock", {"change": 1}),
        ],
    )
    async def test_what_was_changed_meanwhile_is_told_and_left(self, owner, ring, method, target, body):
        changed = await owner("PATCH", R1, {"quantity": 4})
        answer = await owner(method, target, body, headers={"if-match": ring.headers["etag"]})
        problem = problem_of(answer, 412)
        assert (problem["code"], problem["current"]) == ("changed_meanwhile", changed.json)
        assert answer.headers["etag"] == changed.headers["etag"]
        assert (await owner(method, target, body, headers={"if-match": answer.headers["etag"]})).status in {200, 204}

    async def test_only_what_is_not_there_yet_is_created(self, owner):
        first = {"if-none-match": "*"}
        made = await owner("PUT", R1, RING, headers=first)
        assert made.status == 201
        answer = await owner("PUT", R1, {"name": "Other"}, headers=first)
        assert problem_of(answer, 412)["current"] == made.json
        assert (await owner("GET", R1)).json == made.json

    async def test_what_is_not_there_cannot_be_changed(self, owner):
        answer = await owner("PUT", R1, RING, headers={"if-match": "*"})
        assert problem_of(answer, 404)["code"] == "product_not_found"
        assert (await owner("GET", R1)).status == 404

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("PUT", {"if-match": "x"}),
            ("PUT", {"if-match": ""}),
            ("PUT", {"if-match": '"0123456789abcdef" "0123456789abcdef"'}),
            ("PUT", {"if-none-match": '"0123456789abcdef"'}),
            ("PATCH", {"if-none-match": "*"}),
            ("PUT", {"if-match": "*", "if-none-match": "*"}),
        ],
    )
    async def test_a_condition_that_is_none_is_refused(self, owner, ring, method, headers):
        assert problem_of(await owner(method, R1, RING, headers=headers), 400)["code"] == "malformed_body"

    @pytest.mark.parametrize("tag", ['"x"', '"1"', '"0123456789abcdef/2"', 'W/"a,b", ""'])
    async def test_a_tag_that_was_never_given_is_not_that_of_the_thing(self, owner, ring, tag):
        answer = await owner("PUT", R1, {"name": "Other"}, headers={"if-match": tag})
        assert problem_of(answer, 412)["current"] == ring.json
        assert (await owner("GET", R1)).json == ring.json

    async def test_a_read_of_what_is_known_says_so(self, owner, ring):
        for target in (R1, "/v2/products/id:1"):
            for _ in range(2):
                answer = await owner("GET", target, headers={"if-none-match": ring.headers["etag"]})
                assert (answer.status, answer.body) == (304, b"")
        await owner("PATCH", R1, {"quantity": 4})
        answer = await owner("GET", R1, headers={"if-none-match": ring.headers["etag"]})
        assert (answer.status, answer.json["quantity"]) == (200, 4)


class TestKeys:
    @pytest.mark.parametrize(
        ("method", "target", "body"),
        [
            ("PUT", "/v2/products/R2", {"name": "New", "quantity": 1}),
            ("PUT", R1, {"name": "New", "quantity": 9}),
            ("PATCH", R1, {"quantity": 9}),
            ("POST", f"{R1}/stock", {"change": -1}),
            ("DELETE", R1, None),
            ("DELETE", "/v2/groups/R1", None),
        ],
    )
    async def test_a_repeat_does_nothing_and_gets_the_same_answer(self, owner, ring, method, target, body):
        headers = {"idempotency-key": "k-1"}
        first = await owner(method, target, body, headers=headers)
        assert "idempotency-replayed" not in first.headers
        await owner("PUT", "/v2/products/R2", {"name": "Changed meanwhile"})
        before = (await owner("GET", "/v2/products")).json
        again = await owner(method, target, body, headers=headers)
        assert (again.status, again.body) == (first.status, first.body)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers.get("etag") == first.headers.get("etag")
        assert again.headers.get("location") == first.headers.get("location")
        assert (await owner("GET", "/v2/products")).json == before

    async def test_a_key_is_for_one_request(self, server, owner, ring):
        headers = {"idempotency-key": "k"}
        assert (await owner("PATCH", R1, {"quantity": 1}, headers=headers)).status == 200
        others = [
            ("PATCH", R1, {"quantity": 2}),
            ("PUT", R1, {"name": "Ring", "quantity": 1}),
            ("PATCH", "/v2/products/R2", {"quantity": 1}),
            ("PATCH", R1, b'{"quantity":  1}'),
        ]
        for method, target, body in others:
            assert problem_of(await owner(method, target, body, headers=headers), 409)["code"] == "key_reused"
        server.clock.time += DAY + 1
        assert (await owner("PATCH", R1, {"quantity": 2}, headers=headers)).json["quantity"] == 2

    async def test_keys_are_a_tenants_own(self, server, owner, ring, rival):
        headers = {"idempotency-key": "k"}
        assert (await owner("POST", f"{R1}/stock", {"change": -1}, headers=headers)).json["quantity"] == 2
        await rival("PUT", R1, {"name": "Theirs", "quantity": 7})
        assert (await rival("POST", f"{R1}/stock", {"change": -1}, headers=headers)).json["quantity"] == 6

    async def test_a_write_that_was_refused_may_be_mended(self, owner, ring):
        headers = {"idempotency-key": "k"}
        assert (await owner("POST", f"{R1}/stock", {"change": -4}, headers=headers)).status == 409
        assert (await owner("POST", f"{R1}/stock", {"change": -3}, headers=headers)).json["quantity"] == 0

    async def test_a_condition_need_not_hold_for_a_repeat(self, owner, ring):
        headers = {"idempotency-key": "k", "if-match": ring.headers["etag"]}
        first = await owner("PATCH", R1, {"quantity": 9}, headers=headers)
        again = await owner("PATCH", R1, {"quantity": 9}, headers=headers)
        assert (first.status, again.status, again.body) == (200, 200, first.body)

    async def test_what_was_stored_but_not_searchable_in_time_is_not_done_twice(self, server, owner, ring):
        headers = {"idempotency-key": "k"}
        server.index.failure = IndexFailedError("broken")
        answer = await owner("POST", f"{R1}/stock", {"change": -1}, headers=headers)
        problem = problem_of(answer, 503)
        assert (problem["code"], answer.headers["retry-after"]) == ("index_behind", "1")
        assert problem["detail"] == f"stored as revision {problem['revision']}, not yet searchable"
        server.index.failure = None
        again = await owner("POST", f"{R1}/stock", {"change": -1}, headers=headers)
        assert (again.status, again.json["quantity"], again.headers["idempotency-replayed"]) == (200, 2, "true")

    @pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 201])
    async def test_a_key_that_is_none_is_refused(self, owner, ring, key):
        answer = await owner("PATCH", R1, {"quantity": 1}, headers={"idempotency-key": key})
        assert problem_of(answer, 400)["detail"] == "Idempotency-Key must have 1 to 200 visible ASCII characters"
        assert (await owner("GET", R1)).json["quantity"] == 3


class TestRevisions:
    async def test_every_write_says_the_revision_that_holds_it(self, owner, ring):
        for expected, (method, body) in enumerate([("PATCH", {"quantity": 1}), ("PUT", RING), ("DELETE", None)], 2):
            answer = await owner(method, R1, body)
            assert answer.headers["facetry-revision"] == str(expected)
            assert (await owner.search(min_revision=expected))["revision"] == expected

    @pytest.mark.parametrize("target", [R1, "/v2/products", "/v2/products/id:1", "/v2/groups", "/v2/groups/R1"])
    async def test_a_read_holds_the_revision_that_it_asks_for(self, owner, ring, target):
        assert (await owner("GET", f"{target}?min_revision=1")).status == 200
        answer = await owner("GET", f"{target}?min_revision=2")
        problem = problem_of(answer, 409)
        assert (problem["code"], problem["revision"]) == ("revision_not_reached", 2)

    async def test_what_is_read_is_never_older_than_the_last_write(self, owner, ring):
        for quantity in range(5, 15):
            await owner("PATCH", R1, {"quantity": quantity})
            for _ in range(2):
                assert (await owner("GET", R1)).json["quantity"] == quantity
                assert (await owner("GET", "/v2/products")).json["items"][0]["quantity"] == quantity


class TestScopes:
    @pytest.mark.parametrize("scope", [*Scope])
    async def test_a_key_may_do_what_its_scopes_say(self, server, owner, ring, scope):
        made = await server.access_keys.create("shop", NewAccessKey(name="k", scopes=(scope,)))
        holder = KeyHolder(server, made.secret)
        reads, writes = (200 if scope is one else 403 for one in (Scope.READ, Scope.WRITE))
        for target in (R1, "/v2/products", "/v2/groups", "/v2/products/id:1", "/v2/groups/R1"):
            assert (await owner("GET", target)).status == 200
            assert (await holder("GET", target)).status == reads
        calls = [("PUT", R1, RING), ("PATCH", R1, {}), ("POST", f"{R1}/stock", {"change": 1})]
        for method, target, body in calls:
            assert (await holder(method, target, body)).status == writes
        for target in ("/v2/products/none", "/v2/groups/none"):
            assert (await holder("DELETE", target)).status == (404 if writes == 200 else 403)


async def test_many_who_write_what_they_have_read_lose_nothing(owner):
    await owner("PUT", R1, {"name": "Ring", "quantity": 1})
    tries = 0

    async def increment():
        nonlocal tries
        while True:
            tries += 1
            read = await owner("GET", R1)
            document = {**read.json, "quantity": read.json["quantity"] + 1}
            await anyio.lowlevel.checkpoint()
            answer = await owner("PUT", R1, document, headers={"if-match": read.headers["etag"]})
            if answer.status == 200:
                return
            assert problem_of(answer, 412)["current"]["quantity"] > read.json["quantity"]

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(increment)
    assert (await owner("GET", R1)).json["quantity"] == 51
    assert tries > 50
