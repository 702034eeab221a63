"""Measure the other engines: ``python -m bench.rivals J1 J2 --share 0.1 --questions 100``.

Tantivy is of the dependency group ``bench`` (``pip install --group bench``). OpenSearch needs Maven, which fetches it
once, and a JDK of version 21 or newer. An engine that is not here is skipped by name.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from bench.rivals.opensearch import OpenSearch
from bench.rivals.rival import Answer, Rival, UnavailableError
from bench.rivals.sqlite_index import Sqlite
from bench.rivals.tantivy_index import Tantivy
from bench.shapes.catalog import SIZES, shape
from bench.shapes.question import Question
from bench.shapes.shape import Shape

RIVALS: dict[str, Callable[[], Rival]] = {"tantivy": Tantivy, "sqlite": Sqlite, "opensearch": OpenSearch}
_WARM = 100
"""A virtual machine compiles what it runs often: fewer would measure its interpreter."""
_WARM_SECONDS, _MOST_SECONDS = 20.0, 60.0
"""An engine that takes longer for its questions is not asked the rest."""


def timed(
    rival: Rival, questions: list[Question], most_seconds: float = _MOST_SECONDS
) -> tuple[list[float], list[Answer]]:
    """Return seconds and answers, one for each question that there was time for."""
    end = time.perf_counter() + most_seconds
    seconds, answers = [], []
    for question in questions:
        start = time.perf_counter()
        answers.append(rival.ask(question))
        seconds.append(time.perf_counter() - start)
        if time.perf_counter() > end:
            break
    return seconds, answers


def percentiles(seconds: list[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"p50 {middle * 1e3:9.2f} ms   p95 {late * 1e3:9.2f} ms"


def measure(catalog: Shape, make: Callable[[], Rival], count: int) -> list[str]:
    """Return what an engine needs for each kind of question of a shape, as lines."""
    try:
        rival = make()
    except UnavailableError as error:
        return [f"{catalog.name}: skipped: {error}"]
    lines = []
    try:
        start = time.perf_counter()
        rival.load(catalog)
        took = time.perf_counter() - start
        rate = catalog.size.products / took
        lines.append(f"{catalog.name} {rival.name:15} load {took:7.1f} s, {rate:,.0f} products/s, drawing included")
        for kind in catalog.asks:
            lines.append(_kind(catalog, rival, kind, count))
            print(lines[-1], flush=True)
    finally:
        rival.close()
    return lines


def _kind(catalog: Shape, rival: Rival, kind: str, count: int) -> str:
    questions = catalog.questions(count + _WARM, kind)
    head = f"{catalog.name} {rival.name:15} {kind:8}"
    why = rival.refusal(catalog, questions[0])
    if why:
        return f"{head} cannot: {why}"
    timed(rival, questions[:_WARM], _WARM_SECONDS)
    seconds, answers = timed(rival, questions[_WARM:])
    totals = sorted(answer.total for answer in answers)
    return f"{head} {percentiles(seconds)}   {len(seconds)} asked, median total {totals[len(totals) // 2]:,}"


def main() -> None:
    """Measure the named shapes on the chosen engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", default=["J1", "J2"], choices=list(SIZES))
    parser.add_argument("--engines", nargs="*", default=list(RIVALS), choices=list(RIVALS))
    parser.add_argument("--share", type=float, default=1.0, help="of the shape's groups and products")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--write", type=Path, help="append the figures to this file")
    options = parser.parse_args()
    for name in options.shapes:
        for engine in options.engines:
            lines = measure(shape(name, options.share), RIVALS[engine], options.questions)
            if options.write:
                with options.write.open("a") as file:
                    file.write("\n".join(lines) + "\n")
            print(lines[0], flush=True)


if __name__ == "__main__":
    main()
