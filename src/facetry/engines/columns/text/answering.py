"""Answering a search of ``/v2`` over a snapshot: the readings of its text are tried as ``evaluation`` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from facetry.domain.search.matching import enough_groups, relaxed_to
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchHit, SearchResult
from facetry.domain.search.text.correction import did_you_mean
from facetry.domain.search.text.semantics import Embedder
from facetry.engines.columns.scratch import ScratchPool
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.hits import Place
from facetry.engines.columns.search.matches import TextMatches
from facetry.engines.columns.search.run import SearchRun
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.text.attempts import TextAttempt, TextSearch
from facetry.engines.columns.text.found_texts import FoundText, FoundTexts
from facetry.engines.columns.text.scratch import TextScratch


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """The reading that is answered, and how many of its words a hit must have."""

    attempt: TextAttempt
    run: SearchRun
    required: int


def answer(
    query: SearchQuery,
    snapshot: Snapshot,
    pool: ScratchPool[TextScratch],
    deadline: Deadline,
    embedder: Embedder | None = None,
    remembered: FoundTexts | None = None,
) -> SearchResult:
    """Return what a search finds; see ``SearchIndex.search``.

    Args:
        query: What is asked, in the snapshot's language.
        snapshot: Of what.
        pool: Lends scratch arrays.
        deadline: How long to go on.
        embedder: Knows what words mean, where the tenant's rules ask for that.
        remembered: What texts found before, and where this one is added; None for a text that is asked for once.

    Raises:
        SearchTimeoutError: The time is over.
        CancelledError: Nobody wants the answer any more.
        InvalidValueError: The embedder is missing.
    """
    search = TextSearch(query, snapshot, pool, deadline, embedder)
    known = remembered.found(snapshot, query, embedder) if remembered else None
    tried: list[TextAttempt] = []
    chosen = _choose(query, snapshot, _tried(search, known, tried), deadline)
    is_new = known is None or len(tried) > len(known.attempts)
    if known is None or is_new:
        told = tuple([attempt.told() for attempt in tried])
        known = FoundText(told, known.did_you_mean if known else did_you_mean(query, search.vocabulary))
    found = chosen.run.answer(chosen.required)
    if remembered and is_new:
        # Not before, because the page makes tables of what words fit, which are kept too and take their bytes.
        remembered.keep(snapshot, query, embedder, known)
    pairs = zip(found.hits, found.places, strict=True)
    return SearchResult(
        revision=snapshot.revision,
        total=found.total,
        total_products=found.total_products,
        hits=tuple(_told(query, search, chosen.attempt, hit, place) for hit, place in pairs),
        facets=found.facets,
        words=chosen.attempt.words,
        required_words=chosen.required,
        reads=chosen.attempt.reads,
        did_you_mean=known.did_you_mean,
        typos=chosen.attempt.typos,
    )


def _tried(search: TextSearch, known: FoundText | None, tried: list[TextAttempt]) -> Iterator[TextAttempt]:
    """Yield the readings of a text, those that are known first, and write down which were asked for."""
    before = known.attempts if known else ()
    for found in before:
        tried.append(search.recalled(found))
        yield tried[-1]
    for attempt in search.attempts(skipped=len(before)):
        tried.append(attempt)
        yield attempt


def _choose(query: SearchQuery, snapshot: Snapshot, attempts: Iterable[TextAttempt], deadline: Deadline) -> _Chosen:
    """Return the first reading of which any group has all words, else the first of which any has one, else the last."""
    partial: _Chosen | None = None
    chosen: _Chosen | None = None
    for attempt in attempts:
        enough = enough_groups(attempt.words, query.rules.relax_below)
        run, counts = _counted(query, snapshot, attempt, enough, deadline)
        required = relaxed_to(counts, attempt.words, enough)
        chosen = _Chosen(attempt, run, required)
        if counts[attempt.words]:
            return chosen
        partial = partial or (chosen if counts else None)
    assert chosen is not None  # noqa: S101 - every text has a reading
    return partial or chosen


def _counted(
    query: SearchQuery, snapshot: Snapshot, attempt: TextAttempt, enough: int, deadline: Deadline
) -> tuple[SearchRun, Counter[int]]:
    """Return a search of the groups that may be hits, and how many of those that pass have how many words."""

    def counted(matches: TextMatches) -> tuple[SearchRun, Counter[int]]:
        run = SearchRun(
            query, snapshot, matches=matches, understood=attempt.condition, fitting=attempt.fitting, deadline=deadline
        )
        return run, run.word_counts()

    # Where enough groups have all words no other can be a hit, and most matches are often of one word only.
    found = counted(attempt.strict)
    if found[1][attempt.words] >= enough or _size(attempt.strict) == _size(attempt.matches):
        return found
    return counted(attempt.matches)


def _size(matches: TextMatches) -> int:
    return sum(len(part.ordinals) for part in matches)


def _told(query: SearchQuery, search: TextSearch, attempt: TextAttempt, hit: SearchHit, place: Place) -> SearchHit:
    """Return a hit with what else is asked for: a mixed group's products, explanation, highlights."""
    is_whole = query.active_only and place.segment.is_mixed(place.ordinal)
    if not (is_whole or query.explain or query.highlight):
        return hit
    group = place.segment.group(place.ordinal)
    return msgspec.structs.replace(
        hit,
        group=group if is_whole else hit.group,
        explanation=search.explanation(attempt, group) if query.explain else (),
        highlights=search.highlights(attempt, group) if query.highlight else {},
    )
