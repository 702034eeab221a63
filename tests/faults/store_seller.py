"""A process that sells as fast as it can, always from its first sale on, and tells each one that was acknowledged."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from facetry.domain.selling import SoldAction
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, sale

SELLERS = 8
SKUS = ("R0", "R1", "R2")


async def main(folder: Path) -> None:
    store = await open_store(folder)
    tell(type(store).__name__)
    await asyncio.gather(*(sell(store, seller) for seller in range(SELLERS)))


async def sell(store, seller: int) -> None:
    number = 0
    while True:
        sku, quantity, reference = SKUS[(seller + number) % 3], 1 + number % 2, f"{seller}-{number}"
        receipt = await store.write(TENANT, [sale(sku, quantity, action=SoldAction.REVISE, order_ref=reference)])
        tell(f"{reference} {sku} {receipt.outcomes[0].left}")
        number += 1


def tell(line: str) -> None:
    """Print a line at once: a killed process has no time left for what it buffered."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


asyncio.run(main(Path(sys.argv[1])))
