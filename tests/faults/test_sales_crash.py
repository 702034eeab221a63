"""kill -9 during a storm of sales: none that was acknowledged is lost, none is done twice when it is repeated."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path

import pytest

from facetry.domain.keeping import PutRecord
from facetry.domain.listing import Listing
from facetry.domain.record import RecordKind
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import (
    TENANT,
    all_records,
    done,
    gemstone,
    put,
    sale,
    tenant_record,
    the_product,
    the_record,
)
from tests.support import ROOT

pytestmark = pytest.mark.anyio

SELLER = Path(__file__).with_name("store_seller.py")
SKUS = ("R0", "R1", "R2")
STOCK = 10**6


@pytest.fixture
async def folder(tmp_path):
    store = await open_store(tmp_path)
    await store.create_tenant(tenant_record(TENANT))
    await done(
        store,
        *(put(sku, "G", quantity=STOCK, gemstones=({"code": "S", "quantity": 2},)) for sku in SKUS),
        *(PutRecord(Listing(sku=sku, channel=3000, quantity=STOCK)) for sku in SKUS),
        PutRecord(gemstone("S", quantity=6 * STOCK)),
    )
    await store.close()
    return tmp_path


def sell_until_killed(folder, seconds):
    """Start a seller and kill it; return the stock that each sale it acknowledged had left, by reference and SKU."""
    process = subprocess.Popen([sys.executable, SELLER, folder], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout.readline() == "SqliteCatalogStore\n"
    time.sleep(seconds)
    process.kill()
    # The last line may be cut off by the end; what is not whole was not acknowledged.
    lines = process.stdout.read().split("\n")[:-1]
    process.stdout.close()
    process.wait()
    return {(reference, sku): int(left) for reference, sku, left in map(str.split, lines)}


async def check_sales(folder, acknowledged):
    """Open what the crash left: every sale is there once, and stock, stones and listings are what they add up to."""
    store = await open_store(folder, owner=True)
    sales = [record for record in await all_records(store, page=1000) if record.kind is RecordKind.SALE]
    done_once = {(one.reference, one.sku): one.left for one in sales}
    assert len(done_once) == len(sales)
    assert {key: done_once.get(key) for key in acknowledged} == acknowledged
    for number, sku in enumerate(SKUS):
        # Ids ascend in the order of the sales.
        mine = [one for one in sales if one.sku == sku]
        left = [STOCK, *(STOCK - gone for gone in accumulate(one.quantity for one in mine))]
        assert [one.left for one in mine] == left[1:]
        assert (await the_product(store, sku)).quantity == left[-1]
        assert (await the_record(store, RecordKind.LISTING, number + 1)).quantity == left[-1]
    taken = 2 * sum(one.quantity for one in sales)
    assert (await the_record(store, RecordKind.GEMSTONE, "S")).quantity == 6 * STOCK - taken
    await store.close()


async def repeat_all(folder, acknowledged):
    """Send every sale that was acknowledged once more: nothing changes, the answers are those of the first time."""
    store = await open_store(folder, owner=True)
    for (reference, sku), left in acknowledged.items():
        quantity = 1 + int(reference.split("-")[1]) % 2
        (outcome,) = (await store.write(TENANT, [sale(sku, quantity, order_ref=reference)])).outcomes
        assert (outcome.left, outcome.is_repeat) == (left, True)
    await store.close()


async def crash_rounds(folder, rounds, seed):
    pauses = random.Random(seed)
    acknowledged = {}
    for _ in range(rounds):
        told = sell_until_killed(folder, pauses.uniform(0.1, 0.4))
        # The seller begins with its first sale each time: what was done already is told again as it was then.
        assert {key: told[key] for key in told.keys() & acknowledged.keys()} == {
            key: acknowledged[key] for key in told.keys() & acknowledged.keys()
        }
        acknowledged |= told
        await check_sales(folder, acknowledged)
    assert len(acknowledged) >= 30
    await repeat_all(folder, dict(list(acknowledged.items())[-200:]))
    await check_sales(folder, acknowledged)


async def test_a_killed_seller_loses_and_doubles_nothing(folder):
    await crash_rounds(folder, 3, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_a_seller_killed_again_and_again_loses_and_doubles_nothing(folder, seed):
    await crash_rounds(folder, 12, seed=200 + seed)
