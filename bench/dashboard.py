"""Measure the pages of the dashboard: ``python -m bench.dashboard [demo large]``; both make DASHBOARD.md.

Of each page the time to its first byte, and what it weighs with styles and scripts, compressed, without pictures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure, table
from bench.program import Server, machine
from bench.searches.prepared import prepare
from bench.shapes.catalog import shape
from bench.visitor import Visitor, add_user
from tests.dashboard.places import FURTHER, PLACES, Place, path_of
from tests.dashboard.weights import MOST_BYTES, weight

RESULTS = Path(__file__).with_name("DASHBOARD.md")
GOALS = {"demo": 60.0, "large": 150.0}
"""Milliseconds in which the first byte of a page is there, by catalog."""
EVERY = (*PLACES, *FURTHER)
PREFACE = """# Pages of the dashboard

Made by `python -m bench.dashboard`: one worker as shipped, one visitor, {requests} requests of each page after one that
is not counted. *demo* is the catalog of `make demo`, *large* 275,000 products in 2,900 groups. Times are from the
request to the first byte of the answer, and goals hold for the p95; weights are of the page with its styles and
scripts, compressed, without pictures.
"""


def main() -> None:
    """Measure the catalogs that are named, or both; DASHBOARD.md gets a measurement of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogs", nargs="*", default=[], help="of demo, large; both if none is named")
    parser.add_argument("--requests", type=int, default=50, help="of each page")
    parser.add_argument("--folder", type=Path, help="keep the large catalog here, and use what is there")
    options = parser.parse_args()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as temporary:
        for name in options.catalogs or GOALS:
            server, tenant = _server(name, options.folder or Path(temporary))
            found = _measured(name, server, tenant, options.requests)
            print("\n".join(table(found).splitlines()[2:]), flush=True)
            figures += found
    if not options.catalogs:
        head = PREFACE.format(requests=options.requests)
        RESULTS.write_text(f"{head}\n{machine()}, {dt.datetime.now(dt.UTC).date()}\n\n{table(figures)}")


def _server(name: str, folder: Path) -> tuple[Server, str]:
    """Return the server of a catalog, not started, and whose catalog it is."""
    if name == "demo":
        return Server("--demo"), "demo"
    prepared = prepare(shape("J1"), folder)
    return Server(directory=prepared.directory), prepared.tenant


def _measured(name: str, server: Server, tenant: str, requests: int) -> list[Figure]:
    with server:
        figures: list[Figure] = []
        for role in sorted({place.role for place in EVERY}):
            with Visitor(server.port) as visitor:
                if role:
                    visitor.sign_in(add_user(server.directory, role, "" if role == "operator" else tenant))
                places = [place for place in EVERY if place.role == role]
                figures += [_figure(name, place, visitor, requests) for place in places]
        return figures


def _figure(name: str, place: Place, visitor: Visitor, requests: int) -> Figure:
    goal = GOALS[name]
    wish = f"<= {goal:g} ms, <= {MOST_BYTES // 1000} kB"
    path = path_of(place, lambda path: visitor.see(path).body.decode())
    if path is None:
        return Figure(f"{name}: {place.name}", "there is none in this catalog", wish, ok=True)
    first = visitor.see(path)
    if first.status != 200:
        return Figure(f"{name}: {place.name}", f"answers {first.status}", wish, ok=False)
    times = sorted(visitor.see(path).seconds * 1e3 for _ in range(requests))
    p95 = times[int(len(times) * 0.95)]
    size = weight(path, _body_of(visitor))
    found = f"p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, {size / 1000:.0f} kB"
    return Figure(f"{name}: {place.name}", found, wish, ok=p95 <= goal and size <= MOST_BYTES)


def _body_of(visitor: Visitor) -> Callable[[str], bytes]:
    return lambda path: visitor.see(path).body


if __name__ == "__main__":
    main()
