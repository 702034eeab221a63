"""What the demo tenant has beside its products."""

import hashlib

import msgspec
import pytest

from facetry.application.demo.catalog import demo_products
from facetry.application.demo.trade import LAST, demo_trade
from facetry.application.interchange.values import read_content
from facetry.domain.batching import QueueBatch
from facetry.domain.catalog import PutProduct, Refused
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Batch, Listing
from facetry.domain.offering import PutListing
from facetry.domain.order import Client, Order, OrderStatus
from facetry.domain.ordering import PlaceOrder
from facetry.domain.record import RecordKind
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.testing.samples import all_records, tenant_record

NOW = 1_700_000_000.0
DIGEST = "0a77b6db24b6dcc5"


@pytest.fixture(scope="module")
def writes():
    return [*demo_trade(NOW)]


@pytest.fixture(scope="module")
def products():
    return {values["sku"]: read_content(values) for values in demo_products()}


@pytest.fixture
async def filled(writes, products, anyio_backend):
    """Return the records, the answers to the writes, and those to the writes when they are done again."""
    store = MemoryCatalogStore()
    await store.create_tenant(tenant_record("demo"))
    sold = {line.sku for write in writes if isinstance(write, PlaceOrder) for line in write.order.lines if line.sku}
    offered = {write.product.sku for write in writes if isinstance(write, PutListing)}
    stones = {write.record.code for write in writes if isinstance(write, PutRecord)}
    await store.write("demo", [PutProduct(products[sku]) for sku in sorted(sold | offered | stones)])
    first = (await store.write("demo", writes)).outcomes
    records = await all_records(store, "demo", page=500)
    (last,) = await store.records("demo", RecordKind.ORDER, [LAST])
    again = (await store.write("demo", writes)).outcomes
    return records, first, again, last


def test_it_is_the_same_everywhere(writes):
    assert hashlib.sha256(msgspec.json.encode(writes)).hexdigest()[:16] == DIGEST


@pytest.mark.anyio
async def test_all_of_it_keeps_the_rules(filled):
    records, first, again, last = filled
    assert [one for one in first if isinstance(one, Refused)] == []
    kinds = [sum(isinstance(one, kind) for one in records) for kind in (Gemstone, Listing, Batch, Order, Client)]
    assert kinds == [118, 43, 1, 36, 11]
    assert records[-1] is not None
    assert NOW - last.order_date < 2 * 3_600
    # Only the batch has no name of its own.
    assert sum(not isinstance(one, Refused) for one in again) == 1


@pytest.mark.anyio
async def test_orders_are_in_every_state_and_listings_on_several_channels(filled):
    records, *_ = filled
    orders = [one for one in records if isinstance(one, Order)]
    assert [one.order_date for one in orders] == sorted(one.order_date for one in orders)
    assert {one.status for one in orders} == {*OrderStatus} - {OrderStatus.MEMO_OUT}
    assert all(line.product_id or not line.sku for one in orders for line in one.lines)
    assert {one.channel for one in records if isinstance(one, Listing)} == {5100, 3000, 1100}
    (batch,) = [one for one in records if isinstance(one, Batch)]
    assert 8 <= len(batch.tasks) <= 20


def test_gemstones_are_those_that_products_sell(writes, products):
    for write in writes:
        if isinstance(write, PutRecord):
            (part, *_) = products[write.record.code].gemstones
            stone = write.record
            assert (part["code"], part["carat"], part["certificate_number"]) == (
                stone.code,
                stone.carat,
                stone.certificate_number,
            )


def test_the_batch_is_an_hour_old(writes):
    (batch,) = [write for write in writes if isinstance(write, QueueBatch)]
    assert batch.created == NOW - 3_600
