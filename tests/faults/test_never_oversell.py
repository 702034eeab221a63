"""The last piece of something, and a crowd that wants it: exactly one gets it, whichever way they come."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from facetry.domain.catalog import AllOrNone, Refused
from facetry.domain.keeping import PutRecord
from facetry.domain.record import RecordKind
from facetry.domain.selling import Sold
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.catalog_sales import check_mixture, stock, winners
from facetry.testing.samples import TENANT, done, gemstone, put, sale, tenant_record, the_record
from tests.support import ROOT

pytestmark = pytest.mark.anyio

BUYER = Path(__file__).with_name("store_buyer.py")
BUYERS = 200
ROUNDS = 500
"""In the slow tier; each run of the first one takes a slice of these."""


@pytest.fixture(params=["memory", "sqlite"])
async def store(request, tmp_path):
    store = MemoryCatalogStore() if request.param == "memory" else await open_store(tmp_path, owner=True)
    await store.create_tenant(tenant_record(TENANT))
    yield store
    await store.close()


async def sell_last_pieces(store, rounds):
    """Have many buyers at once want the one piece of a product, with the one stone in it, again and again."""
    for number in range(rounds):
        sku, code = f"R{number}", f"S{number}"
        await done(store, put(sku, "G", quantity=1, gemstones=({"code": code},)), PutRecord(gemstone(code, quantity=1)))
        receipts = await asyncio.gather(*(store.write(TENANT, [sale(sku)]) for _ in range(BUYERS)))
        assert winners([receipt.outcomes[0] for receipt in receipts]) == [Sold(sku, number + 1, 0)]
        assert await stock(store, sku) == 0
        assert (await the_record(store, RecordKind.GEMSTONE, code)).quantity == 0
    assert await store.revision(TENANT) == 3 * rounds


async def test_one_of_many_gets_the_last_piece(store):
    await sell_last_pieces(store, rounds=10)


@pytest.mark.slow
async def test_one_of_many_gets_the_last_piece_every_time(store):
    await sell_last_pieces(store, ROUNDS)


async def sell_last_pairs(store, rounds):
    """Have many orders at once want the last piece of each of two products, half of them the other way round."""
    for number in range(rounds):
        skus = (f"A{number}", f"B{number}")
        await done(store, *(put(sku, quantity=1) for sku in skus))
        pairs = [AllOrNone(tuple(map(sale, skus[:: 1 if n % 2 else -1]))) for n in range(BUYERS)]
        receipts = await asyncio.gather(*(store.write(TENANT, [pair]) for pair in pairs))
        refused = [one.outcomes[0] for one in receipts if isinstance(one.outcomes[0], Refused)]
        assert [(one.code, one.at) for one in refused] == [("insufficient_stock", 0)] * (BUYERS - 1)
        assert [await stock(store, sku) for sku in skus] == [0, 0]


async def test_one_of_many_orders_gets_all_it_wants(store):
    await sell_last_pairs(store, rounds=5)


@pytest.mark.slow
async def test_one_of_many_orders_gets_all_it_wants_every_time(store):
    await sell_last_pairs(store, ROUNDS)


async def test_sales_orders_and_edits_at_once_are_as_if_one_after_the_other(store):
    await done(store, put("R1", quantity=4))
    await check_mixture(store, store, calls=1000, stock_before=4)


def started(folder):
    return subprocess.Popen(
        [sys.executable, BUYER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


@asynccontextmanager
async def buyer(folder):
    """Start a process that follows the owner, and wait until it is ready."""
    process = started(folder)
    try:
        assert await asyncio.to_thread(process.stdout.readline) == "open\n"
        yield process
        process.stdin.close()
        assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


async def sell_in_two_processes(folder, rounds):
    store = await open_store(folder, owner=True)
    await store.create_tenant(tenant_record(TENANT))
    async with buyer(folder) as other:
        for number in range(rounds):
            sku, pieces = f"R{number}", 1 + number % 3
            await done(store, put(sku, quantity=pieces))
            other.stdin.write(f"{sku} {BUYERS // 2}\n")
            other.stdin.flush()
            receipts = await asyncio.gather(*(buy_soon(store, sku, n) for n in range(BUYERS // 2)))
            here = len(winners([receipt.outcomes[0] for receipt in receipts]))
            there = int(await asyncio.to_thread(other.stdout.readline))
            assert here + there == pieces
            assert await stock(store, sku) == 0
    await store.close()


async def buy_soon(store, sku, number):
    """Buy a little later than the one before, so that buyers of both processes meet."""
    await asyncio.sleep(number * 2e-4)
    return await store.write(TENANT, [sale(sku)])


async def test_processes_share_one_stock(tmp_path):
    await sell_in_two_processes(tmp_path, rounds=12)


@pytest.mark.slow
async def test_processes_share_one_stock_every_time(tmp_path):
    await sell_in_two_processes(tmp_path, ROUNDS)
