"""Finding what the text of a query says: one reading after another, over a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import Filter
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import pinned_score
from facetry.domain.search.result import Read, WordScore
from facetry.domain.search.slots import Reading
from facetry.domain.search.text.documents import HIDDEN, group_text
from facetry.domain.search.text.expansion import ReadingPlan, readings
from facetry.domain.search.text.fitting import Fitting
from facetry.domain.search.text.highlighting import highlighted
from facetry.domain.search.text.pinning import NOWHERE, placement
from facetry.domain.search.text.scoring import Statistics, TextView, explanation, slot_match
from facetry.domain.search.text.semantics import Embedder, semantics_of
from facetry.domain.search.text.silencing import heard
from facetry.domain.search.text.viewing import text_view
from facetry.engines.columns.scratch import ScratchPool
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.fits import FittingTables
from facetry.engines.columns.search.matches import PartMatches, TextMatches
from facetry.engines.columns.segment import Flags
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.text.boosts import Boosts
from facetry.engines.columns.text.found_texts import FoundAttempt
from facetry.engines.columns.text.identifiers import Identified, Identifiers
from facetry.engines.columns.text.ranges import PreparedReading
from facetry.engines.columns.text.scoring import (
    NOTHING_FOUND,
    PartScorer,
    PartScores,
    is_worth_it,
    score,
    score_strictly,
)
from facetry.engines.columns.text.scratch import TextScratch
from facetry.engines.columns.text.semantics import raise_by_closeness
from facetry.engines.columns.text.vocabulary import SnapshotVocabulary
from facetry.engines.columns.text.weighing import Weighing


@dataclass(frozen=True, eq=False)
class TextAttempt:
    """One way to read a text, see ``matching.Attempt``.

    Attributes:
        plan: How it is read.
        strict: What it finds in each part of the snapshot of groups that have all words, or are pinned.
        frequencies: How many live groups have each slot of the reading.
        fitting: Says which products the words of the reading fit; None where it has none.
        find: Returns what it finds in all.
    """

    plan: ReadingPlan
    strict: TextMatches
    frequencies: tuple[int, ...]
    fitting: FittingTables | None
    find: Callable[[], TextMatches]

    @cached_property
    def matches(self) -> TextMatches:
        """What it finds in each part of the snapshot, also of groups that have only some words."""
        return self.find()

    def told(self) -> FoundAttempt:
        """Return what is known by now, without the search that it is of."""
        return FoundAttempt(self.plan, self.strict, self.frequencies, vars(self).get("matches"), self.fitting)

    @property
    def words(self) -> int:
        """See ``Attempt``."""
        return self.plan.words

    @property
    def condition(self) -> Filter:
        """See ``Attempt``."""
        return self.plan.condition

    @property
    def reads(self) -> tuple[Read, ...]:
        """See ``Attempt``."""
        return self.plan.reads

    @property
    def typos(self) -> bool:
        """See ``Attempt``."""
        return self.plan.typos


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """What pins say of the groups of one part.

    Attributes:
        places: Of groups that stand first, by their ordinals.
        hidden: Ordinals of groups that are not found.
    """

    places: Mapping[int, int]
    hidden: Sequence[int]


_NOWHERE = _Placed({}, ())
_SLICE_SHARE = 16
"""Of what is looked through in one slice this share is looked through without asking whether that can be saved."""


class TextSearch:
    """Matches the text of one query with the groups of a snapshot, and explains hits."""

    def __init__(
        self,
        query: SearchQuery,
        snapshot: Snapshot,
        pool: ScratchPool[TextScratch],
        deadline: Deadline,
        embedder: Embedder | None = None,
    ) -> None:
        """Search a snapshot whose texts are in the query's language; the embedder is for rules that need one."""
        self._query = query
        self._snapshot = snapshot
        self._pool = pool
        self._deadline = deadline
        self._embedder = embedder
        self._schema = Schema(query.attributes)
        self._hidden = HIDDEN if query.active_only else 0
        self._viewed: tuple[ProductGroup, TextView] | None = None
        self._identifiers = Identifiers(
            snapshot, self._schema.identifiers, deadline.check, active_only=query.active_only
        )

    @cached_property
    def vocabulary(self) -> SnapshotVocabulary:
        """Return the words of the snapshot."""
        return SnapshotVocabulary(self._snapshot, self._identifiers, self._deadline.check, self._hidden)

    def attempts(self, skipped: int = 0) -> Iterator[TextAttempt]:
        """Return what the readings find, in the order in which they are tried; each is computed when it is asked for.

        Args:
            skipped: So many readings are left out at the beginning.

        Raises:
            SearchTimeoutError: The time is over.
            CancelledError: Nobody wants the answer any more.
        """
        return map(self._attempt, islice(readings(self._query, self.vocabulary), skipped, None))

    def recalled(self, found: FoundAttempt) -> TextAttempt:
        """Return a reading that was tried before, in an earlier search of the same text and snapshot."""
        plan, matches = found.plan, found.matches
        if not plan.reading.slots:
            # Where there are no words to look for, what is found strictly is all, see ``_attempt``.
            matches = found.strict
        find = (lambda: self._found(plan)) if matches is None else (lambda: matches)
        return TextAttempt(plan, found.strict, found.frequencies, found.fitting, find)

    def explanation(self, attempt: TextAttempt, group: ProductGroup) -> tuple[WordScore, ...]:
        """See ``Explaining``."""
        reading = attempt.plan.reading
        view = self._view(group)
        statistics = Statistics(self._weighing.fields, self._weighing.groups, attempt.frequencies)
        found = [slot_match(slot, view, statistics.weights) for slot in reading.slots]
        return explanation(reading, found, statistics)

    def highlights(self, attempt: TextAttempt, group: ProductGroup) -> dict[str, str]:
        """See ``Explaining``."""
        return highlighted(group, self._view(group).text, attempt.plan.reading, self._query.language)

    def _view(self, group: ProductGroup) -> TextView:
        # A hit that is explained is mostly highlighted too.
        if self._viewed is None or self._viewed[0] is not group:
            self._viewed = (group, self._seen(group))
        return self._viewed[1]

    def _seen(self, group: ProductGroup) -> TextView:
        fields = [self._schema.field(name) for name in sorted(self._schema.identifiers)]
        text = group_text(heard(group, self._schema.silent), self._query.language)
        return text_view(group, text, fields, active_only=self._query.active_only)

    @cached_property
    def _weighing(self) -> Weighing:
        return Weighing.of(self._snapshot, self._query.rules.weights)

    @cached_property
    def _boosts(self) -> Boosts:
        return Boosts(self._query, self._snapshot.dictionaries, self._deadline)

    @cached_property
    def _placed(self) -> list[_Placed]:
        parts = self._snapshot.parts
        placed = placement(self._query.rules.pins, self._query.text)
        if placed is NOWHERE:
            return [_NOWHERE] * len(parts)
        places = [_ordinals(part, list(placed.places)) for part in parts] if placed.places else [{} for _ in parts]
        hidden = [_ordinals(part, list(placed.hidden)) for part in parts] if placed.hidden else [{} for _ in parts]
        return [
            _Placed({ordinal: placed.places[group_id] for ordinal, group_id in first.items()}, sorted(gone))
            for first, gone in zip(places, hidden, strict=True)
        ]

    def _attempt(self, plan: ReadingPlan) -> TextAttempt:
        if not plan.reading.slots:
            matches = self._matches(self._without_words(everything=plan.finds_all))
            return TextAttempt(plan, matches, (), None, lambda: matches)
        scores, frequencies, is_strict = self._scored(plan.reading, strictly=True)
        found = self._matches(scores)
        fitting = FittingTables(
            Fitting(plan.reading, self._schema.identifiers, self._query.language, self._schema.silent)
        )
        if is_strict:
            return TextAttempt(plan, found, frequencies, fitting, lambda: self._found(plan))
        return TextAttempt(plan, tuple(part.having(plan.words) for part in found), frequencies, fitting, lambda: found)

    def _found(self, plan: ReadingPlan) -> TextMatches:
        """Return what a reading with words finds, also of groups that have only some of them."""
        return self._matches(self._scored(plan.reading, strictly=False)[0])

    def _matches(self, scores: Sequence[PartScores]) -> TextMatches:
        return tuple(_matches(found, placed) for found, placed in zip(scores, self._placed, strict=True))

    def _scored(self, reading: Reading, *, strictly: bool) -> tuple[list[PartScores], tuple[int, ...], bool]:
        """Return what a reading finds, how many groups have each slot, and whether only the strict groups are found."""
        prepared = PreparedReading(reading, self._hidden)
        places = self._places(prepared)
        parts = [self._snapshot.parts[place] for place in places]
        sizes = [len(part.segment) for part in parts]
        scratch = self._pool.lend(sum(sizes))
        scorers = []
        for place, part, room in zip(places, parts, scratch.shared(sizes), strict=True):
            self._deadline.check()
            lookup = prepared.in_part(part.segment, self._weighing, self._identified(prepared, place))
            scorers.append(PartScorer(part, lookup, self._weighing, room, self._deadline))
        pinned = [self._placed[place].places for place in places]
        is_strict = strictly and is_worth_it(prepared, scorers, self._deadline.slice_rows // _SLICE_SHARE)
        scored = score_strictly if is_strict else score
        frequencies, idfs = scored(prepared, scorers, self._weighing.groups, pinned)
        scores = [NOTHING_FOUND] * len(self._snapshot.parts)
        for place, part, scorer in zip(places, parts, scorers, strict=True):
            scores[place] = scorer.finish(reading.slots, idfs, self._boosts.of(part.segment))
        self._pool.give_back(scratch)
        self._raise(scores, reading)
        return scores, tuple(frequencies), is_strict

    def _places(self, prepared: PreparedReading) -> list[int]:
        """Return which parts may have anything of a reading, or have groups that are found anyway."""
        parts = enumerate(zip(self._snapshot.parts, self._placed, strict=True))
        return [
            place
            for place, (part, placed) in parts
            if placed.places or prepared.may_be_in(part.segment, self._identified(prepared, place))
        ]

    def _identified(self, prepared: PreparedReading, place: int) -> list[Identified]:
        return [self._identifiers.find(needle)[place] for needle in prepared.needles]

    def _raise(self, scores: Sequence[PartScores], reading: Reading) -> None:
        """Raise scores by closeness in meaning, where it counts."""
        semantics = semantics_of(self._query.rules.semantic, reading, self._embedder)
        if semantics:
            for part, found in zip(self._snapshot.parts, scores, strict=True):
                raise_by_closeness(part.segment, found.ordinals, found.scores, semantics, self._deadline.check)

    def _without_words(self, *, everything: bool) -> list[PartScores]:
        """Return all groups, or only those that stand first, with boosts as their scores."""
        found = []
        for part, placed in zip(self._snapshot.parts, self._placed, strict=True):
            ordinals = np.array(sorted(placed.places), np.int32)
            if everything:
                ordinals = PartMatches.everything(part).ordinals
            boosts = self._boosts.of(part.segment)
            scores = boosts[ordinals] / (1.0 + boosts[ordinals]) if len(boosts) else np.zeros(len(ordinals))
            found.append(PartScores(ordinals, scores, np.zeros(len(ordinals), np.int32)))
        return found


def _ordinals(part: Part, group_ids: Sequence[str]) -> dict[int, str]:
    """Return the ids of those of some groups that live in a part, by their ordinals."""
    found = part.find(Strings.of([encoded(group_id) for group_id in group_ids])).tolist()
    ids = part.segment.ids
    return {ordinal: ids[ordinal].decode(errors="surrogatepass") for ordinal in found}


def _matches(found: PartScores, placed: _Placed) -> PartMatches:
    """Return what is found with pinned groups raised and hidden ones left out."""
    ordinals, scores, matched = found.ordinals, found.scores, found.matched
    pinned: Flags = np.zeros(len(ordinals), np.uint8)
    if placed is _NOWHERE:
        return PartMatches(ordinals, scores, matched, pinned)
    for ordinal, place in placed.places.items():
        at = int(np.searchsorted(ordinals, ordinal))
        scores[at] = pinned_score(float(scores[at]), place)
        pinned[at] = 1
    if not placed.hidden:
        return PartMatches(ordinals, scores, matched, pinned)
    kept = ~np.isin(ordinals, np.array(placed.hidden, np.int32))
    return PartMatches(ordinals[kept], scores[kept], matched[kept], pinned[kept])
