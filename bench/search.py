"""Measure searches of ``/v2``: ``python -m bench.search [start J1 J2 J4 G tenants rivals]``.

All parts, or those of a folder that is kept, make SEARCH.md. The rivals are those of ``python -m bench.rivals``; one
that is not installed is named as skipped.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from bench.figures import Figure, table
from bench.program import machine
from bench.searches import beside, changes, engine, first_start, service, tenants
from bench.searches.prepared import Prepared, prepare
from bench.shapes.catalog import shape

RESULTS = Path(__file__).with_name("SEARCH.md")
Measure = Callable[[Prepared], list[Figure]]
SHAPES: Mapping[str, tuple[Measure, ...]] = {
    "J1": (engine.measure, service.measure, changes.measure),
    "J2": (engine.measure, service.measure),
    "J4": (changes.measure,),
    "G": (engine.measure, service.measure, changes.measure),
}
RIVALS = ("J1", "J2")
PARTS = ("start", *SHAPES, "tenants", "rivals")
PREFACE = """# Searches

Made by `python -m bench.search`. Catalogs are generated: J1 is 2,900 groups of 275,000 products on 7 axes, J2 1,000,000
loose stones with 25 attributes, J4 one group of 5,000 products, G 250,000 groups of 1,000,000 products of general
retail. Figures in the engine are of one thread. The service remembers what texts found until something is written, and
some kinds of questions have few texts: so in the engine every question is answered as if nobody had asked for its text
before, goals are judged by that, and one line tells the same with texts remembered. Over HTTP it is one worker, as
shipped, texts remembered, but without its cache of answers. Other engines are asked the same questions by the same
client, which parses all hits and counts; what is compared between machines and days are the ratios to them.
"""


def main() -> None:
    """Measure the parts that are named, or all; SEARCH.md gets what was measured at full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--share", type=float, default=1.0, help="of each shape's groups and products")
    parser.add_argument("--folder", type=Path, help="keep catalogs and figures here, and use what is there")
    options = parser.parse_args()
    chosen = options.parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as temporary:
        folder = options.folder or Path(temporary)
        for part in PARTS:
            if part in chosen:
                figures = _measured(part, options.share, folder)
                print("\n".join(table(figures).splitlines()[2:]), flush=True)
                _keep(folder, part, options.share, figures)
        if options.folder or not options.parts:
            _write_down(folder)


def _measured(part: str, share: float, folder: Path) -> list[Figure]:
    if part == "start":
        return first_start.measure()
    if part == "tenants":
        return tenants.measure(share)
    if part == "rivals":
        return [figure for name in RIVALS for figure in beside.measure(prepare(shape(name, share), folder))]
    prepared = prepare(shape(part, share if part != "J4" else 1.0), folder)
    return [figure for measure in SHAPES[part] for figure in measure(prepared)]


def _keep(folder: Path, part: str, share: float, figures: list[Figure]) -> None:
    """Keep the figures of a part beside the catalogs, so that a long run may be made in pieces."""
    if share == 1.0:
        _kept(folder, part).write_bytes(msgspec.json.encode(figures))


def _write_down(folder: Path) -> None:
    """Write down what was measured at full size, and name what was not."""
    measured = [part for part in PARTS if _kept(folder, part).exists()]
    figures = [
        figure
        for part in measured
        for figure in msgspec.json.decode(_kept(folder, part).read_bytes(), type=list[Figure])
    ]
    left = ", ".join(part for part in PARTS if part not in measured)
    lack = f"\nNot measured this time: {left}.\n" if left else ""
    RESULTS.write_text(f"{PREFACE}\n{machine()}, {dt.datetime.now(dt.UTC).date()}\n\n{table(figures)}{lack}")


def _kept(folder: Path, part: str) -> Path:
    return folder / f"figures-{part}.json"


if __name__ == "__main__":
    main()
