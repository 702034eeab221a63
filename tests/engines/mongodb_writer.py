"""A process that stores products as fast as it can and tells each one that was acknowledged."""

from __future__ import annotations

import asyncio
import os
import sys

from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.opening import open_database
from facetry.testing.samples import TENANT, put

WRITERS = 8


async def main(url: str, name: str) -> None:
    store = MongoCatalogStore(await open_database(url), NoMarks())
    tell("open")
    await asyncio.gather(*(write(store, f"{name}-{writer}") for writer in range(WRITERS)))


async def write(store, name: str) -> None:
    number = 0
    while True:
        # The second product of each unit moves between two groups, so that groups come and go all the time.
        unit = [put(f"{name}-{number}", f"G{number % 50}"), put(f"{name}-moving", f"M{number % 2}-{name}")]
        await store.write(TENANT, unit)
        tell(f"{name}-{number}")
        number += 1


def tell(line: str) -> None:
    """Print a line at once: a killed process has no time left for what it buffered."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


asyncio.run(main(sys.argv[1], sys.argv[2]))
