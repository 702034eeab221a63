"""Batches: who shares one, who waits, and who is told what."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.actor import OPERATOR
from facetry.domain.catalog import BulkWrite
from facetry.domain.change import Receipt
from facetry.domain.errors import StoreBusyError, StoreError
from facetry.engines.mongodb.batching import Batches, Request
from facetry.testing.samples import put

pytestmark = pytest.mark.anyio
RECEIPT = Receipt(1, ())


class Performed:
    """Writes down batches, and does each when it is let."""

    def __init__(self):
        self.batches = []
        self.may = asyncio.Event()

    async def __call__(self, tenant, requests):
        self.batches.append((tenant, len(requests)))
        await self.may.wait()
        for request in requests:
            request.settle(RECEIPT)


def asked(batches, tenant, *writes):
    return asyncio.ensure_future(batches.submit(Request(tenant, writes or [put("R")], OPERATOR)))


async def test_what_arrives_meanwhile_is_the_next_batch():
    performed = Performed()
    batches = Batches(performed)
    first = [asked(batches, "t") for _ in range(2)]
    await asyncio.sleep(0.01)
    later = [asked(batches, "t") for _ in range(3)]
    other = asked(batches, "u")
    await asyncio.sleep(0.01)
    assert performed.batches == [("t", 2), ("u", 1)]
    performed.may.set()
    assert await asyncio.gather(*first, *later, other) == [RECEIPT] * 6
    assert performed.batches[2:] == [("t", 3)]


async def test_large_ones_do_not_share():
    performed = Performed()
    batches = Batches(performed)
    bulk = BulkWrite((put("R"),) * 1000)
    waiting = [asked(batches, "t", bulk), asked(batches, "t"), asked(batches, "t", bulk)]
    performed.may.set()
    await asyncio.gather(*waiting)
    assert performed.batches == [("t", 1), ("t", 2)]


async def test_so_many_tenants_are_under_way_at_once():
    performed = Performed()
    batches = Batches(performed)
    waiting = [asked(batches, f"t{number}") for number in range(12)]
    await asyncio.sleep(0.01)
    assert len(performed.batches) == 8
    performed.may.set()
    await asyncio.gather(*waiting)
    assert len(performed.batches) == 12


async def test_who_goes_away_before_it_begins_is_left_out():
    performed = Performed()
    batches = Batches(performed)
    first = asked(batches, "t")
    await asyncio.sleep(0.01)
    gone, stays = asked(batches, "t"), asked(batches, "t")
    await asyncio.sleep(0)
    gone.cancel()
    performed.may.set()
    await asyncio.gather(first, stays)
    assert performed.batches == [("t", 1), ("t", 1)]


async def test_who_goes_away_later_disturbs_nobody():
    performed = Performed()
    batches = Batches(performed)
    gone, stays = asked(batches, "t"), asked(batches, "t")
    await asyncio.sleep(0.01)
    gone.cancel()
    performed.may.set()
    assert await stays == RECEIPT


async def test_where_all_went_away_nothing_is_done():
    performed = Performed()
    batches = Batches(performed)
    gone = asked(batches, "t")
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0.01)
    assert performed.batches == []


async def test_what_fails_fails_for_all_of_the_batch_and_the_next_goes_on():
    attempts = []

    async def fail_first(_, requests):
        attempts.append(len(requests))
        if len(attempts) == 1:
            raise StoreError("away")
        for request in requests:
            request.settle(StoreBusyError("busy"))

    batches = Batches(fail_first)
    results = await asyncio.gather(asked(batches, "t"), asked(batches, "t"), return_exceptions=True)
    assert [str(one) for one in results] == ["away", "away"]
    with pytest.raises(StoreBusyError):
        await asked(batches, "t")


async def test_only_so_many_wait():
    performed = Performed()
    batches = Batches(performed, max_waiting=2)
    first = asked(batches, "t")
    await asyncio.sleep(0.01)
    waiting = [asked(batches, "t") for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(StoreBusyError):
        await asked(batches, "t")
    performed.may.set()
    await asyncio.gather(first, *waiting)


async def test_closing_finishes_what_waits_and_takes_no_more():
    performed = Performed()
    batches = Batches(performed)
    waiting = [asked(batches, "t") for _ in range(2)]
    await asyncio.sleep(0)
    performed.may.set()
    await batches.close()
    assert await asyncio.gather(*waiting) == [RECEIPT, RECEIPT]
    with pytest.raises(StoreError):
        await asked(batches, "t")
    await batches.close()
