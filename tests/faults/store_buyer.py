"""A process that buys, as soon as it is told what and how often, and tells how many pieces it got."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from facetry.domain.selling import Sold
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, sale


async def main(folder: Path) -> None:
    store = await open_store(folder, owner=False)
    tell("open")
    while line := await asyncio.to_thread(sys.stdin.readline):
        sku, buyers = line.split()
        receipts = await asyncio.gather(*(store.write(TENANT, [sale(sku)]) for _ in range(int(buyers))))
        tell(str(sum(isinstance(receipt.outcomes[0], Sold) for receipt in receipts)))
    await store.close()


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


asyncio.run(main(Path(sys.argv[1])))
