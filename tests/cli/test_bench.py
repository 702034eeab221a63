"""``facetry bench``: what this machine does, measured on a catalog of its own."""

from __future__ import annotations

import re

from tests.program import done, run

ROW = re.compile(r"(\S.{34})\s+([\d.]+) ms\s*([\d.]+) ms\s+([\d,]+)")


def test_each_kind_of_work_is_timed():
    head, *rows = done("bench", "--rounds", "20").out.splitlines()
    assert head.split() == ["median", "p95", "per", "second"]
    found = [ROW.fullmatch(row) for row in rows]
    assert [match[1].rstrip() for match in found] == [
        "import of the demo catalog",
        "search with 3 facets",
        "read of a product, uncached",
        "durable write, then searchable",
    ]
    for match in found:
        assert 0 < float(match[2]) <= float(match[3])
        assert int(match[4].replace(",", "")) > 0


def test_too_few_rounds_are_refused():
    outcome = run("bench", "--rounds", "1")
    assert (outcome.status, outcome.out) == (2, "")
