"""The same questions asked of other engines in the same run, and how many times longer these take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from bench.figures import Figure
from bench.rivals.__main__ import RIVALS
from bench.rivals.rival import Rival, UnavailableError
from bench.searches.prepared import Prepared
from bench.searches.service import Facetry, search
from bench.searches.timing import Times, times
from bench.shapes.question import Question

QUESTIONS = 150
_WARM = 100
_WARM_SECONDS, _MOST_SECONDS = 20.0, 60.0
_OPENSEARCH = "opensearch"
_HEADLINES = {("J1", "broad"): 10.0, ("J2", "all"): 8.0}
_KINDS = {"J1": ("broad", "faceted", "text", "prefix"), "J2": ("all", "faceted", "text")}

Ask = Callable[[Question], int]
"""Asks a question, parses hits and counts, and returns the total."""


def measure(prepared: Prepared) -> list[Figure]:
    """Return the ratios of one shape, all engines one after another with the same questions."""
    ours = _ours(prepared)
    figures = []
    for name in RIVALS:
        figures += _rival(prepared, name, ours)
    return figures


def _ours(prepared: Prepared) -> dict[str, tuple[Times, list[int]]]:
    with Facetry(prepared) as service:
        connection = service.connect()

        def ask(question: Question) -> int:
            answer = search(connection, question)
            assert isinstance(answer["hits"], list)
            return int(answer["total"])

        found = {kind: _asked(ask, _questions(prepared, kind)) for kind in _KINDS[prepared.shape.name]}
        connection.close()
    return found


def _rival(prepared: Prepared, name: str, ours: dict[str, tuple[Times, list[int]]]) -> list[Figure]:
    shape = prepared.shape
    try:
        rival = RIVALS[name]()
    except UnavailableError as error:
        return [Figure(f"{shape.name}: {name}", f"skipped: {error}", "", ok=name != _OPENSEARCH)]
    try:
        rival.load(shape)
        return [_kind(prepared, rival, name, kind, ours[kind]) for kind in _KINDS[shape.name]]
    finally:
        rival.close()


def _kind(prepared: Prepared, rival: Rival, name: str, kind: str, ours: tuple[Times, list[int]]) -> Figure:
    shape, questions = prepared.shape, _questions(prepared, kind)
    facets = len(questions[0].facets)
    what = f"{shape.name}: {rival.name}, {f'{facets} facets, ' if facets else ''}{kind}"
    why = rival.refusal(shape, questions[0])
    if why:
        return Figure(what, f"cannot: {why}", "", ok=True)
    found, totals = _asked(lambda question: rival.ask(question).total, questions)
    ratio, late = found.at(0.5) / ours[0].at(0.5), found.at(0.95) / ours[0].at(0.95)
    goal = _HEADLINES.get((shape.name, kind)) if name == _OPENSEARCH else None
    pairs = [*zip(totals, ours[1], strict=False)]
    same = sum(one == other for one, other in pairs)
    return Figure(
        what,
        f"{ratio:.1f} x our time at p50, {late:.1f} x at p95 ({found}; ours over HTTP {ours[0]}; "
        f"{same} of {len(pairs)} totals alike)",
        f">= {goal:g} x at p50" if goal else "",
        ok=goal is None or ratio >= goal,
    )


def _questions(prepared: Prepared, kind: str) -> Sequence[Question]:
    return prepared.shape.questions(QUESTIONS + _WARM, kind)


def _asked(ask: Ask, questions: Sequence[Question]) -> tuple[Times, list[int]]:
    end = time.perf_counter() + _WARM_SECONDS
    for question in questions[:_WARM]:
        ask(question)
        if time.perf_counter() > end:
            break
    end = time.perf_counter() + _MOST_SECONDS
    seconds, totals = [], []
    for question in questions[_WARM:]:
        start = time.perf_counter()
        totals.append(ask(question))
        seconds.append(time.perf_counter() - start)
        if time.perf_counter() > end:
            break
    return times(seconds), totals
