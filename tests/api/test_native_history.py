"""The history of products through ``/v2``: who changed what, and what is taken back."""

from __future__ import annotations

import json
import re
import time

import pytest

from facetry.api.native.openapi_history import ACTIONS, paths
from facetry.application.access_keys import NewAccessKey
from facetry.domain.tenant import Scope
from facetry.testing.samples import put
from tests.api.server import KeyHolder, problem_of, product
from tests.support import ROOT

pytestmark = pytest.mark.anyio

RING = "/v2/products/R1"
HISTORY = f"{RING}/history"


@pytest.fixture
def server(make_server):
    server = make_server()
    server.clock.time = time.time()
    return server


@pytest.fixture
async def changed(owner):
    """Return what writes to a path and returns the answer, which must be good."""

    async def change(method, target, body=None, **headers):
        answer = await owner(method, target, body, headers=headers)
        assert answer.status < 300, answer.body
        return answer

    return change


@pytest.fixture
async def history(owner):
    """Return what reads the history of a ring as the shop's owner does."""

    async def read(target=HISTORY):
        answer = await owner("GET", target)
        assert answer.status == 200, answer.body
        assert answer.headers["cache-control"] == "no-store"
        return answer.json["items"]

    return read


async def key_holder(server, *scopes):
    """Return who holds a new access key of the shop."""
    made = await server.access_keys.create("shop", NewAccessKey(name="clerk", scopes=scopes))
    return KeyHolder(server, made.secret)


def told(items):
    """Return the parts of changes that do not depend on the time, oldest first."""
    assert all(one["id"] == one["revision"] for one in items)
    return [(one["by"], one["action"], one.get("reason"), one["changes"]) for one in reversed(items)]


class TestWhatIsTold:
    """Who changed what."""

    async def test_each_change_is_told_whoever_makes_it(self, server, shop, office, changed, history):
        await changed("PUT", RING, {"name": "Ring", "regular_price": 10, "quantity": 5})
        clerk = await key_holder(server, Scope.WRITE)
        name = (await server.access_keys.list("shop"))[-1].key.id
        answer = await clerk("PATCH", RING, {"regular_price": 12.5, "size": "7"})
        assert answer.status == 200
        await clerk("POST", f"{RING}/stock", {"change": -2, "reason": "broken"})
        await office.ok("product_sold", {"sku": "R1", "quantity": 1})
        await shop.put(product("R1", "R1", quantity=2))
        await changed("DELETE", RING)
        shown = await history()
        assert [one["revision"] for one in shown] == sorted((one["revision"] for one in shown), reverse=True)
        assert [one["time"] > "2026" for one in shown] == [True] * 6
        *first, replaced, gone = told(shown)
        assert first == [
            ("api_key", "create", None, []),
            (
                name,
                "update",
                None,
                [{"pointer": "/regular_price", "from": 10, "to": 12.5}, {"pointer": "/size", "to": "7"}],
            ),
            (name, "stock", "broken", [{"pointer": "/quantity", "from": 5, "to": 3}]),
            ("main", "sale", None, [{"pointer": "/quantity", "from": 3, "to": 2}]),
        ]
        assert replaced[:2] == ("token", "update")
        assert {"pointer": "/name", "from": "Ring", "to": "Ring R1"} in replaced[3]
        assert gone[:3] == ("api_key", "delete", None)
        assert gone[3] == [{"pointer": "", "from": gone[3][0]["from"]}]
        assert gone[3][0]["from"]["name"] == "Ring R1"
        assert {one["action"] for one in shown} <= {*ACTIONS}

    async def test_fields_are_told_one_by_one(self, changed, history):
        await changed("PUT", RING, {"name": "Ring", "regular_price": 10, "attributes": {"a/b": 1, "n": 1}})
        changes = {"regular_price": 12.5, "size": "7", "quantity": 1, "images": ["https://example.com/a.jpg"]}
        await changed("PATCH", RING, {**changes, "attributes": {"a/b": None, "c": [1], "n": True}})
        (newest, _) = await history()
        assert sorted(newest["changes"], key=lambda one: one["pointer"]) == [
            {"pointer": "/attributes/a~1b", "from": 1},
            {"pointer": "/attributes/c", "to": [1]},
            {"pointer": "/attributes/n", "from": 1, "to": True},
            {"pointer": "/images", "from": [], "to": ["https://example.com/a.jpg"]},
            {"pointer": "/quantity", "from": 0, "to": 1},
            {"pointer": "/regular_price", "from": 10, "to": 12.5},
            {"pointer": "/size", "to": "7"},
        ]

    async def test_what_changed_nothing_has_no_line(self, owner, changed, history):
        shown = (await changed("PUT", RING, {"name": "Ring", "quantity": 1})).json
        await changed("PUT", RING, shown)
        await changed("PATCH", RING, {})
        problem_of(await owner("POST", f"{RING}/stock", {"change": -2}), 409)
        assert [one["action"] for one in await history()] == ["create"]

    async def test_orders_and_gemstones_are_told(self, changed, history):
        await changed("PUT", "/v2/gemstones/D1", {"name": "D1", "type": "diamond", "color": "G", "quantity": 9})
        await changed("PUT", RING, {"name": "Ring", "quantity": 3, "gemstones": [{"code": "D1"}]})
        await changed("POST", "/v2/orders", {"lines": [{"sku": "R1", "amount": 2}]})
        await changed("PATCH", "/v2/gemstones/D1", {"color": "E"})
        record, order, _ = await history()
        assert (order["action"], order["changes"]) == ("order", [{"pointer": "/quantity", "from": 3, "to": 1}])
        assert (record["action"], record["changes"][0]["pointer"]) == ("record", "/gemstones")
        assert record["changes"][0]["to"][0]["color"] == "E"

    async def test_lines_of_a_bulk_on_one_product_are_one(self, changed, history):
        await changed("PUT", RING, {"name": "Ring", "quantity": 1})
        lines = (
            b'{"sku":"R1","name":"A"}\n{"sku":"R2","name":"B"}\n{"op":"patch","sku":"R1","changes":{"quantity":7}}\n'
        )
        await changed("POST", "/v2/products:bulk", lines, **{"content-type": "application/x-ndjson"})
        newest, _ = await history()
        assert {one["pointer"]: one["to"] for one in newest["changes"]} == {"/name": "A", "/quantity": 7}
        assert [one["action"] for one in await history("/v2/products/R2/history")] == ["create"]

    async def test_what_runs_by_itself_is_the_operators(self, server, shop, history):
        await server.store.write("shop", [put("R1")])
        assert [one["by"] for one in await history()] == ["operator"]

    async def test_pages_hold_each_once_while_more_come(self, owner, changed, history):
        await changed("PUT", RING, {"name": "Ring"})
        for number in range(6):
            await changed("PATCH", RING, {"quantity": number + 1})
        found, after = [], ""
        while True:
            answer = (await owner("GET", f"{HISTORY}?limit=3{after}")).json
            found += [one["revision"] for one in answer["items"]]
            if "next" not in answer:
                break
            after = f"&after={answer['next']}"
            await changed("PATCH", RING, {"name": f"Ring {after}"})
        assert found == [7, 6, 5, 4, 3, 2, 1]
        problem_of(await owner("GET", f"{HISTORY}?after=x"), 400)
        problem_of(await owner("GET", f"{HISTORY}?nope=1"), 400)
        assert problem_of(await owner("GET", f"{HISTORY}?min_revision=99"), 409)["code"] == "revision_not_reached"

    async def test_of_a_product_that_never_was(self, owner, shop):
        assert problem_of(await owner("GET", HISTORY), 404)["code"] == "product_not_found"

    async def test_skus_are_decoded_once(self, changed, history):
        await changed("PUT", "/v2/products/a%2Fb%2520", {"name": "Ring"})
        assert [one["action"] for one in await history("/v2/products/a%2Fb%2520/history")] == ["create"]


class TestReference:
    """What the reference and the OpenAPI document say."""

    async def test_the_change_of_the_reference_is_told_as_it_stands_there(self, changed, history):
        text = (ROOT / "docs" / "native-api.md").read_text("utf-8")
        example = json.loads(re.search(r"```json\n(\{[^`]*\"action\"[^`]*)```", text)[1])
        await changed("PUT", RING, {"name": "Ring", "quantity": 3})
        await changed("POST", f"{RING}/stock", {"change": -1, "reason": "broken"})
        (newest, _) = await history()
        assert [*newest] == [*example]
        differing = {"id": 2, "revision": 2, "time": newest["time"], "by": "api_key"}
        assert newest == {**example, **differing}

    async def test_the_operations_work_as_they_are_described(self, changed):
        known = {path: item["parameters"] for path, item in paths().items()}
        targets = [path.format(**{one["name"]: one["example"] for one in named}) for path, named in known.items()]
        await changed("PUT", targets[0].removesuffix("/history"), {"name": "Ring"})
        assert [(await changed("GET", targets[0])).status, (await changed("POST", targets[1])).status] == [200, 204]


class TestWhoMay:
    """Tenants and scopes."""

    async def test_no_tenant_sees_or_undoes_what_is_anothers(self, server, shop, rival, changed):
        await changed("PUT", RING, {"name": "Ring"})
        await changed("PATCH", RING, {"name": "Secret"})
        other = KeyHolder(server, "api-key-of-rival")
        assert problem_of(await other("GET", HISTORY), 404)["code"] == "product_not_found"
        assert problem_of(await other("POST", f"{HISTORY}/2/undo"), 404)["code"] == "record_not_found"
        assert (await other("PUT", RING, {"name": "Mine"})).status == 201
        answer = (await other("GET", HISTORY)).json
        assert [one["action"] for one in answer["items"]] == ["create"]
        assert problem_of(await other("POST", f"{HISTORY}/2/undo?force=true"), 404)["code"] == "record_not_found"
        assert (await changed("GET", RING)).json["name"] == "Secret"

    async def test_a_tenant_of_the_same_id_begins_anew(self, server, shop, changed):
        await changed("PUT", RING, {"name": "Secret"})
        await server.tenants.delete("shop")
        await server.journal.forget("shop")
        await server.add_tenant("Another", id="shop", api_key="api-key-of-another")
        other = KeyHolder(server, "api-key-of-another")
        assert (await other("PUT", RING, {"name": "Ring"})).status == 201
        assert [one["action"] for one in (await other("GET", HISTORY)).json["items"]] == ["create"]

    async def test_scopes_are_needed(self, server, front, changed):
        await changed("PUT", RING, {"name": "Ring"})
        reader = await key_holder(server, Scope.READ)
        writer = await key_holder(server, Scope.WRITE)
        assert (await reader("GET", HISTORY)).status == 200
        assert problem_of(await reader("POST", f"{HISTORY}/1/undo"), 403)["code"] == "not_permitted"
        problem_of(await writer("GET", HISTORY), 403)
        problem_of(await front("GET", HISTORY), 403)
        assert (await writer("POST", f"{HISTORY}/1/undo")).status == 204


class TestUndo:
    """Changes that are taken back."""

    async def test_a_change_is_taken_back_by_a_new_one(self, changed, history):
        await changed("PUT", RING, {"name": "Ring", "regular_price": 10, "attributes": {"a": 1}, "location": "box"})
        before = (await changed("GET", RING)).json
        await changed(
            "PATCH", RING, {"regular_price": 12, "attributes": {"a": 2, "b": 1}, "location": "", "brand": "P"}
        )
        answer = await changed("POST", f"{HISTORY}/2/undo")
        assert (answer.status, answer.json, answer.headers["facetry-revision"]) == (200, before, "3")
        assert answer.headers["etag"] == (await changed("GET", RING)).headers["etag"]
        newest, undone, _ = await history()
        assert (newest["by"], newest["action"], newest["reason"]) == ("api_key", "undo", "undo of 2")
        turned = [{"pointer": one["pointer"], **_turned(one)} for one in undone["changes"]]
        assert sorted(newest["changes"], key=_pointer) == sorted(turned, key=_pointer)

    async def test_an_undo_is_undone(self, changed):
        await changed("PUT", RING, {"name": "Ring", "quantity": 1})
        await changed("POST", f"{RING}/stock", {"change": 4})
        assert (await changed("POST", f"{HISTORY}/2/undo")).json["quantity"] == 1
        assert (await changed("POST", f"{HISTORY}/3/undo")).json["quantity"] == 5

    async def test_what_was_changed_again_is_named(self, owner, changed):
        await changed("PUT", RING, {"name": "Ring", "quantity": 1})
        await changed("PATCH", RING, {"quantity": 2, "name": "B", "size": "7"})
        await changed("PATCH", RING, {"quantity": 3, "name": "C"})
        refused = problem_of(await owner("POST", f"{HISTORY}/2/undo"), 409)
        assert (refused["code"], refused["pointers"]) == ("changed_since", ["/name", "/quantity"])
        assert "/quantity" in refused["detail"]
        problem_of(await owner("POST", f"{HISTORY}/2/undo?force=false"), 409)
        answer = (await changed("POST", f"{HISTORY}/2/undo?force=true")).json
        assert (answer["name"], answer["quantity"], "size" in answer) == ("Ring", 1, False)
        assert problem_of(await owner("POST", f"{HISTORY}/2/undo?force=1"), 400)["parameter"] == "force"

    async def test_a_creation_and_a_deletion(self, owner, changed, history):
        made = (await changed("PUT", RING, {"name": "Ring", "quantity": 2, "metals": [{"name": "gold"}]})).json
        gone = await changed("POST", f"{HISTORY}/1/undo")
        assert (gone.status, gone.body, gone.headers["facetry-revision"]) == (204, b"", "2")
        problem_of(await owner("GET", RING), 404)
        back = await changed("POST", f"{HISTORY}/2/undo")
        assert (back.status, back.headers["location"]) == (201, RING)
        assert back.json == {**made, "id": 2}
        assert [(one["action"], one.get("reason")) for one in await history()] == [
            *(("create", "undo of 2"), ("delete", "undo of 1"), ("create", None)),
        ]
        again = problem_of(await owner("POST", f"{HISTORY}/2/undo"), 409)
        assert (again["code"], again["pointers"]) == ("changed_since", [""])

    async def test_a_creation_that_was_changed_since(self, owner, changed):
        await changed("PUT", RING, {"name": "Ring"})
        for number in range(101):
            await changed("PATCH", RING, {"quantity": number + 1})
        refused = problem_of(await owner("POST", f"{HISTORY}/1/undo"), 409)
        assert (refused["code"], refused["pointers"]) == ("changed_since", ["/quantity"])
        await changed("PATCH", RING, {"quantity": 0})
        assert (await changed("POST", f"{HISTORY}/1/undo")).status == 204

    async def test_repeats_and_conditions(self, owner, changed, history):
        await changed("PUT", RING, {"name": "Ring", "quantity": 1})
        await changed("PATCH", RING, {"quantity": 2})
        stale = await owner("POST", f"{HISTORY}/2/undo", headers={"if-match": '"0123456789abcdef"'})
        assert (stale.status, stale.json["code"], stale.json["current"]["quantity"]) == (412, "changed_meanwhile", 2)
        first = await changed("POST", f"{HISTORY}/2/undo", **{"idempotency-key": "k"})
        await changed("PATCH", RING, {"quantity": 7})
        again = await changed("POST", f"{HISTORY}/2/undo", **{"idempotency-key": "k"})
        assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
        assert (await changed("GET", RING)).json["quantity"] == 7
        gone = await changed("POST", f"{HISTORY}/1/undo?force=true", **{"idempotency-key": "g"})
        repeated = await changed("POST", f"{HISTORY}/1/undo?force=true", **{"idempotency-key": "g"})
        assert (gone.status, repeated.status, repeated.headers["idempotency-replayed"]) == (204, 204, "true")
        assert len(await history()) == 5

    async def test_rules_hold(self, owner, changed):
        """What settings do not allow by now does not come back."""
        await changed("PUT", RING, {"name": "Ring", "attributes": {"width": "wide"}})
        await changed("PATCH", RING, {"attributes": {"width": 2}})
        await changed("PUT", "/v2/settings/attributes", {"attributes": [{"name": "width", "type": "decimal"}]})
        assert problem_of(await owner("POST", f"{HISTORY}/2/undo"), 422)["code"] == "invalid_value"
        assert (await changed("GET", RING)).json["attributes"] == {"width": 2}

    async def test_what_is_not_known(self, owner, changed):
        await changed("PUT", RING, {"name": "Ring"})
        for number in ("2", "x", "0", "9" * 16, "9" * 40, "%00"):
            assert problem_of(await owner("POST", f"{HISTORY}/{number}/undo"), 404)["code"] == "record_not_found"
        await changed("PATCH", RING, {"quantity": 2})
        await changed("DELETE", RING)
        assert problem_of(await owner("POST", f"{HISTORY}/2/undo"), 404)["code"] == "product_not_found"


def _pointer(change):
    return change["pointer"]


def _turned(change):
    """Return a change the other way round."""
    names = {"from": "to", "to": "from"}
    return {names[name]: value for name, value in change.items() if name in names}
