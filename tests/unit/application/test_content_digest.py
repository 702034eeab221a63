from __future__ import annotations

import msgspec
import pytest

from facetry.application.content_digest import ContentDigest
from facetry.domain.order import Order
from facetry.domain.record import RecordKind

pytestmark = pytest.mark.anyio


class Orders:
    """A store that has one order and nothing else."""

    def __init__(self, order):
        self.order = order

    async def records_after(self, tenant, kind, record_id, limit):
        return [self.order] if (tenant, kind, record_id) == ("t", RecordKind.ORDER, 0) else []


async def digest_of(order):
    return await ContentDigest().with_records(Orders(order), "t")


async def test_orders_count_with_their_stones():
    order = Order(id=1, reference="W-1", stones={7: 1, 12: 2})
    first = await digest_of(order)
    assert await digest_of(msgspec.structs.replace(order, stones={12: 2, 7: 1})) == first
    assert await digest_of(msgspec.structs.replace(order, stones={7: 1, 12: 3})) != first
