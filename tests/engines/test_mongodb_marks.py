"""What a write on MongoDB tells of a mark: a look is told only if it was answered before the commit."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.product import ProductContent
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.opening import open_database
from facetry.ports.shared_marks import Look
from facetry.testing.samples import TENANT, tenant_record
from tests.engines.mongodb_databases import own_database

pytestmark = pytest.mark.anyio


class Told(NoMarks):
    """Marks that answer a look at once, or when a test has them do so, and keep what they are told."""

    def __init__(self):
        self.answer = asyncio.Event()
        self.told = []

    async def look(self, tenant):
        await self.answer.wait()
        return Look(mark=None, moment=7)

    async def tell(self, tenant, mark, look=None):
        self.told.append((mark, look))
        return True


async def committed(peer: MongoCatalogStore, mark: int) -> None:
    """Wait until another process sees a mark, or a higher one."""
    while peer.mark(TENANT) < mark:
        await asyncio.sleep(0.01)
        await peer.look(TENANT)


async def test_a_look_that_is_answered_after_the_commit_is_told_to_nobody(mongodb_url):
    with own_database(mongodb_url) as url:
        marks = Told()
        store = MongoCatalogStore(await open_database(url), marks)
        peer = MongoCatalogStore(await open_database(url), NoMarks())
        await store.create_tenant(tenant_record(TENANT))
        [(first, _)] = marks.told
        # Once where the counters are read in the transaction, and once where this process knows them.
        for number in (1, 2):
            marks.answer.clear()
            write = asyncio.ensure_future(
                store.write(TENANT, [PutProduct(ProductContent(sku=f"L{number}", name="late"))])
            )
            await asyncio.wait_for(committed(peer, first + number), 20)
            marks.answer.set()
            await write
            await store.write(TENANT, [PutProduct(ProductContent(sku=f"E{number}", name="early"))])
            first += 1
        assert [look for _, look in marks.told[1:]] == [None, Look(None, 7), None, Look(None, 7)]
        assert [mark for mark, _ in marks.told] == [first - 2 + number for number in range(5)]
        await store.close()
        await peer.close()
