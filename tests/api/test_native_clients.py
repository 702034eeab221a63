"""Clients through the native API."""

from __future__ import annotations

import pytest

from tests.api.server import problem_of

pytestmark = pytest.mark.anyio

NOW = "2020-09-13T12:26:40Z"
LATER = "2020-09-13T12:27:40Z"

CLIENT = {
    "reference": "C-77",
    "type": "reseller",
    "name": "Ada Lovelace",
    "username": "ada",
    "company": "Engines",
    "email": "Ada@Example.com",
    "phone": "123",
    "country": "Great Britain",
    "country_code": "GB",
    "address": "St James's Square 12",
    "comments": "prefers mail",
    "tags": ["vip", "first"],
    "discount": 2.5,
}


async def test_one_comes_in_whole_and_can_be_emptied(server, owner):
    made = await owner("POST", "/v2/clients", CLIENT)
    assert made.json == CLIENT | {"id": 1, "created": NOW, "updated": NOW}
    server.clock.time += 60
    nothing = dict.fromkeys(name for name in CLIENT if name != "name")
    answer = await owner("PATCH", "/v2/clients/1", nothing)
    assert answer.json == {
        "id": 1,
        "type": "regular",
        "name": "Ada Lovelace",
        "tags": [],
        "created": NOW,
        "updated": LATER,
    }


async def test_they_are_found_by_email_and_reference(owner):
    for reference, email in (("C-1", "a@b"), ("C-2", "A@B"), ("", "c@d")):
        await owner("POST", "/v2/clients", {"reference": reference, "email": email})

    async def ids(query):
        return [one["id"] for one in (await owner("GET", f"/v2/clients?{query}")).json["items"]]

    assert await ids("email=a@B") == [1, 2]
    assert await ids("email=a@b&after=1") == [2]
    assert await ids("reference=C-2") == [2]
    assert await ids("reference=C-2&email=c@d") == []
    assert await ids("email=no") == []
    assert problem_of(await owner("GET", "/v2/clients?email="), 400)["parameter"] == "email"


async def test_a_new_reference_is_that_of_their_orders(owner):
    order = {"lines": [{"title": "x"}], "client": {"reference": "C-1"}}
    assert (await owner("POST", "/v2/orders", order)).status == 201
    assert (await owner("PATCH", "/v2/clients/1", {"reference": "C-9"})).status == 200
    assert (await owner("GET", "/v2/orders/1")).json["customer"] == "C-9"
    problem = problem_of(await owner("DELETE", "/v2/clients/1"), 409)
    assert (problem["code"], problem["detail"]) == ("record_in_use", "client 1 is still used in an order")


async def test_a_reference_is_there_once(owner):
    for reference in ("C-1", "C-2"):
        assert (await owner("POST", "/v2/clients", {"reference": reference})).status == 201
    for method, target in (("POST", "/v2/clients"), ("PATCH", "/v2/clients/2")):
        answer = await owner(method, target, {"reference": "C-1"})
        assert problem_of(answer, 409)["code"] == "record_exists"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"type": "vip"}, "/type"),
        ({"country_code": "GBR"}, "/country_code"),
        ({"discount": 101}, "/discount"),
        ({"tags": "vip"}, "/tags"),
        ({"tags": ["x"] * 1001}, "/tags"),
        ({"reference": "a\tb"}, "/reference"),
    ],
)
async def test_a_value_that_is_not_allowed_is_refused(owner, body, pointer):
    answer = await owner("POST", "/v2/clients", {"name": "Ada", **body})
    assert problem_of(answer, 422)["pointer"] == pointer
    assert (await owner("GET", "/v2/clients")).json == {"items": []}
