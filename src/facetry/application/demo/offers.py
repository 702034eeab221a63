"""The listings of the demo catalog, and a batch that brings some of them up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from facetry.application.demo.dice import Dice
from facetry.application.demo.model import Group
from facetry.domain.batching import QueueBatch
from facetry.domain.listing import ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey

OFFERED = 24
"""So many groups are on offer elsewhere."""
_ACCOUNTS = {5100: "lumen-studio", 3000: "LumenStudio", 1100: "lumen_us"}
"""The accounts, by number of the channel."""
_BATCH = 8


def offers(groups: Sequence[Group]) -> Iterator[PutListing]:
    """Yield the listings of some groups: their first products on a channel or two."""
    dice = Dice("listings of the demo")
    for number, group in enumerate(dice.shuffled(groups)[:OFFERED], 1):
        for channel in [*_ACCOUNTS][: 1 + dice.below(3) // 2 + dice.below(2)]:
            yield PutListing(
                {
                    "channel": channel,
                    "account_id": _ACCOUNTS[channel],
                    "external_id": f"{channel // 100}{4_000_000 + 37 * number}",
                    "url": f"https://shop.example/{channel}/{group.id.lower()}",
                    "status": _status(dice),
                },
                ProductKey(sku=group.variants[0].code),
                is_new=True,
            )


def renewal(listings: Sequence[PutListing], now: float) -> QueueBatch:
    """Return the write of a batch of the products of some listings, queued at a Unix time."""
    keys = dict.fromkeys(one.product for one in listings if one.product is not None)
    return QueueBatch(products=tuple(keys)[:_BATCH], fields=("price", "quantity"), created=now)


def _status(dice: Dice) -> str:
    if dice.happens(12):
        return str(ListingStatus.ENDED.value)
    return str((ListingStatus.SCHEDULED if dice.happens(10) else ListingStatus.ACTIVE).value)
