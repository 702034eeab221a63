"""The same questions asked of other engines in the same run, and how many times longer these take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from bench.figures import Figure
from bench.rivals.__main__ import RIVALS
from bench.rivals.rival import Rival, UnavailableError
from bench.searches.prepared import Prepared
from bench.searches.requests import query
from bench.searches.service import Facetry, search
from bench.searches.timing import Times, timed, times
from bench.shapes.question import Question
from facetry.domain.search.query import SearchQuery
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.engines.columns.warming import warm_up

QUESTIONS = 150
_WARM = 100
_WARM_SECONDS, _MOST_SECONDS = 20.0, 60.0
_OPENSEARCH = "opensearch"
_HEADLINES = {("J1", "broad"): 10.0, ("J2", "all"): 8.0}
_KINDS = {"J1": ("broad", "faceted", "text", "prefix"), "J2": ("all", "faceted", "text")}

Ask = Callable[[Question], int]
"""Asks a question, parses hits and counts, and returns the total."""
Asked = dict[str, tuple[Times, list[int]]]
"""Times and totals of each kind of questions."""


def measure(prepared: Prepared) -> list[Figure]:
    """Return the ratios of one shape, all engines one after another with the same questions."""
    over_http, in_process = _over_http(prepared), asyncio.run(_in_process(prepared))
    figures = []
    for name in RIVALS:
        figures += _rival(prepared, name, over_http if name == _OPENSEARCH else in_process)
    return figures


async def _in_process(prepared: Prepared) -> Asked:
    """Ask the engine in this process, as the libraries are; it remembers nothing of what texts found."""
    warm_up()
    index = ColumnsSearchIndex(prepared.index, writer=False, tuning=Tuning(found_bytes=0))
    found: Asked = {}
    for kind in _KINDS[prepared.shape.name]:
        queries = [query(question) for question in _questions(prepared, kind)]
        totals: list[int] = []

        async def ask(one: SearchQuery, into: list[int] = totals) -> None:
            into.append((await index.search(prepared.tenant, one)).total)

        await timed(queries[:_WARM], ask)
        totals.clear()
        found[kind] = await timed(queries[_WARM:], ask), totals
    await index.close()
    return found


def _over_http(prepared: Prepared) -> Asked:
    with Facetry(prepared) as service:
        connection = service.connect()

        def ask(question: Question) -> int:
            answer = search(connection, question)
            assert isinstance(answer["hits"], list)
            return int(answer["total"])

        found = {kind: _asked(ask, _questions(prepared, kind)) for kind in _KINDS[prepared.shape.name]}
        connection.close()
    return found


def _rival(prepared: Prepared, name: str, ours: Asked) -> list[Figure]:
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
    where = "over HTTP" if name == _OPENSEARCH else "in one process"
    what = f"{shape.name}: {rival.name}, {f'{facets} facets, ' if facets else ''}{kind}, {where}"
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
        f"{ratio:.1f} x our time at p50, {late:.1f} x at p95 ({found}; ours {ours[0]}; "
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
