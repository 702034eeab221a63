"""Hostile documents of gemstones, listings, orders and clients: no 500, every refusal a problem, nothing changed."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facetry.api.native import record_bodies as bodies
from tests.api.server import KeyHolder, Server, problem_of, product
from tests.api.test_catalog_hostile import BODIES
from tests.api.test_native_hostile import VALUES, strings

pytestmark = pytest.mark.anyio

KINDS = {
    "gemstones": ({"code": "D1", "name": "Diamond", "type": "diamond"}, "D1", bodies.Gemstone),
    "listings": ({"sku": "R1", "channel": 3000}, "1", bodies.Listing),
    "orders": ({"lines": [{"sku": "R1"}], "client": {"name": "Ada"}}, "1", bodies.Order),
    "clients": ({"name": "Ada"}, "2", bodies.Client),
}
EACH = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
async def stocked(owner, shop):
    await shop.post(product("R1", quantity=1000))
    for kind in ("orders", "gemstones", "listings", "clients"):
        assert (await owner("POST", f"/v2/{kind}", KINDS[kind][0])).status == 201
    return owner


def well_answered(answer):
    """Check that an answer is a success or a problem."""
    assert answer.status < 500, answer.body
    if answer.status >= 400:
        assert problem_of(answer, answer.status)["code"] != "error"
    return answer


@EACH
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_bodies_that_are_none(stocked, kind, method):
    target = f"/v2/{kind}" if method == "POST" else f"/v2/{kind}/{KINDS[kind][1]}"
    before = (await stocked("GET", f"/v2/{kind}")).json
    for body in BODIES:
        answer = await stocked(method, target, body, headers={"content-type": "application/json"})
        assert answer.status in {200, 400, 413, 422}, body[:80]
        if body.strip() != b"{}":
            problem_of(answer, answer.status)
    after = (await stocked("GET", f"/v2/{kind}")).json
    assert [one["id"] for one in after["items"]] == [one["id"] for one in before["items"]]


@EACH
async def test_every_field_with_every_value(stocked, kind):
    for name in KINDS[kind][2].__struct_fields__:
        for value in VALUES:
            well_answered(await stocked("PATCH", f"/v2/{kind}/{KINDS[kind][1]}", {name: value}))
            if name == "code":
                await stocked("PUT", "/v2/gemstones/D1", KINDS["gemstones"][0])


@pytest.mark.parametrize("holder", ["lines", "address", "client", "certificate", "details"])
async def test_every_value_within(stocked, holder):
    kind = {"certificate": "gemstones", "details": "gemstones"}.get(holder, "orders")
    inner = {
        "lines": bodies.OrderLine,
        "address": bodies.Address,
        "client": bodies.Client,
        "certificate": bodies.Certificate,
    }
    names = inner[holder].__struct_fields__ if holder in inner else ("x", "depth", "culet", "", "a.b", "\ud800x"[1:])
    for name in names:
        for value in VALUES:
            one = {name: value}
            body = {holder: [{"id": 1, **one}]} if holder == "lines" else {holder: one}
            well_answered(await stocked("PATCH", f"/v2/{kind}/{KINDS[kind][1]}", body))


async def test_texts_of_all_kinds_come_back_as_they_are(stocked):
    for text in strings():
        answer = well_answered(await stocked("PATCH", "/v2/clients/2", {"comments": text}))
        if answer.status == 200:
            assert answer.json.get("comments", "") == text.strip()
        well_answered(await stocked("PATCH", "/v2/orders/1", {"comments": text, "address": {"city": text}}))
        well_answered(await stocked("PATCH", "/v2/gemstones/D1", {"name": text, "details": {text: text}}))


@EACH
async def test_hostile_filters(stocked, kind):
    for name in (
        "type",
        "shape",
        "carat_from",
        "sku",
        "channel",
        "status",
        "reference",
        "client_id",
        "date_to",
        "email",
    ):
        for text in ("%00", "%F0%9F%92%8E", "%FF", "x" * 3000, "1e999", "-1", "%2B", "%D9%A3", "1_0", "NaN"):
            well_answered(await stocked("GET", f"/v2/{kind}?{name}={text}"))


WORDS = {
    "color": ("D", "g-h", "Fancy Vivid Yellow", "FIY", "K", "Pigeon Blood"),
    "clarity": ("VS", "SI1-2", "fl", "Eye clean"),
    "cut": ("Ideal", "VG", "3EX"),
    "fluorescence": ("Medium Blue", "none", "STG BL"),
    "shape": ("RB", "Cushion Modified", "oval"),
    "treatment": ("H+F", "heated"),
    "creation": ("LG", "natural"),
}
STONES = st.fixed_dictionaries(
    {"type": st.sampled_from(["diamond", "CVD diamond", "ruby", 2, "Paraiba"])},
    optional={
        **{name: st.none() | st.sampled_from(words) for name, words in WORDS.items()},
        "carat": st.sampled_from([0.5, "1/2", "50 pts", 2]),
        "price": st.integers(0, 10**9).map(lambda minor: minor / 10_000),
        "price_per_carat": st.sampled_from([None, 0, 2900, 0.0001]),
        "quantity": st.integers(0, 9),
        "certificate": st.none() | st.fixed_dictionaries({}, optional={"lab": st.just("gia"), "number": st.just("1")}),
        "details": st.dictionaries(
            st.sampled_from(["depth", "x", "y"]), st.sampled_from([61.5, "62", None]), max_size=3
        ),
    },
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(stone=STONES)
def test_a_stone_that_is_sent_back_changes_nothing(stone):
    async def run():
        server = Server()
        await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
        owner = KeyHolder(server, "api-key-of-shop")
        made = await owner("PUT", "/v2/gemstones/D1", {"name": "n", **stone})
        assert made.status in {201, 422}, made.body
        if made.status == 201:
            for method in ("PUT", "PATCH"):
                again = await owner(method, "/v2/gemstones/D1", made.json)
                assert (again.status, again.json) == (200, made.json)
                assert again.headers["etag"] == made.headers["etag"]

    anyio.run(run)
