"""The actions on listings and batches over the real application, on every store."""

import msgspec
import pytest

from facetry.application.records import Records
from facetry.domain.channels import Channel
from facetry.domain.errors import InvalidValueError
from facetry.worker.listing_batches import ListingBatches
from tests.api.server import AccessKeyHolder, Server

pytestmark = pytest.mark.anyio

RING = {"sku": "R-1", "title": "Ring", "type": "ring", "price": 100, "quantity": 5}
SHOWN = ("listing_id", "status", "quantity")


@pytest.fixture
async def office(stored, anyio_backend):
    server = Server(**stored)
    for name in ("shop", "rival"):
        await server.add_tenant(name, id=name)
    office = AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)
    await office.ok("product_import", RING)
    return office


async def work(office):
    await ListingBatches(office.server.store, office.server.catalog, Records(office.server.store)).work("shop")


async def listings(office, **wish):
    found = await office.ok("listing_search", {"fields": [*SHOWN], **wish})
    return [tuple(one[name] for name in SHOWN) for one in found]


async def offer(office, **fields):
    return (await office.ok("listing_import", {"sku": "R-1", "channel": 3000, **fields}))[0]


async def test_one_record_is_repeated_beside_the_data(office):
    answer = (await office("listing_import", {"product_id": 1, "channel": "Shopify"})).json
    assert answer["data"] == [answer["listing"]]
    assert (answer["listing"]["id"], answer["listing"]["channel"], answer["listing"]["created"]) == (1, 5100, True)


async def test_what_is_shown_can_be_sent_back(office):
    first = await offer(office, account_id="me", external_id="E", price="99.5", status="scheduled", images="a,b")
    (shown,) = await office.ok("listing_search", {"fields": "all"})
    assert {**shown, "created": True} == first
    again = (await office.ok("listing_import", shown))[0]
    assert again == {**first, "created": False}


async def test_channels_of_the_account_count(office):
    tenants = office.server.tenants
    wish = (await tenants.get("shop")).settings.client_api
    await office.refused(303, "listing_import", {"sku": "R-1", "channel": "My Shop"})
    own = (Channel(9000, "My Shop"), Channel(9100, "My Shop Paris", 9000))
    await tenants.set_client_api("shop", msgspec.structs.replace(wish, channels=own))
    listing = await offer(office, channel="my shop paris")
    assert (listing["channel"], listing["channel_name"]) == (9100, "My Shop Paris")
    assert await listings(office, channel=9000) == [(1, "active", 5)]
    assert (await office.ok("product_update_listings", {"product_id": 1, "channels": 9000}))[0]["queued"] == 1
    with pytest.raises(InvalidValueError):
        await tenants.set_client_api("shop", msgspec.structs.replace(wish, channels=(Channel(1, "Etsy"),)))


async def test_a_channel_that_is_gone_has_no_name(office):
    tenants = office.server.tenants
    wish = (await tenants.get("shop")).settings.client_api
    await tenants.set_client_api("shop", msgspec.structs.replace(wish, channels=(Channel(9000, "Mine"),)))
    await offer(office, channel=9000)
    await tenants.set_client_api("shop", wish)
    (shown,) = await office.ok("listing_search")
    assert (shown["channel"], shown["channel_name"]) == (9000, "")


async def test_listings_are_found_by_all_keys(office):
    await office.ok("product_import", {**RING, "sku": "R-2"})
    await offer(office, account_id="me", external_id="A")
    await offer(office, sku="R-2", channel=1100, account_id="me")
    await offer(office, status="ended")
    for wish, found in (
        ({}, [1, 2, 3]),
        ({"product_id": [1, 2]}, [1, 2, 3]),
        ({"product_id": "1"}, [1, 3]),
        ({"sku": "R-2,R-9"}, [2]),
        ({"listing_id": "3,1,7"}, [1, 3]),
        ({"listing_id": [1, 2], "product_id": 2}, [2]),
        ({"channel": "ebay,etsy", "status": "active"}, [1, 2]),
        ({"account_id": "me"}, [1, 2]),
        ({"external_id": "A"}, [1]),
        ({"status": ["ended"]}, [3]),
        ({"offset": 1, "limit": 1}, [2]),
        ({"product_id": 9}, []),
    ):
        assert [one[0] for one in await listings(office, **wish)] == found, wish


async def test_more_than_a_page_is_found(office):
    await office.ok("listing_import", [{"sku": "R-1", "channel": 3000} for _ in range(600)])
    assert [one[0] for one in await listings(office, product_id=1)] == [*range(1, 601)]
    assert len(await listings(office)) == 600


async def test_tenants_see_only_their_own(office):
    await offer(office)
    rival = AccessKeyHolder(office.server, (await office.server.tenants.keys("rival")).access_key)
    assert await rival.ok("listing_search") == []
    await rival.refused(303, "listing_import", {"product_id": 1, "channel": 3000})
    await rival.refused(303, "product_update_listings", {"listing_id": 1})
    await rival.refused(303, "listing_delete", 1)
    await office.ok("product_update_listings", 1)
    assert await rival.ok("batch_status") == []
    await rival.refused(303, "batch_status", 1)


async def test_a_batch_brings_all_up_to_date(office):
    for channel in (1100, 3000, 6000):
        await offer(office, channel=channel)
    await office.ok("product_update", {"sku": "R-1", "price": 150, "quantity": 7, "description": "new"})
    answer = (await office("product_update_listings", {"product_id": [1]})).json
    assert (answer["batch_id"], answer["queued"]) == (1, 3)
    assert answer["data"] == [{"batch_id": 1, "queued": 3, "status": "queued"}]
    await work(office)
    found = await office.ok("listing_search", {"fields": ["price", "quantity", "description"]})
    assert found == [{"price": 150, "quantity": 7, "description": "new"}] * 3
    (batch,) = await office.ok("batch_status", {"batch_id": 1})
    assert (batch["status"], batch["total"], batch["done"], batch["failed"], batch["pending"]) == (
        "success",
        3,
        3,
        0,
        0,
    )


async def test_products_of_a_batch_are_named_in_every_form(office):
    await office.ok("product_import", {**RING, "sku": "R-2"})
    await offer(office)
    await offer(office, sku="R-2")
    for data, queued in (
        (1, 1),
        ("1,2", 2),
        ([1, "2"], 2),
        ({"sku": ["R-1"]}, 1),
        ({"product_id": 1, "sku": "R-2"}, 2),
    ):
        assert (await office.ok("product_update_listings", data))[0]["queued"] == queued


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (302, {"fields": ["price"]}),
        (303, {"product_id": "x"}),
        (303, {"product_id": 1, "channels": ["nowhere"]}),
        (303, {"product_id": 1, "colour": 1}),
        (303, {"product_id": 1, "fields": "price,weight"}),
        (303, {"product_id": 1, "listing_id": 5}),
        (303, {"sku": "R-9"}),
    ],
)
async def test_what_cannot_be_queued_is_refused_and_leaves_no_batch(office, code, data):
    await offer(office)
    await office.refused(code, "product_update_listings", data)
    assert await office.ok("batch_status") == []


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (303, 5),
        (303, {"listing_id": "x", "price": 5}),
        (303, {"sku": "R-1", "channel": 3000, "price": "-5"}),
        (303, {"sku": "R-1", "channel": 3000, "quantity": "1.5"}),
        (303, {"sku": "R-1", "channel": 3000, "external_id": "x" * 201}),
        (303, {"sku": "R-1", "channel": 3000, "titel": "x"}),
        (303, {"sku": "R-1", "product_id": 9, "channel": 3000}),
        (302, {"sku": "R-1", "channel": ""}),
        (302, {"channel": 3000}),
        (303, {"channel": 3000, "external_id": "unknown"}),
    ],
)
async def test_what_is_no_listing_is_refused(office, code, data):
    await office.refused(code, "listing_import", data)
    assert await office.ok("listing_search") == []


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("listing_search", {"status": "lost"}),
        ("listing_search", {"fields": "colour"}),
        ("listing_search", {"product": 1}),
        ("listing_search", {"limit": 0}),
        ("batch_status", {"batch_id": "x"}),
        ("batch_status", {"id": 1, "colour": 1}),
        ("listing_delete", ["x"]),
    ],
)
async def test_what_makes_no_sense_is_refused(office, action, data):
    await office.refused(303, action, data)


async def test_listings_are_deleted_in_every_form(office):
    await office.ok("listing_import", [{"sku": "R-1", "channel": 3000} for _ in range(7)])
    for data in (1, "2", [3], "4,5", {"listing_id": 6}, [{"id": 7}]):
        await office.ok("listing_delete", data)
    assert await listings(office) == []
    assert (await offer(office))["listing_id"] == 8


async def test_an_order_and_its_return_move_refilled_listings(office):
    await office.ok("product_update", {"sku": "R-1", "auto_refill": 1})
    await offer(office)
    await office.ok("order_import", {"products": [{"sku": "R-1", "amount": 5}]})
    assert await listings(office) == [(1, "ended", 0)]
    await office.ok("order_update", {"order_id": 1, "status": 8})
    assert await listings(office) == [(1, "active", 5)]


async def test_a_product_deleted_by_the_other_api_ends_its_listings(office):
    await offer(office)
    await office.server.catalog.delete_product("shop", "R-1")
    assert await listings(office) == [(1, "ended", 0)]
