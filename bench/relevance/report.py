"""Tables of what the measure says of each engine and each way to search."""

from __future__ import annotations

import importlib.util
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.figures import Figure
from bench.relevance import others
from bench.relevance.judged import DEPTH, Judged, Run, import_lines
from bench.relevance.served import Served

SEMANTIC = 0.35
"""What ``docs/semantic.md`` looks at."""
LEXICAL_GOAL, SEMANTIC_GOAL = 0.603, 0.618
_RESAMPLES = 2000
_EQUAL = 1e-9


@dataclass(frozen=True)
class Mode:
    """A way to search: options of a request, rules of the tenant."""

    name: str
    options: Mapping[str, bool] = field(default_factory=dict)
    rules: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """The hits of one engine in one mode."""

    name: str
    run: Run


DEFAULT = "Facetry, as shipped"
WITH_SEMANTIC = f"Facetry, semantic {SEMANTIC}"
MODES = (
    Mode(DEFAULT),
    Mode("Facetry, relaxed only where nothing has all words", rules={"relax_below": 1}),
    Mode("Facetry, no typos", {"typos": False}),
    Mode("Facetry, no prefix", {"prefix": False}),
    Mode("Facetry, no understanding", {"understand": False}),
    Mode("Facetry, no stop words", rules={"language_stop_words": "none"}),
)


def rows(catalog: Judged) -> Iterator[Row]:
    """Yield the hits of every engine at hand, each mode of ours by itself."""
    with Served(import_lines(catalog.products)) as served:
        for mode in modes():
            served.rule(mode.rules)
            yield Row(mode.name, {key: served.hits(q, DEPTH, **mode.options) for key, q in catalog.queries.items()})
    yield _best("SQLite FTS5", catalog, others.sqlite)
    if importlib.util.find_spec("tantivy"):
        yield _best("Tantivy", catalog, others.tantivy)


def modes() -> tuple[Mode, ...]:
    """Return the ways to search that can be measured here."""
    has_semantic = importlib.util.find_spec("wordllama") is not None
    return (*MODES, Mode(WITH_SEMANTIC, rules={"semantic": SEMANTIC})) if has_semantic else MODES


def table(catalog: Judged, found: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    default = catalog.by_query(found[0].run)
    lines = [
        "| engine | nDCG@10 | of judged products alone | above as shipped | queries better / worse |",
        "|---|---|---|---|---|",
    ]
    for row in found:
        scores = catalog.by_query(row.run)
        gains = [scores[key] - default[key] for key in default]
        low, high = interval(gains)
        better, worse = sum(gain > _EQUAL for gain in gains), sum(gain < -_EQUAL for gain in gains)
        above = f"{math.fsum(gains) / len(gains):+.3f} ({low:+.3f} to {high:+.3f})"
        measured = f"{catalog.ndcg(row.run):.3f} | {catalog.ndcg_of_judged(row.run):.3f}"
        lines.append(f"| {row.name} | {measured} | {above} | {better} / {worse} |")
    return "\n".join(lines) + "\n"


def interval(gains: Sequence[float]) -> tuple[float, float]:
    """Return where the mean of nine of ten lies, with as many queries drawn from these again and again."""
    draw = random.Random(1)
    means = sorted(math.fsum(draw.choices(gains, k=len(gains))) / len(gains) for _ in range(_RESAMPLES))
    return means[_RESAMPLES // 20], means[_RESAMPLES - 1 - _RESAMPLES // 20]


def figures(catalog: Judged, found: list[Row]) -> list[Figure]:
    """Return what is promised of the shopping queries."""
    measured = {row.name: catalog.ndcg(row.run) for row in found}
    goals = ((DEFAULT, LEXICAL_GOAL), (WITH_SEMANTIC, SEMANTIC_GOAL))
    return [
        Figure(f"{name}, nDCG@10", f"{measured[name]:.3f}", f">= {goal}", ok=measured[name] >= goal)
        for name, goal in goals
        if name in measured
    ]


def _best(name: str, catalog: Judged, search: Callable[[Judged], Mapping[str, Run]]) -> Row:
    """Return the hits of the weighting that suits an engine best."""
    runs = search(catalog)
    best = max(runs, key=lambda weighting: catalog.ndcg(runs[weighting]))
    return Row(f"{name}, weights {best}", runs[best])
