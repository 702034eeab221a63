"""Run every benchmark and write ``bench/RESULTS.md``."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from bench import bulk, catalogs, engine, reads, sales, writes
from bench.figures import table
from bench.program import machine

RESULTS = Path(__file__).with_name("RESULTS.md")
PARTS = {
    "reads": reads.measure,
    "writes": writes.measure,
    "sales": sales.measure,
    "bulk": bulk.measure,
    "engine": engine.measure,
    "catalog": catalogs.measure,
    "idle": catalogs.idle,
}


PREFACE = """# Results

Made by `make bench`, as shipped: request log, metrics, token and change check on, one worker. Ratios to a baseline of
the same run are what can be compared between machines and days.
"""


def main() -> None:
    """Run the parts that are named, or all; only a run of all is written down."""
    chosen = sys.argv[1:] or list(PARTS)
    figures = [figure for part in chosen for figure in PARTS[part]()]
    text = table(figures)
    print(text)
    if len(chosen) == len(PARTS):
        today = dt.datetime.now(dt.UTC).date()
        RESULTS.write_text(f"{PREFACE}\n{machine()}, {today}\n\n{text}")


if __name__ == "__main__":
    main()
