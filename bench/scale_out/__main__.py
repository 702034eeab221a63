"""Measure the profile of several machines: ``python -m bench.scale_out [J1 J2 parts] [--share 0.2]``.

All parts at their own sizes make SCALE_OUT.md. Servers are started from packages, see tests/engines.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

from bench.figures import Figure, table
from bench.program import machine
from bench.scale_out import parts, shapes
from bench.shapes.catalog import shape
from tools.engines.opensearch import Node
from tools.engines.process import HOST

RESULTS = Path(__file__).parents[1] / "SCALE_OUT.md"
SHARES = {"J1": 0.2, "J2": 0.05}
PREFACE = """# Several machines

Made by `python -m bench.scale_out`, all on one machine, so nothing here says how throughput grows with machines: it
says what each part costs. Catalogs are those of [searches](SEARCH.md), smaller: J1 55,000 products, J2 50,000. In the
place of MongoDB stands the server that tests use, see `tests/engines/CAPABILITIES.md`; its costs are not MongoDB's.
"""


def main() -> None:
    """Measure the parts that are named, or all; SCALE_OUT.md gets a whole measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], help="of J1, J2, parts; all if none is named")
    parser.add_argument("--share", type=float, default=0.0, help="of a shape's groups and products")
    options = parser.parse_args()
    figures: list[Figure] = []
    for part in options.parts or (*SHARES, "parts"):
        found = parts.measure() if part == "parts" else _beside(part, options.share or SHARES[part])
        print("\n".join(table(found).splitlines()[2:]), flush=True)
        figures += found
    if not options.parts and not options.share:
        RESULTS.write_text(f"{PREFACE}\n{machine()}, {dt.datetime.now(dt.UTC).date()}\n\n{table(figures)}")


def _beside(name: str, share: float) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        node = Node(Path(folder) / "search")
        node.process.start()
        try:
            return shapes.measure(shape(name, share), f"opensearch://{HOST}:{node.port}")
        finally:
            node.process.stop()


if __name__ == "__main__":
    main()
