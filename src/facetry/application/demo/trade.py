"""What the demo tenant has beside its products: gemstones, listings with a batch, and orders with their clients."""

from __future__ import annotations

from collections.abc import Iterator

from facetry.application.demo.jewelry import jewelry
from facetry.application.demo.loose_stones import loose_stones
from facetry.application.demo.offers import offers, renewal
from facetry.application.demo.sales import ORDERS, reference, sales
from facetry.domain.catalog import Write
from facetry.domain.records import RecordKey

LAST = RecordKey(code=reference(ORDERS))
"""The key of the order that is written last."""


def demo_trade(now: float) -> Iterator[Write]:
    """Yield the writes that store it, over the products of the demo catalog; the last order is an hour old at ``now``.

    Done again they are refused, for all that they store is there, but for the batch.
    """
    groups = [*jewelry()]
    yield from loose_stones()
    listings = [*offers(groups)]
    yield from listings
    yield renewal(listings, now - 3_600)
    yield from sales(groups, now)
