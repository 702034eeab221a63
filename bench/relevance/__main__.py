"""Measure how good the order of hits is, and write ``bench/RELEVANCE.md``: ``python -m bench.relevance``.

It needs the dependency group ``bench`` and the judged catalogs in the data folder; a catalog that is not there is left
out, saying so, and then nothing is written.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

from bench import typos
from bench.figures import table
from bench.program import machine
from bench.relevance import report
from bench.relevance.judged import Judged, esci, icecat

RESULTS = Path(__file__).parent.with_name("RELEVANCE.md")
PREFACE = """# Relevance

Made by `python -m bench.relevance` with the running program: every product imported, every query asked over
`POST /v2/search`. Default settings and parameters where a row does not say otherwise. In brackets: 90 % of the means
when as many queries are drawn again and again; where it spans 0, the difference may be chance.

The constants of `domain/search/ranking.py` were chosen looking at these very queries, so the figures are a little
better than they would be for others. The other halves of both sets of queries are held back.
"""
SHOPPING = """## Shopping queries

Products of a large shop and what people said of them (ESCI, development half; gains exact 100, substitute 10,
complement 1). nDCG@10 of the first 50 hits, gains as they are; products that nobody judged are worth nothing, in the
second column they are passed over. Other engines look for any of the words in the same texts and rank by BM25, with
the weights of fields, of three choices, that suit them best.
"""
ELECTRONICS = """## Electronics

A second judge: a data pool of electronics with ratings of 0 to 3 (Chorus, development half).
Ten queries have no good product at all. Only the first hits of one engine were rated, so the second column says more.
"""
TYPOS = """## Typos

The whole name of a group, of three or more words and like no other in its catalog, with one letter put in, left out,
replaced or swapped with the next, in a word of at least four letters.
"""


def main() -> None:
    """Print all tables; write them down where all of them could be made."""
    if importlib.util.find_spec("ir_measures") is None:
        sys.exit("skipped: the dependency group bench is missing (ir-measures)")
    sections = [_judged(SHOPPING, esci, promises=True), _judged(ELECTRONICS, icecat, promises=False), _typos()]
    written = [section for section in sections if section]
    print("\n".join(written))
    if len(written) == len(sections):
        today = dt.datetime.now(dt.UTC).date()
        RESULTS.write_text("\n".join([PREFACE, f"{machine()}, {today}\n", *written]))


def _judged(head: str, make: Callable[[], Judged], *, promises: bool) -> str:
    try:
        catalog = make()
    except FileNotFoundError as error:
        print(f"skipped: {error}")
        return ""
    found = list(report.rows(catalog))
    size = f"{len(catalog.products):,} products, {len(catalog.queries)} queries.\n"
    goals = [table(report.figures(catalog, found))] if promises else []
    return "\n".join([head, size, report.table(catalog, found), *goals])


def _typos() -> str:
    found = typos.measure()
    return "\n".join([TYPOS, table(found)]) if found else ""


if __name__ == "__main__":
    main()
