"""No tenant sees, counts, changes or deletes what is another's: every action is called for another tenant's things."""

import json

import pytest

from facetry.application.access_keys import NewAccessKey
from facetry.domain.tenant import Scope
from facetry.testing.samples import all_records, snapshot
from tests.api.server import AccessKeyHolder, Server

pytestmark = pytest.mark.anyio

WORD = "onlytheshopsaysthis"
STOCK = {
    "gemstone_import": {"code": "D1", "name": WORD, "type": 2, "origin": WORD, "quantity": 3},
    "product_import": {
        "sku": "R1",
        "title": WORD,
        "type": WORD,
        "collection": WORD,
        "quantity": 5,
        "tags": [WORD],
        "gemstones": [{"code": "D1"}],
        "additional": {WORD: WORD},
        "variations": [{"sku": "R2", "field": "size", "value": WORD}],
    },
    "listing_import": {"sku": "R1", "channel": 1000, "external_id": "E1", "url": f"https://{WORD}/"},
    "order_import": {
        "order_unique": "O1",
        "products": [{"sku": "R1"}],
        "client": {"name": WORD, "email": "a@a.example"},
    },
    "product_update_listings": {"product_id": [1]},
}
"""What the shop has one of; all its ids are 1, and 2 for the variation."""

FINDS_NOTHING = {
    "product_search": [None, 1, {"sku": "R1"}, {"q": WORD}, {"gemstone_code": "D1"}, {"model": "R1"}, {"type": WORD}],
    "gemstone_search": [None, [1], {"code": "D1"}, {"origin": WORD}],
    "listing_search": [None, 1, {"product_id": 1}, {"external_id": "E1"}, {"channel": 1000}],
    "orders_export": [None, 1, {"order_id": 1}, {"client_id": 1}, {"status": "new"}],
    "clients_export": [None, {"client_id": 1}, {"type": "regular"}],
}
REACHES_NOTHING = {
    "product_update": [{"product_id": 1, "title": "x"}, {"sku": "R1", "quantity": 0}],
    "product_sold": [{"product_id": 1, "quantity": 1}, {"sku": "R2", "quantity": 1}, {"sku": "R1", "quantity": 1}],
    "product_delete": [1, [1, 2], {"sku": "R1"}],
    "product_update_listings": [{"product_id": [1]}, {"product_id": [1], "listing_id": [1]}],
    "listing_import": [{"sku": "R1", "channel": 1000}, {"listing_id": 1, "quantity": 0}],
    "listing_delete": [1, [1]],
    "batch_status": [1, {"batch_id": 1}],
    "gemstone_update": [{"gemstone_id": 1, "quantity": 0}, {"code": "D1", "name": "x"}],
    "gemstone_delete": [1, {"code": "D1"}],
    "order_import": [
        {"products": [{"product_id": 1}]},
        {"products": [{"sku": "x"}], "client_id": 1},
        {"products": [{"sku": "x", "listing_id": 1}], "client": {"client_id": 1}},
    ],
    "order_update": [{"order_id": 1, "status": "canceled"}, {"order_unique": "O1", "comments": "x"}],
    "order_set_tracking_number": [{"order_id": 1, "tracking_number": "T"}],
    "order_set_separate_tracking_numbers": [
        {"order_id": 1, "products": [{"order_product_id": 1, "tracking_number": "T"}]}
    ],
}
TELLS_FIELDS = {"product_listfields", "gemstone_listfields"}
CREATES = ("gemstone_import", "product_import", "listing_import", "order_import")


@pytest.fixture
def server(stored):
    return Server(**stored)


async def office_of(server, tenant):
    made, _ = await server.add_tenant(tenant, id=tenant)
    return AccessKeyHolder(server, made.access_key)


@pytest.fixture
async def stocked(server):
    office = await office_of(server, "shop")
    for action, data in STOCK.items():
        await office.ok(action, data)
    return office


@pytest.fixture
async def rival(server):
    return await office_of(server, "rival")


async def everything(server, tenant="shop"):
    """Return all that a tenant has in the store."""
    return await snapshot(server.store, tenant), await all_records(server.store, tenant)


async def test_nothing_of_another_tenant_is_found(server, stocked, rival):
    for action, asked in FINDS_NOTHING.items():
        assert await stocked.ok(action), action
        for data in asked:
            assert await rival.ok(action, data) == [], (action, data)
    for action in TELLS_FIELDS:
        assert WORD not in json.dumps(await rival.ok(action))


@pytest.mark.parametrize("action", REACHES_NOTHING)
async def test_nothing_of_another_tenant_is_changed(server, stocked, rival, action):
    before, own = await everything(server), await everything(server, "rival")
    for data in REACHES_NOTHING[action]:
        answer = (await rival(action, data)).json
        assert answer["status"]["code"] in {302, 303}, answer
        assert WORD not in json.dumps(answer)
    assert await everything(server) == before
    assert await everything(server, "rival") == own


async def test_the_same_names_and_ids_in_two_tenants(server, stocked, rival):
    before = await everything(server)
    for action in CREATES:
        data = json.loads(json.dumps(STOCK[action]).replace(WORD, "the rival says this"))
        (made,) = await rival.ok(action, data)
        assert 1 in {made.get("product_id"), made.get("gemstone_id"), made.get("listing_id"), made.get("order_id")}
    await rival.ok("product_sold", {"sku": "R1", "quantity": 4, "sold_action": "remove", "order_ref": "x"})
    await rival.ok("order_update", {"order_id": 1, "status": "canceled"})
    await rival.ok("product_delete", {"sku": "R1"})
    assert await everything(server) == before
    assert (await stocked.ok("product_sold", {"sku": "R1", "quantity": 1, "order_ref": "x"}))[0]["left"] == 3


def test_every_action_is_tried():
    known = {action.name for action in Server().client_actions}
    assert known == FINDS_NOTHING.keys() | REACHES_NOTHING.keys() | TELLS_FIELDS | set(CREATES)


async def test_no_action_is_open_to_a_disabled_key_or_tenant(server, stocked):
    wish = NewAccessKey(name="second", scopes=tuple(Scope))
    second = AccessKeyHolder(server, (await server.access_keys.create("shop", wish)).secret)
    key_id = (await server.access_keys.list("shop"))[-1].key.id
    actions = [action.name for action in server.client_actions]

    async def codes(office):
        return {(await office(action, {"sku": "R9"})).json["status"]["code"] for action in actions}

    assert 103 not in await codes(second)
    await server.access_keys.set_disabled("shop", key_id, disabled=True)
    assert await codes(second) == {103}
    assert 103 not in await codes(stocked)
    await server.access_keys.set_disabled("shop", key_id, disabled=False)
    await server.tenants.set_active("shop", active=False)
    assert await codes(second) == await codes(stocked) == {103}
    await server.tenants.set_active("shop", active=True)
    assert 103 not in await codes(second)
