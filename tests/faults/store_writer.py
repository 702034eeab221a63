"""A process that stores products as fast as it can and tells each one that was acknowledged."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, put

WRITERS = 8


async def main(folder: Path, name: str) -> None:
    store = await open_store(folder)
    tell(type(store).__name__)
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


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
